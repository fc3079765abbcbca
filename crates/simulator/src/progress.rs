//! Progress and errors of a simulation.

/// Maximum number of requests in exact mode, with expected retries: 5 to 20 s of CPU time.
pub const MAX_EXACT_REQUESTS: u64 = 100_000_000;

/// A simulation without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    #[error(
        "exact mode simulates at most {MAX_EXACT_REQUESTS} requests, and this traffic has about {requests} with retries and \
         other calls; use cohort mode or less traffic"
    )]
    TooManyRequests { requests: u64 },
    #[error("the simulation was canceled")]
    Canceled,
}

/// The progress of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The simulated second.
    pub second: usize,
    /// The length of the traffic. The simulation may continue after it, until every call has ended.
    pub seconds: usize,
    /// The work so far, in operations of about a nanosecond. The number is the same on every machine.
    pub work: u64,
    /// The calls so far that were rejected, dropped, or timed out.
    pub lost: u64,
}
