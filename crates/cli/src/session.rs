//! From settings to a connected client: profiles, the keychain, directories, and credentials.

mod caller;
mod connect;
pub(crate) mod dirs;
mod env;
pub(crate) mod keychain;
mod profile;
mod profile_store;
mod settings;

pub(crate) use caller::{Caller, Identity, profile_name, token_host};
pub(crate) use connect::Session;
pub(crate) use env::{OFF, variable};
pub(crate) use profile::{Profile, ProfileName, Secrets};
pub(crate) use profile_store::Profiles;
pub(crate) use settings::{given, setting};
