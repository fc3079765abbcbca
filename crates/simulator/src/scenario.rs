//! A scenario: the input of a simulation.

use std::ops::RangeInclusive;

use crate::configured_limits::Limits;
use crate::endpoint::Endpoint;
use crate::pattern::Pattern;
use crate::window::Window;

/// How long a journey waits for an endpoint, in seconds. Documented: from 1 to 30.
pub const TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=30;

/// How long it waits where nothing else is set. Documented.
pub const DEFAULT_TIMEOUT_SECONDS: u64 = 30;

/// The input of a simulation: traffic, limits, an endpoint, and how the service is assumed to count calls.
///
/// ```
/// use ajo_simulator::{
///     DEFAULT_TIMEOUT_SECONDS, Endpoint, EndpointError, Failures, LONGEST_LATENCY_MS, Limits, MOST_RETRIES,
///     Scenario, TIMEOUT_SECONDS, Window, simulate,
/// };
///
/// // A tenth of the attempts fail, and each call is made again up to three times.
/// let mut scenario = Scenario::new("50x10".parse()?, Limits::default());
/// scenario.endpoint = Endpoint::new(250, Failures::Share(0.1))?;
/// assert_eq!((scenario.endpoint.latency_ms(), scenario.endpoint.failures()), (250, Failures::Share(0.1)));
/// scenario.window = Window::Sliding;
/// assert_eq!((scenario.window.as_str(), scenario.limits.service().as_str()), ("sliding", "action"));
/// scenario.seed = 7;
/// assert!(
///     scenario.timeout_seconds == DEFAULT_TIMEOUT_SECONDS && TIMEOUT_SECONDS.contains(&scenario.timeout_seconds)
/// );
/// let totals = simulate(&scenario).totals;
/// assert!(totals.retries > 0 && totals.retries <= totals.offered * u64::from(MOST_RETRIES));
///
/// assert_eq!(Endpoint::new(LONGEST_LATENCY_MS + 1, Failures::First(2)), Err(EndpointError::Latency));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The calls that journeys make.
    pub pattern: Pattern,
    /// What is configured for their endpoint.
    pub limits: Limits,
    /// How calls are counted.
    pub window: Window,
    /// How the endpoint answers.
    pub endpoint: Endpoint,
    /// The journeys' timeout, within [`TIMEOUT_SECONDS`]; any other is taken as the nearest of them.
    pub timeout_seconds: u64,
    /// The seed of random failures.
    pub seed: u64,
}

impl Scenario {
    /// Traffic through limits to an endpoint that never fails, with everything as it is by default.
    pub fn new(pattern: Pattern, limits: Limits) -> Self {
        Self {
            pattern,
            limits,
            window: Window::default(),
            endpoint: Endpoint::default(),
            timeout_seconds: DEFAULT_TIMEOUT_SECONDS,
            seed: 0,
        }
    }

    /// The effective timeout, in seconds.
    pub(crate) fn timeout(&self) -> u64 {
        self.timeout_seconds.clamp(*TIMEOUT_SECONDS.start(), *TIMEOUT_SECONDS.end())
    }
}
