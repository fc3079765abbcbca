//! The journal of a running apply.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ajo_core::Api;
use ajo_limits::{Journal, JournalEntry, JournalHeader};

use crate::shared::BucketJournal;
use crate::{JournalFile, StateError};

/// Records the calls of an apply, before and after each one. After the first error, nothing more is written, so that the journal
/// has no gap; the journal in memory stays complete.
#[derive(Debug)]
pub struct ApplyJournal {
    shared: Mutex<SharedJournal>,
    /// The number of lines of a file that are on disk.
    synced_lines: tokio::sync::Mutex<u64>,
    bucket: Option<BucketJournal>,
}

#[derive(Debug)]
struct SharedJournal {
    journal: Journal,
    file: Option<JournalFile>,
    error: Option<StateError>,
}

impl ApplyJournal {
    pub(crate) fn in_file(file: JournalFile) -> Self {
        Self::new(file.journal().clone(), Some(file), None)
    }

    pub(crate) fn in_bucket(header: JournalHeader, bucket: BucketJournal) -> Self {
        Self::new(Journal::new(header), None, Some(bucket))
    }

    fn new(journal: Journal, file: Option<JournalFile>, bucket: Option<BucketJournal>) -> Self {
        let shared = Mutex::new(SharedJournal { journal, file, error: None });
        Self { shared, synced_lines: tokio::sync::Mutex::default(), bucket }
    }

    fn lock(&self) -> MutexGuard<'_, SharedJournal> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an entry could not be written. No further call may be started.
    pub fn has_failed(&self) -> bool {
        self.lock().error.is_some()
    }

    /// Why an entry could not be written.
    pub fn error(&self) -> Option<String> {
        self.lock().error.as_ref().map(ToString::to_string)
    }

    /// Appends an entry. It is written with the next [durable](Self::append_durably) one at the latest.
    pub fn append(&self, entry: JournalEntry) {
        let mut shared = self.lock();
        shared.journal.push(entry.clone());
        if let (Some(bucket), Some(api)) = (&self.bucket, api_of(&shared.journal, &entry)) {
            bucket.append(api, entry.clone());
        }
        if let Some(file) = &mut shared.file
            && let Err(error) = file.append(entry)
        {
            shared.error.get_or_insert(error.into());
        }
    }

    /// Appends an entry and waits until it survives this machine. Returns false if it could not be written.
    pub async fn append_durably(&self, entry: JournalEntry) -> bool {
        let api = api_of(&self.lock().journal, &entry);
        self.append(entry);
        self.flush_part(api).await;
        !self.has_failed()
    }

    /// Writes all entries.
    pub async fn flush(&self) {
        self.flush_part(Some(Api::Capping)).await;
        self.flush_part(Some(Api::Throttling)).await;
    }

    async fn flush_part(&self, api: Option<Api>) {
        if self.has_failed() {
            return;
        }
        let flushed = match (&self.bucket, api) {
            (Some(bucket), Some(api)) => bucket.flush(api).await,
            _ => self.sync_file().await,
        };
        if let Err(error) = flushed {
            self.lock().error.get_or_insert(error);
        }
    }

    /// Syncs the file. Concurrent callers share one sync, because syncing many lines is as fast as syncing one.
    async fn sync_file(&self) -> Result<(), StateError> {
        let handle = || self.lock().file.as_ref().map(JournalFile::sync_handle);
        let Some((_, line)) = handle() else { return Ok(()) };
        let mut synced = self.synced_lines.lock().await;
        if *synced >= line || self.has_failed() {
            return Ok(());
        }
        let Some((file, lines)) = handle() else { return Ok(()) };
        let done = tokio::task::spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other).flatten();
        *synced = lines;
        match (done, &self.lock().file) {
            (Err(error), Some(file)) => Err(file.sync_error(&error).into()),
            _ => Ok(()),
        }
    }

    /// The journal in memory.
    pub fn journal(&self) -> Journal {
        self.lock().journal.clone()
    }

    /// The journal in memory, and the first error.
    pub fn into_parts(self) -> (Journal, Option<StateError>) {
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        (shared.journal, shared.error)
    }
}

/// The API of the change that an entry belongs to.
fn api_of(journal: &Journal, entry: &JournalEntry) -> Option<Api> {
    let (JournalEntry::Started { change, .. } | JournalEntry::Finished { change, .. }) = entry else { return None };
    journal.header.plan.changes.get(*change).map(|change| change.key.api)
}
