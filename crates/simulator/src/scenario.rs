//! A scenario: the input of a simulation.

use std::ops::RangeInclusive;

use crate::configured_limits::ConfiguredLimits;
use crate::default_cap::DefaultCapRules;
use crate::simulated_endpoint::SimulatedEndpoint;
use crate::traffic_pattern::TrafficPattern;
use crate::window::WindowKind;

/// Allowed timeouts of journeys, in seconds. Documented: from 1 to 30.
pub const TIMEOUT_SECONDS_RANGE: RangeInclusive<u64> = 1..=30;

/// Default timeout, in seconds. Documented.
pub const DEFAULT_TIMEOUT_SECONDS: u64 = 30;

/// The input of a simulation: traffic, limits, an endpoint, and the assumed method of counting calls.
///
/// ```
/// use ajo_simulator::{
///     DEFAULT_TIMEOUT_SECONDS, SimulatedEndpoint, SimulatedEndpointError, EndpointFailures, MAX_LATENCY_MS, ConfiguredLimits, MAX_RETRIES,
///     Scenario, TIMEOUT_SECONDS_RANGE, WindowKind, simulate,
/// };
///
/// // A tenth of the attempts fail, and each call is retried up to three times.
/// let mut scenario = Scenario::new("50x10".parse()?, ConfiguredLimits::default());
/// scenario.endpoint = SimulatedEndpoint::new(250, EndpointFailures::Probability(0.1))?;
/// assert_eq!((scenario.endpoint.latency_ms(), scenario.endpoint.failures()), (250, EndpointFailures::Probability(0.1)));
/// scenario.window = WindowKind::Sliding;
/// assert_eq!((scenario.window.as_str(), scenario.limits.service().as_str()), ("sliding", "action"));
/// scenario.seed = 7;
/// assert!(
///     scenario.timeout_seconds == DEFAULT_TIMEOUT_SECONDS && TIMEOUT_SECONDS_RANGE.contains(&scenario.timeout_seconds)
/// );
/// let totals = simulate(&scenario).totals;
/// assert!(totals.retries > 0 && totals.retries <= totals.offered * u64::from(MAX_RETRIES));
///
/// assert_eq!(SimulatedEndpoint::new(MAX_LATENCY_MS + 1, EndpointFailures::FirstAttempts(2)), Err(SimulatedEndpointError::Latency));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The calls of journeys.
    pub pattern: TrafficPattern,
    pub limits: ConfiguredLimits,
    pub window: WindowKind,
    pub endpoint: SimulatedEndpoint,
    /// The timeout of journeys; values outside [`TIMEOUT_SECONDS_RANGE`] are clamped.
    pub timeout_seconds: u64,
    /// The seed of random failures.
    pub seed: u64,
    pub default_cap: DefaultCapRules,
}

impl Scenario {
    /// A scenario with an endpoint that never fails and default values for the rest.
    pub fn new(pattern: TrafficPattern, limits: ConfiguredLimits) -> Self {
        Self {
            pattern,
            limits,
            window: WindowKind::default(),
            endpoint: SimulatedEndpoint::default(),
            timeout_seconds: DEFAULT_TIMEOUT_SECONDS,
            seed: 0,
            default_cap: DefaultCapRules::default(),
        }
    }

    /// The effective timeout, in seconds.
    pub(crate) fn effective_timeout_seconds(&self) -> u64 {
        self.timeout_seconds.clamp(*TIMEOUT_SECONDS_RANGE.start(), *TIMEOUT_SECONDS_RANGE.end())
    }
}
