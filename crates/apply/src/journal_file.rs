//! The journal of an apply on disk.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ajo_plan::{Entry, Header, Journal};

use crate::disk::{self, DiskError};

/// A journal that is being written. A line is on the disk when [`JournalFile::add`] returns.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: File,
    journal: Journal,
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
        Ok(Self { path: path.to_owned(), file, journal: Journal::new(header) })
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
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        self.journal.add(entry);
        written.map_err(|error| DiskError::new("write", &self.path, &error))
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
