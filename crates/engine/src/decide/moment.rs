//! What a state machine is told about time and randomness.

use core::time::Duration;

use crate::Timestamp;

/// The time and a random number, for one step.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The wall clock: for the lifetime of tokens, which machines share.
    pub now: Timestamp,
    /// A clock that never goes back, from any fixed point: for time limits.
    pub elapsed: Duration,
    /// Any number, each as likely as the others.
    pub random: u64,
}
