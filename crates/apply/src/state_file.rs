//! `ajo.lock` on disk.

use std::path::{Path, PathBuf};

use ajo_limits::Ledger;

use crate::atomic_file::{self, DiskError};

/// The file that the ledger is kept in.
#[derive(Clone, Debug)]
pub struct LedgerFile {
    path: PathBuf,
}

impl LedgerFile {
    /// The one at this path, whether it is there or not.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds; an empty ledger if it is not there.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no ledger.
    pub fn load(&self) -> Result<Ledger, DiskError> {
        let Some(text) = atomic_file::read(&self.path)? else { return Ok(Ledger::default()) };
        Ledger::parse(&text).map_err(|error| DiskError::new("read", &self.path, &error))
    }

    /// Replaces what it holds, if that is another.
    ///
    /// # Errors
    ///
    /// It cannot be written; what it held is still there then.
    pub fn save(&self, ledger: &Ledger) -> Result<(), DiskError> {
        let text = ledger.to_text();
        if atomic_file::read(&self.path)?.as_deref() == Some(&text) {
            return Ok(());
        }
        atomic_file::replace(&self.path, &text)
    }
}
