//! The journal of an apply on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ajo_limits::{Digest, Entry, Header, Journal};

use crate::atomic_file::{self, DiskError};

/// A journal that is being written. A line that was added outlives the process, and one that was synced also the machine.
///
/// ```
/// use ajo_apply::JournalFile;
/// use ajo_core::Verb;
/// use ajo_limits::{Desired, Entry, Header, JOURNAL_VERSION, Ledger, Observed, Options, plan};
///
/// let folder = tempfile::tempdir()?;
/// let at = folder.path().join("ajo.lock");
/// let (desired, ledger) = (Desired { sandbox: "prod".parse()?, configs: Vec::new() }, Ledger::default());
/// let header = Header {
///     version: JOURNAL_VERSION,
///     organization: "A1B2@AdobeOrg".to_owned(),
///     began: "2026-11-26T09:00:00Z".to_owned(),
///     files: Vec::new(),
///     ledger: ledger.digest("prod"),
///     plan: plan(&desired, &Observed::default(), &ledger, Options::default()),
/// };
/// let path = JournalFile::path_for(&at, "prod");
/// let mut journal = JournalFile::begin(&path, header)?;
/// journal.add(Entry::Begun { change: 0, step: Verb::Create })?;
///
/// // Whoever comes after a crash finds what was written down.
/// assert_eq!(JournalFile::sandboxes(&at)?, ["prod"]);
/// assert_eq!(JournalFile::load(&path)?.as_ref(), Some(journal.journal()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: Arc<File>,
    journal: Journal,
    lines: u64,
    /// How long the file is with whole lines, in bytes.
    length: u64,
}

impl JournalFile {
    /// Where the journal is of an apply to this sandbox: `ajo.lock.prod.journal` beside `ajo.lock`.
    pub fn path_for(ledger: &Path, sandbox: &str) -> PathBuf {
        atomic_file::path_with_suffix(ledger, &format!("{sandbox}.journal"))
    }

    /// The sandboxes that have a journal beside this ledger.
    ///
    /// # Errors
    ///
    /// The directory cannot be read.
    pub fn sandboxes(ledger: &Path) -> Result<Vec<String>, DiskError> {
        let directory = atomic_file::directory(ledger);
        let begins = ledger.file_name().map(|name| format!("{}.", name.to_string_lossy())).unwrap_or_default();
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(DiskError::new("read", directory, &error)),
        };
        let names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
        let sandbox = |name: String| Some(name.strip_prefix(&begins)?.strip_suffix(".journal")?.to_owned());
        let is_one = |sandbox: &String| sandbox.parse::<ajo_core::Sandbox>().is_ok();
        let mut sandboxes: Vec<_> = names.filter_map(sandbox).filter(is_one).collect();
        sandboxes.sort();
        Ok(sandboxes)
    }

    /// What a cut off apply has left at this path, if it has.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no journal.
    pub fn load(path: &Path) -> Result<Option<Journal>, DiskError> {
        let Some(text) = atomic_file::read(path)? else { return Ok(None) };
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
        atomic_file::replace(path, &line)?;
        let file = OpenOptions::new().append(true).open(path).map_err(|error| DiskError::new("open", path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file: Arc::new(file),
            journal: Journal::new(header),
            lines: 0,
            length: line.len() as u64,
        })
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
        match &written {
            Ok(()) => self.length += line.len() as u64,
            // Half a line would make what follows unreadable. If this fails too, it is what it was.
            Err(_) => drop(self.file.set_len(self.length)),
        }
        written.map_err(|error| DiskError::new("write", &self.path, &error))
    }

    /// What has to be synced, and how many lines there are then.
    pub(crate) fn to_sync(&self) -> (Arc<File>, u64) {
        (self.file.clone(), self.lines)
    }

    pub(crate) fn sync_failed(&self, error: &io::Error) -> DiskError {
        DiskError::new("write", &self.path, error)
    }

    /// Notes, in the one at this path, that what it says stands in a ledger of this digest.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    ///
    /// # Panics
    ///
    /// Never: the entry is a text.
    pub fn note_settled(path: &Path, ledger: Digest) -> Result<(), DiskError> {
        let entry = serde_json::to_string(&Entry::Settled { ledger }).expect("a text");
        let written = OpenOptions::new().read(true).append(true).open(path).and_then(|mut file| {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            // A line that was cut off is none.
            file.set_len(text.rfind('\n').map_or(0, |end| end as u64 + 1))?;
            file.write_all(format!("{entry}\n").as_bytes())?;
            file.sync_data()
        });
        written.map_err(|error| DiskError::new("write", path, &error))
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
        atomic_file::remove(path)
    }
}
