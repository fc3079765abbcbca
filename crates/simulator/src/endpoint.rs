//! The endpoint behind the limit.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The longest time an endpoint takes, in milliseconds. Chosen here: far beyond the longest timeout of a journey.
pub const LONGEST_LATENCY_MS: u64 = 600_000;

/// How the endpoint answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    latency_ms: u64,
    failures: Failures,
}

/// Which calls fail at the endpoint. As text, a share such as `0.2`, or `first:2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failures {
    /// Each attempt, with this probability from 0 to 1.
    Share(f64),
    /// The first attempts of each call, so many.
    First(u8),
}

/// An endpoint that cannot be simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It is too fast or too slow.
    #[error("an endpoint takes from 1 to {LONGEST_LATENCY_MS} ms")]
    Latency,
    /// Its failures are no share.
    #[error("failures are a share from 0 to 1, such as 0.2, or first:N for the first N attempts of each call")]
    Failures,
}

impl Endpoint {
    /// One that takes so many milliseconds, and fails so often.
    pub fn new(latency_ms: u64, failures: Failures) -> Result<Self, EndpointError> {
        if !(1..=LONGEST_LATENCY_MS).contains(&latency_ms) {
            return Err(EndpointError::Latency);
        }
        match failures {
            Failures::Share(share) if !(0.0..=1.0).contains(&share) => Err(EndpointError::Failures),
            _ => Ok(Self { latency_ms, failures }),
        }
    }

    /// How long it takes to answer, in milliseconds.
    pub const fn latency_ms(&self) -> u64 {
        self.latency_ms
    }

    /// Which calls fail.
    pub const fn failures(&self) -> Failures {
        self.failures
    }

    /// Whether any can fail.
    pub(crate) fn fails(&self) -> bool {
        !matches!(self.failures, Failures::First(0)) && self.failures != Failures::Share(0.0)
    }
}

impl Default for Endpoint {
    /// It answers in a tenth of a second and never fails.
    fn default() -> Self {
        Self { latency_ms: 100, failures: Failures::Share(0.0) }
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => write!(f, "{share}"),
            Self::First(attempts) => write!(f, "first:{attempts}"),
        }
    }
}

impl FromStr for Failures {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let read = match text.strip_prefix("first:") {
            Some(attempts) => attempts.parse().ok().map(Self::First),
            None => text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).map(Self::Share),
        };
        read.ok_or(EndpointError::Failures)
    }
}

impl Serialize for Failures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_a_share_or_the_first_attempts() {
        assert_eq!("0.25".parse(), Ok(Failures::Share(0.25)));
        assert_eq!("first:2".parse(), Ok(Failures::First(2)));
        for text in ["", "-0.1", "1.1", "NaN", "first:", "first:-1", "20%"] {
            assert_eq!(text.parse::<Failures>(), Err(EndpointError::Failures), "{text}");
        }
        for failures in [Failures::Share(0.25), Failures::First(2)] {
            assert_eq!(failures.to_string().parse(), Ok(failures));
        }
    }

    #[test]
    fn an_endpoint_has_bounds() {
        for latency in [0, LONGEST_LATENCY_MS + 1] {
            assert_eq!(Endpoint::new(latency, Failures::First(0)), Err(EndpointError::Latency));
        }
        assert_eq!(Endpoint::new(1, Failures::Share(f64::NAN)), Err(EndpointError::Failures));
        let fails = |failures| Endpoint::new(LONGEST_LATENCY_MS, failures).expect("an endpoint").fails();
        assert!(fails(Failures::First(1)) && fails(Failures::Share(0.1)));
        assert!(!fails(Failures::First(0)) && !fails(Failures::Share(0.0)) && !Endpoint::default().fails());
    }
}
