//! Warnings about credential files and the token cache, for `auth status` and `doctor`.

use ajo_auth::{FileStore, PrivacyProblem};

use super::settings::setting;
use crate::arguments::GlobalSettings;

/// A warning if other users can read the credential file. Other commands do not warn: a container mounts secrets with a mode
/// that its user cannot change.
pub(crate) fn credential_file_warning(settings: &GlobalSettings) -> Option<String> {
    let file = setting(settings, "AJO_CREDENTIALS")?;
    let metadata = std::fs::metadata(&file).ok().filter(std::fs::Metadata::is_file)?;
    let problem = PrivacyProblem::of_file(&metadata)?;
    Some(format!("credential file {file}: {problem}"))
}

/// A warning if the token cache cannot be used.
pub(crate) fn token_cache_warning(store: &FileStore) -> Option<String> {
    let problem = store.check().err()?;
    Some(format!("token cache {}: {problem}; each run requests its own token", store.directory().display()))
}
