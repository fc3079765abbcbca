//! The input of a sizing.

use std::ops::RangeInclusive;

use serde::Serialize;

use crate::call_rules::MAX_RETRIES;
use crate::endpoint::endpoint_error::SimulatedEndpointError;
use crate::endpoint::failures::EndpointFailures;
use crate::endpoint::simulated_endpoint::{EndpointCapacity, SimulatedEndpoint};
use crate::limits::window_kind::WindowKind;
use crate::progress::SimulationError;
use crate::scenario::DEFAULT_TIMEOUT_SECONDS;
use crate::time::SECOND;
use crate::traffic::arrivals::Arrivals;
use crate::traffic::pattern::TrafficPattern;

/// Default of [`SizingRequest::margin_percent`].
pub const DEFAULT_MARGIN_PERCENT: u32 = 75;

/// Default of [`SizingRequest::min_load_seconds`]: an hour.
pub const DEFAULT_MIN_LOAD_SECONDS: u32 = 3600;

/// Reading rates of an audience, in profiles per second. Documented.
pub const READING_RATE_RANGE: RangeInclusive<u32> = 500..=20_000;

/// Above this share of responses slower than the timeout, no limit helps.
const MAX_SLOW_PERCENT: f64 = 10.0;

/// The input of a sizing.
#[derive(Clone, Debug, PartialEq)]
pub struct SizingRequest {
    /// The endpoint. It needs a capacity.
    pub endpoint: SimulatedEndpoint,
    pub traffic: SizedTraffic,
    pub goals: SizingGoals,
    /// The share of the tipping point that a limit uses, from 1 to 100.
    pub margin_percent: u32,
    pub timeout_seconds: u64,
    pub window: WindowKind,
    /// The arrival of the calls of the traffic. The load that measures a tipping point is always even.
    pub arrivals: Arrivals,
    /// The load that measures a tipping point is as long as the traffic takes at the closed-form rate, but at least this long. A
    /// short overload loses no call, because requests may wait until the timeout.
    pub min_load_seconds: u32,
    /// The seed of random latencies and failures.
    pub seed: u64,
}

/// The traffic to the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SizedTraffic {
    /// One call for each profile of an audience. Without a reading rate, it is sized too.
    Audience { profiles: u64, reading_rate: Option<u32> },
    /// Calls whose rate cannot be changed, for example of events.
    Pattern(TrafficPattern),
}

/// The goals besides losing no call: none is rejected, dropped, or timed out. A call that fails at the endpoint after its retries
/// does not count, because no limit changes that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SizingGoals {
    /// The time in which all calls have ended.
    pub within_seconds: Option<u64>,
    /// Maximum number of requests in parallel at the endpoint.
    pub max_parallel: Option<u32>,
}

/// A request that cannot be sized.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SizingError {
    #[error("the endpoint has no capacity; state its parallel workers or its requests per second")]
    UnlimitedEndpoint,
    #[error(transparent)]
    Endpoint(#[from] SimulatedEndpointError),
    #[error("the traffic has no calls")]
    NoCalls,
    #[error("the margin must be from 1 to 100 %")]
    Margin,
    #[error("the reading rate must be from 500 to 20,000 profiles per second")]
    ReadingRate,
    #[error("at least one request in parallel and one second are needed")]
    Goals,
    #[error(
        "{percent} % of the responses take longer than the timeout of {timeout_seconds} s, whatever the limit is; use a longer \
         timeout or a faster endpoint"
    )]
    SlowEndpoint { percent: u32, timeout_seconds: u64 },
    #[error("every call fails at the endpoint, whatever the limit is; state a lower share of failures")]
    FailingEndpoint,
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

impl SizingRequest {
    /// A request without goals except that nothing is lost, and with default values for the rest.
    pub fn new(endpoint: SimulatedEndpoint, traffic: SizedTraffic) -> Self {
        Self {
            endpoint,
            traffic,
            goals: SizingGoals::default(),
            margin_percent: DEFAULT_MARGIN_PERCENT,
            timeout_seconds: DEFAULT_TIMEOUT_SECONDS,
            window: WindowKind::default(),
            arrivals: Arrivals::default(),
            min_load_seconds: DEFAULT_MIN_LOAD_SECONDS,
            seed: 0,
        }
    }

    pub(super) fn validate(&self) -> Result<(), SizingError> {
        self.endpoint.validate()?;
        if self.endpoint.capacity == EndpointCapacity::Unlimited {
            return Err(SizingError::UnlimitedEndpoint);
        }
        if self.calls() == 0 {
            return Err(SizingError::NoCalls);
        }
        if !(1..=100).contains(&self.margin_percent) {
            return Err(SizingError::Margin);
        }
        if self.goals.max_parallel == Some(0) || self.goals.within_seconds == Some(0) {
            return Err(SizingError::Goals);
        }
        let slow = self.slow_share() * 100.0;
        if slow > MAX_SLOW_PERCENT {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a percentage")]
            let percent = slow.round() as u32;
            return Err(SizingError::SlowEndpoint { percent, timeout_seconds: self.timeout_seconds });
        }
        if self.every_call_fails() {
            return Err(SizingError::FailingEndpoint);
        }
        match self.traffic {
            SizedTraffic::Audience { reading_rate: Some(rate), .. } if !READING_RATE_RANGE.contains(&rate) => {
                Err(SizingError::ReadingRate)
            }
            _ => Ok(()),
        }
    }

    /// The share of requests whose latency alone is above the timeout.
    #[expect(clippy::cast_precision_loss, reason = "a timeout is far below 2^52")]
    pub(super) fn slow_share(&self) -> f64 {
        1.0 - self.endpoint.latency.share_within((self.timeout_seconds * SECOND) as f64)
    }

    fn every_call_fails(&self) -> bool {
        match self.endpoint.failures {
            EndpointFailures::Probability(failure) => failure >= 1.0,
            EndpointFailures::FirstAttempts(attempts) => {
                attempts > if self.endpoint.is_retried() { MAX_RETRIES } else { 0 }
            }
        }
    }

    pub(super) fn calls(&self) -> u64 {
        match &self.traffic {
            SizedTraffic::Audience { profiles, .. } => *profiles,
            SizedTraffic::Pattern(pattern) => pattern.total(),
        }
    }

    /// The share of a value that the margin leaves, rounded down, at least 1.
    pub(super) fn with_margin(&self, value: u64) -> u64 {
        (value * u64::from(self.margin_percent) / 100).max(1)
    }
}
