//! The objects of a journal: batches of entries, and the seal that ends it.

use ajo_limits::{Journal, JournalEntry, JournalHeader};
use serde::{Deserialize, Serialize};

use super::{DocumentError, WriteId, document_bytes, parse_document};

/// The version of the format of journal objects.
pub const JOURNAL_DOCUMENT_VERSION: u32 = 1;

/// A batch of a journal. Each is created once and never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalDocument {
    /// The version of this format.
    pub version: u32,
    pub write_id: WriteId,
    /// The epoch of the holder that sealed the journal. Nothing comes after a seal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_by: Option<u64>,
    /// In the first batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<JournalHeader>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<JournalEntry>,
}

impl JournalDocument {
    /// A batch of entries.
    pub const fn entries(write_id: WriteId, header: Option<JournalHeader>, entries: Vec<JournalEntry>) -> Self {
        Self { version: JOURNAL_DOCUMENT_VERSION, write_id, sealed_by: None, header, entries }
    }

    /// The seal of the holder with this epoch.
    pub const fn seal(write_id: WriteId, epoch: u64) -> Self {
        Self { version: JOURNAL_DOCUMENT_VERSION, write_id, sealed_by: Some(epoch), header: None, entries: Vec::new() }
    }

    /// Parses the object with this name.
    ///
    /// # Errors
    ///
    /// It is not part of a journal, or its version is not supported.
    pub fn parse(name: &str, content: &[u8]) -> Result<Self, DocumentError> {
        parse_document(name, "journal", content, JOURNAL_DOCUMENT_VERSION)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        document_bytes(self)
    }

    /// The journal in these batches; `None` if the apply ended before it wrote the first one.
    pub(crate) fn join(batches: Vec<Self>) -> Option<Journal> {
        let mut batches = batches.into_iter();
        let first = batches.next()?;
        let mut journal = Journal::new(first.header?);
        first.entries.into_iter().chain(batches.flat_map(|batch| batch.entries)).for_each(|entry| journal.push(entry));
        Some(journal)
    }
}
