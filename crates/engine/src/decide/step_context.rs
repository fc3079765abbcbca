//! Time and randomness as inputs of a state machine.

use core::time::Duration;

use crate::Timestamp;

/// The time and a random number for one step of a state machine.
#[derive(Clone, Copy, Debug)]
pub struct StepContext {
    /// Wall-clock time, for token lifetimes, which are shared between machines.
    pub now: Timestamp,
    /// Time since an arbitrary fixed point on a monotonic clock, for timeouts and deadlines.
    pub elapsed: Duration,
    /// A uniformly distributed random number.
    pub random: u64,
}
