//! Why the state could not be read, locked, or written.

use ajo_limits::LimitsStateError;

use crate::protocol::{DocumentError, LeaseHolder};
use crate::{BucketError, ClockError, FileError};

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
        /// The epoch and the lease time in seconds, for a lease.
        lease: Option<(u64, u64)>,
    },
    /// The lease expired, or someone else has it.
    #[error("the lease was lost{}; nothing more was sent", describe_holder(taken_by.as_ref()))]
    LeaseLost {
        /// The new holder, if it is known.
        taken_by: Option<LeaseHolder>,
    },
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

fn describe_holder(holder: Option<&LeaseHolder>) -> String {
    holder.map_or_else(String::new, |holder| format!(": {holder}"))
}
