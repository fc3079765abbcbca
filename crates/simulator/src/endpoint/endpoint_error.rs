//! Errors of the endpoint's settings.

/// Maximum latency in milliseconds, far above the longest timeout of a journey.
pub const MAX_LATENCY_MS: u64 = 600_000;

/// An endpoint that cannot be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatedEndpointError {
    #[error(
        "the latency must be from 0.001 to {MAX_LATENCY_MS} ms, such as 300, exp:300, or p50=80,p95=300,p99=900 with increasing \
         values"
    )]
    Latency,
    #[error(
        "failures must be a probability from 0 to 1, such as 0.2, or first:N for the first N attempts of each call"
    )]
    Failures,
    #[error("the status of failures must be from 400 to 599")]
    FailureStatus,
    #[error("the endpoint needs at least one server and a capacity of at least one request per second")]
    Capacity,
}
