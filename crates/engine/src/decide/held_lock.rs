//! Locks of the token store.

use alloc::string::String;
use core::time::Duration;

/// A store lock that a call of this client holds.
#[derive(Debug)]
pub(super) struct HeldLock {
    pub(super) key: String,
    pub(super) ticket: String,
    /// Expiry, on the clock of [`StepContext::elapsed`](crate::StepContext::elapsed).
    pub(super) expires_at: Duration,
}
