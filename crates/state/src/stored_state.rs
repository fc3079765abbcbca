//! The state and the journals of a backend.

use ajo_limits::{Journal, LimitsState};

use crate::protocol::LeaseHolder;

/// The state of a sandbox and its organization, and the journals of unfinished applies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredState {
    /// A file has all sandboxes of an organization. A bucket has the sandbox of the scope, and the organization's throttling.
    pub state: LimitsState,
    /// Applies that did not finish, or that still run; oldest first.
    pub journals: Vec<Journal>,
    /// Who holds the lease; never set for files.
    pub holder: Option<LeaseHolder>,
}

/// How a save treats the journals of unfinished applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalHandling {
    /// The state includes their results, but an apply is unfinished, so that it can be resumed.
    Keep,
    /// Nothing is unfinished.
    Close,
}
