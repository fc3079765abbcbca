//! Warnings of `auth status` about credential files and the token cache.

use ajo_auth::{FileStore, PrivacyProblem};

use super::credential_input::credential_source;
use super::setting::{Setting, SettingSource};
use super::settings_reader::{SettingsReader, expand_home};
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;

/// A warning if other users can read the credential file. Other commands do not warn: a container mounts secrets with a mode
/// that its user cannot change.
pub(crate) fn credential_file_warning(settings: &GlobalSettings) -> Result<Option<String>, CommandError> {
    let Some(found) = SettingsReader::new(settings).get(Setting::Credentials)? else { return Ok(None) };
    let SettingSource::File(shown) = credential_source(&found) else { return Ok(None) };
    let metadata = std::fs::metadata(expand_home(&found)?).ok().filter(std::fs::Metadata::is_file);
    let problem = metadata.as_ref().and_then(PrivacyProblem::find_file_problem);
    Ok(problem.map(|problem| format!("credential file {shown}: {problem}")))
}

/// A warning if the token cache cannot be used.
pub(crate) fn token_cache_warning(store: &FileStore) -> Option<String> {
    let problem = store.check().err()?;
    Some(format!("token cache {}: {problem}; each run requests its own token", store.directory().display()))
}
