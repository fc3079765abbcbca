//! The directories for settings and caches.

use std::path::PathBuf;

use ajo_auth::FileStore;
use etcetera::BaseStrategy as _;

use super::env::{OFF, variable};
use crate::failure::Failure;

/// The directory of the settings: `AJO_CONFIG_DIR`, or `ajo` where the system has such (`~/.config` on Linux and macOS).
pub(crate) fn config_directory() -> Result<PathBuf, Failure> {
    if let Some(directory) = variable("AJO_CONFIG_DIR") {
        return Ok(directory.into());
    }
    let base = etcetera::choose_base_strategy()
        .map_err(|error| Failure::new(format!("there is no place for profiles: {error}")).hint("set AJO_CONFIG_DIR"))?;
    Ok(base.config_dir().join("ajo"))
}

/// Where runs of this command share tokens: `AJO_TOKEN_CACHE`, or where the system keeps what can be made again. None where
/// it is turned off, or the system has no such place: then each run fetches its own token.
pub(crate) fn token_store() -> Option<FileStore> {
    let directory = match variable("AJO_TOKEN_CACHE") {
        Some(off) if off.trim() == OFF => return None,
        Some(directory) => directory.into(),
        None => etcetera::choose_base_strategy().ok()?.cache_dir().join("ajo").join("tokens"),
    };
    Some(FileStore::new(directory))
}
