//! Directories for settings and caches.

use std::path::PathBuf;

use ajo_auth::FileStore;
use etcetera::BaseStrategy as _;

use super::setting::Setting;
use super::settings_reader::SettingsReader;
use crate::command_error::CommandError;

/// The settings directory: `AJO_CONFIG_DIR`, or `ajo` in the system's default (`~/.config` on Linux and macOS).
pub(crate) fn config_directory() -> Result<PathBuf, CommandError> {
    if let Some(directory) = SettingsReader::variables().directory(Setting::ConfigDirectory)? {
        return Ok(directory);
    }
    let base = etcetera::choose_base_strategy().map_err(|error| {
        CommandError::new(format!("failed to find the directory for profiles: {error}")).with_hint("set AJO_CONFIG_DIR")
    })?;
    Ok(base.config_dir().join("ajo"))
}

/// The directory for completion: next to the tokens. `None` if tokens are not cached either.
pub(crate) fn completion_directory() -> Option<PathBuf> {
    let reader = SettingsReader::variables();
    if reader.is_off(Setting::TokenCache).ok()? {
        return None;
    }
    let tokens = reader.directory(Setting::TokenCache).ok()?;
    let directory = tokens.or_else(|| Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("ajo")));
    directory.map(|directory| directory.join("completion"))
}

/// The token cache shared between runs: `AJO_TOKEN_CACHE`, or `ajo/tokens` in the system's cache directory.
///
/// Returns `None` if the cache is off or there is no cache directory. Each run then requests its own token.
pub(crate) fn token_store() -> Result<Option<FileStore>, CommandError> {
    let reader = SettingsReader::variables();
    if reader.is_off(Setting::TokenCache)? {
        return Ok(None);
    }
    let directory = match reader.directory(Setting::TokenCache)? {
        Some(directory) => Some(directory),
        None => etcetera::choose_base_strategy().ok().map(|base| base.cache_dir().join("ajo").join("tokens")),
    };
    Ok(directory.map(FileStore::new))
}
