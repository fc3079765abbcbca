//! `ajo auth` and profiles, against an emulator.

mod credential_files;
pub(crate) mod fixture;
#[cfg(target_os = "linux")]
mod keychain;
mod login;
mod profiles;
#[cfg(target_os = "linux")]
pub(crate) mod pseudo_terminal;
mod settings;
mod shared_tokens;
mod tokens;
mod unusable_files;
