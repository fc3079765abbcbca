//! Attempts that fail.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::endpoint::endpoint_error::SimulatedEndpointError;

/// The attempts that fail. The string format is a probability such as `0.2`, or `first:2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EndpointFailures {
    /// Each attempt fails with this probability, from 0 to 1.
    Probability(f64),
    /// The first N attempts of each call fail.
    FirstAttempts(u8),
}

impl EndpointFailures {
    /// Whether any attempt can fail.
    pub(crate) fn is_possible(self) -> bool {
        !matches!(self, Self::FirstAttempts(0)) && self != Self::Probability(0.0)
    }

    pub(crate) fn is_valid(self) -> bool {
        match self {
            Self::Probability(probability) => (0.0..=1.0).contains(&probability),
            Self::FirstAttempts(_) => true,
        }
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
            None => text.parse().ok().map(Self::Probability).filter(|failures| failures.is_valid()),
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
}
