//! A lock of the token store.

use alloc::string::String;
use core::time::Duration;

/// A lock that a call of this client holds.
#[derive(Debug)]
pub(super) struct HeldLock {
    pub(super) key: String,
    pub(super) ticket: String,
    /// When it expires, on the clock of [`Moment::elapsed`](crate::Moment::elapsed).
    pub(super) until: Duration,
}
