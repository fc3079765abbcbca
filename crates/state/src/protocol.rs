//! The protocol of shared state: lease, seal, and journal. Pure: a machine says which request to send next and receives the
//! response, the time, and random ids as parameters.
//!
//! `ARCHITECTURE.md` has the state diagram and the invariants.

mod acquire_lease;
mod conditional_write;
mod fence;
mod held_lease;
mod journal_document;
mod lease_document;
mod object_names;
pub(crate) mod read_retries;
mod state_document;
mod unlock_lease;
mod write_id;

use std::time::Duration;

pub use acquire_lease::{AcquireLease, AcquireOutcome, LeaseRequest};
pub use conditional_write::{ConditionalWrite, WriteOutcome};
pub use fence::{Fence, FenceOutcome, Fenced, SealedJournal};
pub use held_lease::{HeldLease, RequestPermit};
pub use journal_document::{JOURNAL_DOCUMENT_VERSION, JournalDocument};
pub use lease_document::{LEASE_VERSION, LeaseDocument, LeaseHolder, MAX_LEASE_TIME};
pub use object_names::ObjectNames;
pub use state_document::{OpenJournal, STATE_DOCUMENT_VERSION, StateDocument};
pub use unlock_lease::{UnlockLease, UnlockOutcome};
pub use write_id::{WriteId, WriteIds};

use crate::{BucketError, BucketObject, ObjectVersion, PutCondition, PutError};

/// A request that a machine wants to send.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StoreRequest {
    Get { name: String },
    Put { name: String, content: Vec<u8>, condition: PutCondition },
}

/// The response to the last request of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StoreResponse {
    Got(Result<Option<BucketObject>, BucketError>),
    Put(Result<ObjectVersion, PutError>),
}

/// The next step of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NextStep<T> {
    /// Send this request and pass the response to the machine.
    Send(StoreRequest),
    /// Wait until this time on the monotonic clock, then ask again.
    WaitUntil(Duration),
    Finished(T),
}

/// A part of the protocol. Times are readings of one monotonic clock.
pub trait Machine {
    type Outcome;

    /// What to do at `now`.
    fn next_step(&mut self, now: Duration) -> NextStep<Self::Outcome>;

    /// Processes the response to the request of the last step, which was sent at `sent_at`.
    fn receive(&mut self, response: StoreResponse, sent_at: Duration, now: Duration);
}

/// An object that is not what its name says, or whose version this `ajo` does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DocumentError {
    #[error("{name} is not a {kind} of ajo: {message}")]
    Malformed { name: String, kind: &'static str, message: String },
    #[error("{name} has version {found}, and this ajo reads version {expected}; use a newer ajo")]
    UnsupportedVersion { name: String, found: u32, expected: u32 },
}

#[derive(serde::Deserialize)]
struct VersionOnly {
    version: u32,
}

/// The largest epoch (ours): the largest integer that every JSON reader keeps (RFC 8259, section 6).
const MAX_EPOCH: u64 = (1 << 53) - 1;

/// Checks an epoch of a document, so that a later one exists.
fn check_epoch(epoch: u64) -> Result<(), String> {
    if epoch < MAX_EPOCH { Ok(()) } else { Err(format!("epoch {epoch} is too large")) }
}

/// Parses a JSON document whose version must be `expected`.
fn parse_document<T: serde::de::DeserializeOwned>(
    name: &str,
    kind: &'static str,
    content: &[u8],
    expected: u32,
) -> Result<T, DocumentError> {
    let malformed =
        |error: serde_json::Error| DocumentError::Malformed { name: name.to_owned(), kind, message: error.to_string() };
    let VersionOnly { version: found } = serde_json::from_slice(content).map_err(malformed)?;
    if found != expected {
        return Err(DocumentError::UnsupportedVersion { name: name.to_owned(), found, expected });
    }
    serde_json::from_slice(content).map_err(malformed)
}

/// Serializes a document.
fn document_bytes(document: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document).expect("strings, numbers, and lists");
    bytes.push(b'\n');
    bytes
}
