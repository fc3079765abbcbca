//! The simulated endpoint.

use serde::Serialize;

use crate::endpoint::endpoint_error::SimulatedEndpointError;
use crate::endpoint::failures::EndpointFailures;
use crate::endpoint::latency::LatencyDistribution;

/// Status codes after which AJO does not retry. Documented.
pub const FINAL_STATUSES: [u16; 3] = [401, 403, 404];

/// Latency, failures, and capacity of the endpoint.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulatedEndpoint {
    pub latency: LatencyDistribution,
    pub failures: EndpointFailures,
    /// The HTTP status of failures.
    pub failure_status: u16,
    pub capacity: EndpointCapacity,
}

/// The work that the endpoint can do at a time. Requests over it wait at the endpoint in order of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EndpointCapacity {
    #[default]
    Unlimited,
    /// Requests per second: each occupies the endpoint for 1/N s before its latency.
    RequestsPerSecond(u32),
    /// Parallel workers: each processes one request at a time for its latency.
    Servers(u32),
}

impl SimulatedEndpoint {
    /// Checks the values.
    pub fn validate(&self) -> Result<(), SimulatedEndpointError> {
        if !self.failures.is_valid() {
            return Err(SimulatedEndpointError::Failures);
        }
        if !(400..=599).contains(&self.failure_status) {
            return Err(SimulatedEndpointError::FailureStatus);
        }
        match self.capacity {
            EndpointCapacity::RequestsPerSecond(0) | EndpointCapacity::Servers(0) => {
                Err(SimulatedEndpointError::Capacity)
            }
            _ => Ok(()),
        }
    }

    /// Whether AJO retries a failed attempt.
    pub fn is_retried(&self) -> bool {
        !FINAL_STATUSES.contains(&self.failure_status)
    }
}

impl Default for SimulatedEndpoint {
    /// Responds in 100 ms and never fails.
    fn default() -> Self {
        Self {
            latency: LatencyDistribution::constant(100).expect("100 ms is valid"),
            failures: EndpointFailures::Probability(0.0),
            failure_status: 503,
            capacity: EndpointCapacity::Unlimited,
        }
    }
}
