//! A state that only this process changes.

use ajo_limits::{JournalHeader, LimitsState};

use crate::apply_journal::ApplyJournal;
use crate::{JournalHandling, LockedFile, RequestWindow, SharedLock, StateError, StoredState};

/// The lock of a state.
///
/// A file is locked until this is dropped. A lease must be [kept](Self::keep) while it is used, and [released](Self::release).
#[derive(Debug)]
pub enum StateLock {
    File(LockedFile),
    Shared(SharedLock),
}

impl StateLock {
    /// The state and the journals when the lock was taken.
    pub const fn stored(&self) -> &StoredState {
        match self {
            Self::File(file) => &file.stored,
            Self::Shared(shared) => &shared.stored,
        }
    }

    /// Writes the state, which includes the results of all journals.
    ///
    /// # Errors
    ///
    /// It cannot be written, or the lease is lost.
    pub async fn save(&self, state: &LimitsState, handling: JournalHandling) -> Result<(), StateError> {
        match self {
            Self::File(file) => file.save(state, handling),
            Self::Shared(shared) => shared.save(state, handling).await,
        }
    }

    /// Starts the journal of an apply, replacing those of earlier ones.
    ///
    /// # Errors
    ///
    /// It cannot be written, or the lease is lost.
    ///
    /// # Panics
    ///
    /// If a lease has started one before.
    pub async fn start_journal(&self, header: JournalHeader) -> Result<ApplyJournal, StateError> {
        match self {
            Self::File(file) => Ok(ApplyJournal::in_file(file.start_journal(header)?)),
            Self::Shared(shared) => {
                let writer = shared.start_journal(&header).await?;
                Ok(ApplyJournal::in_bucket(header, writer))
            }
        }
    }

    /// Waits until a request to the service may be sent: renews the lease if the last renewal is a quarter of the lease time ago.
    ///
    /// # Errors
    ///
    /// The lease is lost. Nothing more may be sent.
    pub async fn permit_request(&self) -> Result<RequestWindow, StateError> {
        match self {
            Self::File(_) => Ok(RequestWindow { rest: None, renewal: None }),
            Self::Shared(shared) => shared.permit_request().await,
        }
    }

    /// Whether the lease is lost, according to the last renewal and the clock. Sends nothing.
    pub fn is_lost(&self) -> bool {
        match self {
            Self::File(_) => false,
            Self::Shared(shared) => shared.is_lost(),
        }
    }

    /// Renews the lease until it is lost. Run this next to the work.
    pub async fn keep(&self) -> StateError {
        match self {
            Self::File(_) => std::future::pending().await,
            Self::Shared(shared) => shared.keep().await,
        }
    }

    /// Releases the lock. No call may be in flight.
    pub async fn release(self) {
        match self {
            Self::File(_) => {}
            Self::Shared(shared) => shared.release().await,
        }
    }
}
