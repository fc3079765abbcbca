//! The progress of a sizing.

/// The progress of a sizing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizingProgress {
    /// The number of the current simulation.
    pub simulations: u64,
    /// The simulated second.
    pub second: usize,
    /// The length of its traffic.
    pub seconds: usize,
}
