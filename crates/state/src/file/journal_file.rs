//! The journal of an apply on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ajo_core::{SymlinkPolicy, open_regular_file, read_bounded_file};
use ajo_limits::{Digest, Journal, JournalEntry, JournalHeader};

use super::atomic_file::{self, FileError, FileErrorKind};

/// A journal on disk. An appended line survives the process; a synced line also survives the machine.
///
/// ```
/// use ajo_state::JournalFile;
/// use ajo_core::Verb;
/// use ajo_limits::{DesiredLimits, JOURNAL_VERSION, JournalEntry, JournalHeader, LimitsState, ObservedLimits, PlanOptions, plan};
///
/// let directory = tempfile::tempdir()?;
/// let state_path = directory.path().join("ajo.state.json");
/// let (desired, state) = (DesiredLimits { sandbox: "prod".parse()?, configs: Vec::new(), files: Vec::new() }, LimitsState::default());
/// let header = JournalHeader {
///     version: JOURNAL_VERSION,
///     organization: "A1B2@AdobeOrg".to_owned(),
///     started_at: "2026-11-26T09:00:00Z".to_owned(),
///     files: Vec::new(),
///     api: None,
///     state_digest: state.sandbox_digest("prod"),
///     plan: plan(&desired, &ObservedLimits::default(), &state, PlanOptions::default()),
/// };
/// let path = JournalFile::path_for(&state_path, "prod");
/// let mut journal = JournalFile::create(&path, header)?;
/// journal.append(JournalEntry::Started { change: 0, step: Verb::Create })?;
///
/// // After a crash, the next process finds the journal.
/// assert_eq!(JournalFile::list_sandboxes(&state_path)?, ["prod"]);
/// assert_eq!(JournalFile::load(&path)?.as_ref(), Some(journal.journal()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: Arc<File>,
    journal: Journal,
    line_count: u64,
    /// The length of the file up to its last complete line, in bytes.
    byte_length: u64,
    /// A line could not be written. The lines after it are not written either, so that the file has no gap.
    is_incomplete: bool,
}

impl JournalFile {
    /// The path of a sandbox's journal: `ajo.state.prod.journal` for `ajo.state.json`.
    pub fn path_for(state: &Path, sandbox: &str) -> PathBuf {
        atomic_file::sibling_path(state, &format!("{sandbox}.journal"))
    }

    /// The sandboxes that have a journal next to this state file.
    ///
    /// # Errors
    ///
    /// The directory cannot be read.
    pub fn list_sandboxes(state: &Path) -> Result<Vec<String>, FileError> {
        let directory = atomic_file::parent_directory(state);
        let prefix = format!("{}.", atomic_file::base_name(state).to_string_lossy());
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FileError::new("read", directory, &error)),
        };
        let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        let sandbox = |name: String| Some(name.strip_prefix(&prefix)?.strip_suffix(".journal")?.to_owned());
        let is_valid = |sandbox: &String| sandbox.parse::<ajo_core::SandboxName>().is_ok();
        let mut sandboxes: Vec<_> = names.filter_map(sandbox).filter(is_valid).collect();
        sandboxes.sort();
        Ok(sandboxes)
    }

    /// The journal that an interrupted apply left at this path, if any.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or it is not a journal.
    pub fn load(path: &Path) -> Result<Option<Journal>, FileError> {
        let Some(text) = atomic_file::read_if_exists(path, SymlinkPolicy::Reject)? else { return Ok(None) };
        Journal::parse(&text).map_err(|error| FileError::new("read", path, &error).with_kind(FileErrorKind::NotJournal))
    }

    /// Starts a journal, replacing the one at this path.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    ///
    /// # Panics
    ///
    /// Never: a header contains only strings, numbers, and lists.
    pub fn create(path: &Path, header: JournalHeader) -> Result<Self, FileError> {
        let line = serde_json::to_string(&header).expect("strings, numbers, and lists") + "\n";
        atomic_file::replace_file(path, &line)?;
        let file = open_regular_file(path, OpenOptions::new().append(true), SymlinkPolicy::Reject)
            .map_err(|error| FileError::new("open", path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file: Arc::new(file),
            journal: Journal::new(header),
            line_count: 0,
            byte_length: line.len() as u64,
            is_incomplete: false,
        })
    }

    /// Appends a line. The journal in memory contains it even if the file does not.
    ///
    /// # Errors
    ///
    /// It or an earlier line cannot be written.
    ///
    /// # Panics
    ///
    /// Never: an entry contains only strings and numbers.
    pub fn append(&mut self, entry: JournalEntry) -> Result<(), FileError> {
        let line = serde_json::to_string(&entry).expect("strings and numbers") + "\n";
        let written = if self.is_incomplete {
            Err(io::Error::other("an earlier line is missing"))
        } else {
            self.file.as_ref().write_all(line.as_bytes())
        };
        self.journal.push(entry);
        self.line_count += 1;
        if written.is_ok() {
            self.byte_length += line.len() as u64;
        } else {
            self.is_incomplete = true;
            // A partial line would be unreadable. If this fails too, nothing more can be done.
            drop(self.file.set_len(self.byte_length));
        }
        written.map_err(|error| FileError::new("write", &self.path, &error))
    }

    /// The file to sync and the number of lines that the sync covers.
    pub fn sync_handle(&self) -> (Arc<File>, u64) {
        (self.file.clone(), self.line_count)
    }

    pub fn sync_error(&self, error: &io::Error) -> FileError {
        FileError::new("write", &self.path, error)
    }

    /// Records in the journal at `path` that a state with this digest contains its results.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    ///
    /// # Panics
    ///
    /// Never: the entry is a string.
    pub fn mark_reconciled(path: &Path, state: Digest) -> Result<(), FileError> {
        let entry = serde_json::to_string(&JournalEntry::Reconciled { state_digest: state }).expect("a string");
        let opened = open_regular_file(path, OpenOptions::new().read(true).append(true), SymlinkPolicy::Reject);
        let written = opened.and_then(|mut file| {
            let text = read_bounded_file(&file, atomic_file::MAX_FILE_BYTES)?;
            // Drop a partial last line.
            file.set_len(text.rfind('\n').map_or(0, |end| end as u64 + 1))?;
            file.write_all(format!("{entry}\n").as_bytes())?;
            file.sync_data()
        });
        written.map_err(|error| FileError::new("write", path, &error))
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Removes the journal at `path`, once the state file contains its results.
    ///
    /// # Errors
    ///
    /// It cannot be removed.
    pub fn remove(path: &Path) -> Result<(), FileError> {
        atomic_file::remove_if_exists(path)
    }
}
