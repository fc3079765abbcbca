//! `ajo auth` and profiles, by the built command against an emulator.

mod home;
#[cfg(target_os = "linux")]
mod keychain;
mod login;
mod profiles;
#[cfg(target_os = "linux")]
mod terminal;
mod tokens;
