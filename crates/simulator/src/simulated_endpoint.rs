//! The simulated endpoint.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Maximum latency in milliseconds, far above the longest timeout of a journey.
pub const MAX_LATENCY_MS: u64 = 600_000;

/// Latency and failures of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulatedEndpoint {
    latency_ms: u64,
    failures: EndpointFailures,
}

/// The attempts that fail. The string format is a probability such as `0.2`, or `first:2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EndpointFailures {
    /// Each attempt fails with this probability, from 0 to 1.
    Probability(f64),
    /// The first N attempts of each call fail.
    FirstAttempts(u8),
}

/// An endpoint that cannot be simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatedEndpointError {
    #[error("the latency must be from 1 to {MAX_LATENCY_MS} ms")]
    Latency,
    #[error(
        "failures must be a probability from 0 to 1, such as 0.2, or first:N for the first N attempts of each call"
    )]
    Failures,
}

impl SimulatedEndpoint {
    /// Creates an endpoint with this latency and these failures.
    pub fn new(latency_ms: u64, failures: EndpointFailures) -> Result<Self, SimulatedEndpointError> {
        if !(1..=MAX_LATENCY_MS).contains(&latency_ms) {
            return Err(SimulatedEndpointError::Latency);
        }
        match failures {
            EndpointFailures::Probability(probability) if !(0.0..=1.0).contains(&probability) => {
                Err(SimulatedEndpointError::Failures)
            }
            _ => Ok(Self { latency_ms, failures }),
        }
    }

    /// The latency in milliseconds.
    pub const fn latency_ms(&self) -> u64 {
        self.latency_ms
    }

    /// The attempts that fail.
    pub const fn failures(&self) -> EndpointFailures {
        self.failures
    }

    /// Whether any attempt can fail.
    pub(crate) fn can_fail(&self) -> bool {
        !matches!(self.failures, EndpointFailures::FirstAttempts(0))
            && self.failures != EndpointFailures::Probability(0.0)
    }
}

impl Default for SimulatedEndpoint {
    /// Responds in 100 ms and never fails.
    fn default() -> Self {
        Self { latency_ms: 100, failures: EndpointFailures::Probability(0.0) }
    }
}

impl fmt::Display for EndpointFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Probability(probability) => write!(f, "{probability}"),
            Self::FirstAttempts(attempts) => write!(f, "first:{attempts}"),
        }
    }
}

impl FromStr for EndpointFailures {
    type Err = SimulatedEndpointError;

    fn from_str(text: &str) -> Result<Self, SimulatedEndpointError> {
        let read = match text.strip_prefix("first:") {
            Some(attempts) => attempts.parse().ok().map(Self::FirstAttempts),
            None => text.parse().ok().filter(|probability| (0.0..=1.0).contains(probability)).map(Self::Probability),
        };
        read.ok_or(SimulatedEndpointError::Failures)
    }
}

impl Serialize for EndpointFailures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_parse_and_display() {
        assert_eq!("0.25".parse(), Ok(EndpointFailures::Probability(0.25)));
        assert_eq!("first:2".parse(), Ok(EndpointFailures::FirstAttempts(2)));
        for text in ["", "-0.1", "1.1", "NaN", "first:", "first:-1", "20%"] {
            assert_eq!(text.parse::<EndpointFailures>(), Err(SimulatedEndpointError::Failures), "{text}");
        }
        for failures in [EndpointFailures::Probability(0.25), EndpointFailures::FirstAttempts(2)] {
            assert_eq!(failures.to_string().parse(), Ok(failures));
        }
    }

    #[test]
    fn latency_and_failures_are_validated() {
        for latency in [0, MAX_LATENCY_MS + 1] {
            assert_eq!(
                SimulatedEndpoint::new(latency, EndpointFailures::FirstAttempts(0)),
                Err(SimulatedEndpointError::Latency)
            );
        }
        assert_eq!(
            SimulatedEndpoint::new(1, EndpointFailures::Probability(f64::NAN)),
            Err(SimulatedEndpointError::Failures)
        );
        let fails = |failures| SimulatedEndpoint::new(MAX_LATENCY_MS, failures).expect("an endpoint").can_fail();
        assert!(fails(EndpointFailures::FirstAttempts(1)) && fails(EndpointFailures::Probability(0.1)));
        assert!(
            !fails(EndpointFailures::FirstAttempts(0))
                && !fails(EndpointFailures::Probability(0.0))
                && !SimulatedEndpoint::default().can_fail()
        );
    }
}
