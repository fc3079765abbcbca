//! The journal of an apply in a bucket.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ajo_core::Api;
use ajo_limits::JournalEntry;

use super::locked_set::LockedSet;
use crate::StateError;
use crate::protocol::JournalDocument;

/// The journals of the sets that an apply changes. Entries are written in batches: the ones that arrive during a write form the
/// next batch.
#[derive(Debug)]
pub(crate) struct BucketJournal {
    parts: Vec<JournalPart>,
}

#[derive(Debug)]
struct JournalPart {
    api: Api,
    set: Arc<LockedSet>,
    buffer: Mutex<Buffer>,
    /// The number of entries that are in the bucket.
    written: tokio::sync::Mutex<u64>,
}

#[derive(Debug, Default)]
struct Buffer {
    /// The entries that are not in the bucket yet.
    entries: Vec<JournalEntry>,
    /// The number of all entries.
    count: u64,
}

impl JournalPart {
    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BucketJournal {
    pub(super) fn new(parts: Vec<(Api, Arc<LockedSet>)>) -> Self {
        let part =
            |(api, set)| JournalPart { api, set, buffer: Mutex::default(), written: tokio::sync::Mutex::default() };
        Self { parts: parts.into_iter().map(part).collect() }
    }

    /// Adds an entry to the next batch.
    ///
    /// # Panics
    ///
    /// If the lock does not include this API.
    pub(crate) fn append(&self, api: Api, entry: JournalEntry) {
        let mut buffer = self.part(api).buffer();
        buffer.entries.push(entry);
        buffer.count += 1;
    }

    fn part(&self, api: Api) -> &JournalPart {
        self.parts.iter().find(|part| part.api == api).expect("the lock of an apply includes its APIs")
    }

    /// Writes the entries of this API that are not in the bucket yet. After a failure they are still not, so a later call fails
    /// too or writes them.
    pub(crate) async fn flush(&self, api: Api) -> Result<(), StateError> {
        let Some(part) = self.parts.iter().find(|part| part.api == api) else { return Ok(()) };
        let wanted = part.buffer().count;
        let mut written = part.written.lock().await;
        if *written >= wanted {
            return Ok(());
        }
        let entries = part.buffer().entries.clone();
        let count = entries.len();
        part.set.append_batch(|write_id| JournalDocument::entries(write_id, None, entries)).await?;
        part.buffer().entries.drain(..count);
        *written += count as u64;
        Ok(())
    }
}
