//! The latency and the result of each attempt.

use crate::endpoint::failures::EndpointFailures;
use crate::endpoint::latency::LatencyDistribution;
use crate::scenario::Scenario;
use crate::time::Micros;

/// The endpoint's response to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptResult {
    /// The endpoint's work on the request, without its wait for a connection or for the endpoint.
    pub latency: Micros,
    pub is_failure: bool,
}

/// A source of results.
pub(crate) trait AttemptSource {
    /// The result of an attempt, the first with number 0, of the call with this number.
    fn attempt(&mut self, call: u32, attempt: u8) -> AttemptResult;
}

/// Draws latencies and failures.
pub(crate) struct RandomAttempts {
    random: fastrand::Rng,
    latency: LatencyDistribution,
    constant: Option<Micros>,
    failures: EndpointFailures,
}

impl RandomAttempts {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let endpoint = &scenario.endpoint;
        Self {
            random: fastrand::Rng::with_seed(scenario.seed),
            latency: endpoint.latency.clone(),
            constant: endpoint.latency.as_constant(),
            failures: endpoint.failures,
        }
    }
}

impl AttemptSource for RandomAttempts {
    fn attempt(&mut self, _call: u32, attempt: u8) -> AttemptResult {
        let latency = self.constant.unwrap_or_else(|| self.latency.draw(&mut self.random));
        let is_failure = match self.failures {
            EndpointFailures::FirstAttempts(attempts) => attempt < attempts,
            EndpointFailures::Probability(probability) if probability > 0.0 => self.random.f64() < probability,
            EndpointFailures::Probability(_) => false,
        };
        AttemptResult { latency, is_failure }
    }
}
