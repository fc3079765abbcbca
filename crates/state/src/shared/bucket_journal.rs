//! The journal of an apply in a bucket.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

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
    entries: Vec<JournalEntry>,
    /// The number of all entries.
    count: u64,
}

impl BucketJournal {
    pub(super) fn new(parts: Vec<(Api, Arc<LockedSet>)>) -> Self {
        let part =
            |(api, set)| JournalPart { api, set, buffer: Mutex::default(), written: tokio::sync::Mutex::default() };
        Self { parts: parts.into_iter().map(part).collect() }
    }

    /// Adds an entry to the next batch.
    pub(crate) fn append(&self, api: Api, entry: JournalEntry) {
        let Some(part) = self.parts.iter().find(|part| part.api == api) else { return };
        let mut buffer = part.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        buffer.entries.push(entry);
        buffer.count += 1;
    }

    /// Writes the entries of this API that are not in the bucket yet.
    pub(crate) async fn flush(&self, api: Api) -> Result<(), StateError> {
        let Some(part) = self.parts.iter().find(|part| part.api == api) else { return Ok(()) };
        let wanted = part.buffer.lock().unwrap_or_else(PoisonError::into_inner).count;
        let mut written = part.written.lock().await;
        if *written >= wanted {
            return Ok(());
        }
        let (entries, count) = {
            let mut buffer = part.buffer.lock().unwrap_or_else(PoisonError::into_inner);
            (mem::take(&mut buffer.entries), buffer.count)
        };
        part.set.append_batch(|write_id| JournalDocument::entries(write_id, None, entries)).await?;
        *written = count;
        Ok(())
    }
}
