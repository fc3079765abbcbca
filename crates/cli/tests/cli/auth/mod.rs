//! `ajo auth` and profiles, against an emulator.

mod choice;
mod credential_files;
pub(crate) mod fixture;
#[cfg(target_os = "linux")]
mod keychain;
mod login;
mod profiles;
mod settings;
mod shared_tokens;
#[cfg(target_os = "linux")]
mod terminal_login;
mod tokens;
mod unusable_files;
