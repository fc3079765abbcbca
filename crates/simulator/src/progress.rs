//! The progress of a simulation.

/// The progress of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The simulated second.
    pub second: usize,
    /// The length of the traffic. The simulation may continue after it, until every call has ended.
    pub seconds: usize,
    /// The work so far, in operations of about a nanosecond. The number is the same on every machine.
    pub work: u64,
}
