//! From settings to a connected client: profiles, the keychain, directories, and credentials.

mod auth_context;
mod client_session;
pub(crate) mod dirs;
mod env;
mod file_warnings;
pub(crate) mod keychain;
mod profile;
mod profile_store;
mod recording_store;
mod settings;

pub(crate) use auth_context::{AuthContext, CallerIdentity, selected_profile_name, token_endpoint};
pub(crate) use client_session::ClientSession;
pub(crate) use env::{OFF, variable};
pub(crate) use file_warnings::{credential_file_warning, token_cache_warning};
pub(crate) use profile::{Profile, ProfileName, SecretStorage};
pub(crate) use profile_store::ProfileStore;
pub(crate) use settings::{non_blank, setting};
