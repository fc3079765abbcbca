//! `ajo.state.json` on disk.

use std::path::{Path, PathBuf};

use ajo_core::SymlinkPolicy;
use ajo_limits::LimitsState;

use super::atomic_file::{self, FileError};

/// The file that stores the state.
#[derive(Clone, Debug)]
pub struct StateFile {
    path: PathBuf,
}

impl StateFile {
    /// The state file at this path, whether it exists or not.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the state; a missing file is an empty state.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or it is not a state file.
    pub fn load(&self) -> Result<LimitsState, FileError> {
        let Some(text) = atomic_file::read_if_exists(&self.path, SymlinkPolicy::Follow)? else {
            return Ok(LimitsState::default());
        };
        LimitsState::parse(&text).map_err(|error| FileError::new("read", &self.path, &error))
    }

    /// Writes the state, unless the file already contains it.
    ///
    /// # Errors
    ///
    /// The file cannot be written; its old content is unchanged.
    pub fn save(&self, state: &LimitsState) -> Result<(), FileError> {
        let text = state.to_json_string();
        if atomic_file::read_if_exists(&self.path, SymlinkPolicy::Follow)?.as_deref() == Some(&text) {
            return Ok(());
        }
        atomic_file::write_atomic(&self.path, &text)
    }
}
