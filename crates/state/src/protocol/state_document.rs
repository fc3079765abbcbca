//! The state object: the managed configurations, and which journals belong to it.

use std::hash::{Hash, Hasher};

use ajo_limits::{Digest, LimitsState};
use serde::{Deserialize, Serialize};

use super::{DocumentError, WriteId, check_epoch, document_bytes, parse_document};

/// The version of the format of the state object.
pub const STATE_DOCUMENT_VERSION: u32 = 1;

/// The content of `state.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateDocument {
    /// The version of this format.
    pub version: u32,
    /// The epoch of the holder that wrote it.
    pub epoch: u64,
    pub write_id: WriteId,
    /// The journals of applies that may be unfinished, oldest first.
    #[serde(default)]
    pub open_journals: Vec<OpenJournal>,
    pub state: LimitsState,
}

/// A journal that the state may not include.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenJournal {
    pub epoch: u64,
    /// Set if the state includes the results: the digest of the sandbox's state at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciled: Option<Digest>,
}

/// The id identifies the content.
impl Hash for StateDocument {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.write_id.hash(state);
    }
}

impl StateDocument {
    /// Parses the object with this name.
    ///
    /// # Errors
    ///
    /// It is not a state, or the version of the object or of the state in it is not supported.
    pub fn parse(name: &str, content: &[u8]) -> Result<Self, DocumentError> {
        #[derive(Deserialize)]
        struct StateOnly {
            state: serde_json::Value,
        }
        let StateOnly { state } = parse_document(name, "state", content, STATE_DOCUMENT_VERSION)?;
        let malformed = |message: String| DocumentError::Malformed { name: name.to_owned(), kind: "state", message };
        // Checks the version before the fields, which another version may have.
        match LimitsState::parse(&state.to_string()) {
            Ok(_) => {
                let document: Self = parse_document(name, "state", content, STATE_DOCUMENT_VERSION)?;
                document.check_epochs().map_err(malformed)?;
                Ok(document)
            }
            Err(ajo_limits::LimitsStateError::UnsupportedVersion(found)) => {
                let expected = ajo_limits::STATE_VERSION;
                Err(DocumentError::UnsupportedVersion { name: name.to_owned(), found, expected })
            }
            Err(error) => Err(malformed(error.to_string())),
        }
    }

    /// Journals are listed oldest first, and none is newer than the holder that wrote the state.
    fn check_epochs(&self) -> Result<(), String> {
        check_epoch(self.epoch)?;
        let journals = self.open_journals.iter().map(|journal| journal.epoch);
        if !journals.clone().is_sorted_by(|one, next| one < next) || journals.clone().any(|epoch| epoch > self.epoch) {
            let epochs: Vec<u64> = journals.collect();
            return Err(format!("the epochs of its open journals are {epochs:?}, and its own is {}", self.epoch));
        }
        Ok(())
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        document_bytes(self)
    }
}
