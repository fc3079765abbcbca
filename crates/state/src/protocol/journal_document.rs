//! The objects of a journal: batches of entries, and the seal that ends it.

use std::hash::{Hash, Hasher};

use ajo_limits::{JOURNAL_VERSION, Journal, JournalEntry, JournalHeader};
use serde::{Deserialize, Serialize};

use super::{DocumentError, VersionOnly, WriteId, document_bytes, parse_document};

/// The version of the format of journal objects.
pub const JOURNAL_DOCUMENT_VERSION: u32 = 1;

/// A batch of a journal. Each is created once and never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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

/// The id identifies the content.
impl Hash for JournalDocument {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.write_id.hash(state);
    }
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
    /// It is not part of a journal, or the version of the object or of the journal in it is not supported.
    pub fn parse(name: &str, content: &[u8]) -> Result<Self, DocumentError> {
        #[derive(Deserialize)]
        struct HeaderOnly {
            header: Option<VersionOnly>,
        }
        // Checks the version before the fields, which another version may have.
        let HeaderOnly { header } = parse_document(name, "journal", content, JOURNAL_DOCUMENT_VERSION)?;
        if let Some(VersionOnly { version: found }) = header
            && found != JOURNAL_VERSION
        {
            return Err(DocumentError::UnsupportedVersion { name: name.to_owned(), found, expected: JOURNAL_VERSION });
        }
        let document: Self = parse_document(name, "journal", content, JOURNAL_DOCUMENT_VERSION)?;
        let message = match (document.sealed_by, &document.header, name.ends_with("/0")) {
            (Some(_), None, _) if document.entries.is_empty() => return Ok(document),
            (None, Some(_), true) | (None, None, false) => return Ok(document),
            (Some(_), ..) => "a seal has no header and no entries",
            (None, None, true) => "the first batch has no header",
            (None, Some(_), false) => "only the first batch has a header",
        };
        Err(DocumentError::Malformed { name: name.to_owned(), kind: "journal", message: message.to_owned() })
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
