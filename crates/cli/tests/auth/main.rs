//! `ajo auth` and profiles, by the built command against an emulator.

mod home;
#[cfg(target_os = "linux")]
mod keychain;
mod login;
mod profiles;
#[path = "../support/mod.rs"]
mod support;
#[cfg(target_os = "linux")]
mod terminal;
mod tokens;

/// Says why a test could not be made on this machine.
#[cfg(target_os = "linux")]
#[expect(clippy::print_stderr, reason = "a test that is passed over must say so")]
fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}
