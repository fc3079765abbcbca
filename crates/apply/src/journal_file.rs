//! The journal of an apply on disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ajo_plan::{Entry, Header, Journal};

use crate::disk::{self, DiskError};

/// A journal that is being written. A line that was added outlives the process, and one that was synced also the machine.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: Arc<File>,
    journal: Journal,
    lines: u64,
}

impl JournalFile {
    /// What a cut off apply has left at this path, if it has.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no journal.
    pub fn load(path: &Path) -> Result<Option<Journal>, DiskError> {
        let Some(text) = disk::read(path)? else { return Ok(None) };
        Journal::parse(&text).map_err(|error| DiskError::new("read", path, &error))
    }

    /// Begins one, in place of what is there.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    ///
    /// # Panics
    ///
    /// Never: a header is texts, numbers and lists.
    pub fn begin(path: &Path, header: Header) -> Result<Self, DiskError> {
        let line = serde_json::to_string(&header).expect("texts, numbers and lists") + "\n";
        disk::replace(path, &line)?;
        let file = OpenOptions::new().append(true).open(path).map_err(|error| DiskError::new("open", path, &error))?;
        Ok(Self { path: path.to_owned(), file: Arc::new(file), journal: Journal::new(header), lines: 0 })
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    ///
    /// # Panics
    ///
    /// Never: an entry is texts and numbers.
    pub fn add(&mut self, entry: Entry) -> Result<(), DiskError> {
        let line = serde_json::to_string(&entry).expect("texts and numbers") + "\n";
        let written = self.file.as_ref().write_all(line.as_bytes());
        self.journal.add(entry);
        self.lines += 1;
        written.map_err(|error| DiskError::new("write", &self.path, &error))
    }

    /// What has to be synced, and how many lines there are then.
    pub(crate) fn to_sync(&self) -> (Arc<File>, u64) {
        (self.file.clone(), self.lines)
    }

    pub(crate) fn sync_failed(&self, error: &io::Error) -> DiskError {
        DiskError::new("write", &self.path, error)
    }

    /// What it holds.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Removes one that is no longer needed, because the ledger holds what it says.
    ///
    /// # Errors
    ///
    /// It cannot be removed.
    pub fn remove(path: &Path) -> Result<(), DiskError> {
        disk::remove(path)
    }
}
