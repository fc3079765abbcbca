//! The secrets that this machine's settings contain, so that limits files cannot print them.

use ajo_auth::{Credentials, Secret};
use ajo_engine::find_credential_content;

use super::profile::{ProfileName, SecretStorage};
use super::profile_store::ProfileStore;
use super::setting::Setting;
use super::settings_reader::{SettingsReader, expand_home};
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::secret_mask;

/// All secrets that can be found without a prompt. Settings that cannot be read are skipped; the commands that need them
/// report the error.
pub(crate) fn known_secrets(settings: &GlobalSettings) -> Vec<Secret> {
    let reader = SettingsReader::new(settings);
    let mut secrets = secret_mask::secrets_in_environment();
    if let Ok(credentials) = read_file_secrets(&reader) {
        secrets.extend(credentials);
    }
    let name: Option<ProfileName> = reader.value(Setting::Profile).ok().flatten().and_then(|name| name.parse().ok());
    let profile = ProfileStore::open().and_then(|profiles| profiles.load(&name.unwrap_or_default()));
    if let Ok(Some(profile)) = profile
        && let SecretStorage::Inline(stored) = profile.secrets
    {
        secrets.extend(stored);
    }
    // Offline commands find no other secrets.
    secrets.iter().for_each(secret_mask::register);
    secrets
}

/// A pipe can be read only once, so only regular files are read here.
fn read_file_secrets(reader: &SettingsReader<'_>) -> Result<Vec<Secret>, CommandError> {
    let Some(found) = reader.get(Setting::Credentials)? else { return Ok(Vec::new()) };
    let text = if let Some(content) = find_credential_content(&found.value) {
        Secret::new(content)
    } else {
        let path = expand_home(&found)?;
        match path.is_file().then(|| ajo_auth::read_credential_file(path)) {
            Some(Ok(text)) => text,
            _ => return Ok(Vec::new()),
        }
    };
    let name = reader.value(Setting::CredentialName)?;
    Ok(Credentials::parse(text.expose(), name.as_deref())?.secrets().to_vec())
}
