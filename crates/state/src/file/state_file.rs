//! `ajo.state.json` on disk.

use std::path::{Path, PathBuf};

use ajo_core::SymlinkPolicy;
use ajo_limits::{LimitsState, LimitsStateError};

use super::atomic_file::{self, FileError, FileErrorKind};

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
        self.parse(self.read()?.as_deref())
    }

    /// Writes the state with new serials, unless the file already contains it.
    ///
    /// # Errors
    ///
    /// The file cannot be written, or its old content is not a state; that content is unchanged.
    pub fn save(&self, state: &LimitsState) -> Result<(), FileError> {
        let saved = self.read()?;
        let mut state = state.clone();
        state.advance_serials(&self.parse(saved.as_deref())?);
        let text = state.to_json_string();
        if saved.as_deref() == Some(&text) {
            return Ok(());
        }
        atomic_file::write_atomic(&self.path, &text)
    }

    fn read(&self) -> Result<Option<String>, FileError> {
        atomic_file::read_if_exists(&self.path, SymlinkPolicy::Follow)
    }

    fn parse(&self, text: Option<&str>) -> Result<LimitsState, FileError> {
        let parsed = text.map_or_else(|| Ok(LimitsState::default()), LimitsState::parse);
        parsed.map_err(|error| {
            let kind = match error {
                LimitsStateError::UnsupportedVersion(_) => FileErrorKind::NewerVersion,
                _ => FileErrorKind::NotState,
            };
            FileError::new("read", &self.path, &error).with_kind(kind)
        })
    }
}
