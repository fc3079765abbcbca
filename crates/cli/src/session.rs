//! From settings to a connected client: profiles, the keychain, directories, and credentials.

mod auth_context;
mod client_session;
mod credential_input;
mod credential_sources;
pub(crate) mod dirs;
mod file_warnings;
mod fixed_settings;
pub(crate) mod keychain;
mod known_secrets;
mod profile;
mod profile_store;
mod recording_store;
mod setting;
mod settings_reader;

pub(crate) use auth_context::{AuthContext, CallerIdentity, selected_profile_name, service_url, token_endpoint};
pub(crate) use client_session::ClientSession;
pub(crate) use credential_input::{credential_source, read_credential};
pub(crate) use credential_sources::{CredentialSources, join_sources, name_rejected_source};
pub(crate) use file_warnings::{credential_file_warning, token_cache_warning};
pub(crate) use fixed_settings::fix_settings;
pub(crate) use known_secrets::known_secrets;
pub(crate) use profile::{Profile, ProfileName, SecretStorage};
pub(crate) use profile_store::{ProfileStore, chosen_profile_name};
pub(crate) use setting::{Setting, SettingSource};
pub(crate) use settings_reader::{SettingsReader, emulator_url};
