//! Errors of a simulation.

use crate::simulation_mode::MAX_EXACT_REQUESTS;

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
