//! Why the state could not be read, locked, or written.

use ajo_limits::{LimitsStateError, StateSet};

use crate::protocol::{DocumentError, LeaseHolder};
use crate::{BucketError, ClockError, FileError, SelfTestError};

/// A failure of the state, its lock, or a journal.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// An object in the bucket cannot be used.
    #[error("failed to read {location}: {error}")]
    Document {
        /// The location of the state.
        location: String,
        error: DocumentError,
    },
    /// The state belongs to another organization.
    #[error("failed to use {location}: {error}")]
    Organization {
        /// The location of the state.
        location: String,
        error: LimitsStateError,
    },
    /// Another process holds the lock.
    #[error("another command is changing the limits{}", describe_holder(holder.as_ref()))]
    Held {
        /// `None` if the lock file cannot be read.
        holder: Option<LeaseHolder>,
        /// `None` for the lock of a file.
        lease: Option<Box<LeaseTerms>>,
    },
    /// The lease expired, or someone else has it.
    #[error("the lease was lost{}; nothing more was sent", describe_holder(taken_by.as_ref()))]
    LeaseLost {
        /// The new holder, if it is known.
        taken_by: Option<LeaseHolder>,
    },
    /// The bucket cannot hold shared state.
    #[error(transparent)]
    SelfTest(#[from] SelfTestError),
    /// A lease to unlock is free, or another holder has it.
    #[error("failed to unlock {set}: {}", describe_other_holder(*held))]
    NotHeld {
        set: StateSet,
        /// The epoch of the other holder.
        held: Option<u64>,
    },
    /// A state file has no lease to unlock.
    #[error(
        "{path} is a state file, and its lock needs no unlock: the operating system releases it when the process ends"
    )]
    FileHasNoLease { path: String },
    /// The outcome of an earlier write is unknown, so another one could overwrite it or leave a gap.
    #[error("failed to write {location}: the outcome of an earlier write is unknown")]
    UncertainWrite {
        /// The URL of the object.
        location: String,
    },
    /// The command would change the throttling state, but holds only the lease of its sandbox.
    #[error("failed to write the throttling state: this command has not locked it")]
    ThrottlingNotLocked,
    /// The system has no random numbers.
    #[error("the system has no random numbers: {0}")]
    NoRandomNumbers(String),
    #[error(transparent)]
    Clock(#[from] ClockError),
}

/// Which lease is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseTerms {
    /// The URL of the bucket and the prefix.
    pub location: String,
    pub set: StateSet,
    pub epoch: u64,
    /// The lease time.
    pub seconds: u64,
}

fn describe_other_holder(held: Option<u64>) -> String {
    held.map_or_else(
        || "nobody holds its lease".to_owned(),
        |epoch| format!("another command holds its lease now, with epoch {epoch}"),
    )
}

fn describe_holder(holder: Option<&LeaseHolder>) -> String {
    holder.map_or_else(String::new, |holder| format!(": {holder}"))
}
