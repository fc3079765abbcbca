//! Credentials and the formats they are read from: files, environment variables, or parameters.

pub(crate) mod client_id;
pub(crate) mod client_secret;
pub(crate) mod client_secret_error;
pub(crate) mod credentials_error;
mod emulator_credentials;
mod env_variables;
pub(crate) mod file_setting;
mod formats;
pub(crate) mod oauth_credentials;
pub(crate) mod org_id;
pub(crate) mod scopes;
