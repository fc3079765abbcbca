//! A scenario: the input of a simulation.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::endpoint::simulated_endpoint::SimulatedEndpoint;
use crate::limits::configured_limits::{ConfiguredLimits, DATA_SOURCE_CALLS};
use crate::limits::default_cap::DefaultCapRules;
use crate::limits::window_kind::WindowKind;
use crate::time::{MILLISECOND, Micros, SECOND};
use crate::traffic::arrivals::{Arrivals, Journey};
use crate::traffic::pattern::TrafficPattern;

/// Allowed timeouts of journeys, in seconds. Documented: from 1 to 30.
pub const TIMEOUT_SECONDS_RANGE: RangeInclusive<u64> = 1..=30;

/// Default timeout, in seconds. Documented.
pub const DEFAULT_TIMEOUT_SECONDS: u64 = 30;

/// Maximum delay of a retry in milliseconds: the longest timeout.
pub const MAX_RETRY_DELAY_MS: u64 = 30_000;

/// The input of a simulation: traffic, limits, an endpoint, and the assumed method of counting calls.
///
/// ```
/// use ajo_simulator::{
///     Arrivals, CappedCall, ConfiguredLimits, EndpointCapacity, EndpointFailures, Journey, NoConnection, Scenario,
///     SimulatedEndpoint, WindowKind,
/// };
///
/// let mut scenario = Scenario::new("300x60".parse()?, ConfiguredLimits::default());
/// scenario.journeys.push(Journey { name: "reminder".to_owned(), pattern: "ramp:0-200x60".parse()? });
/// scenario.arrivals = Arrivals::Poisson;
/// scenario.window = WindowKind::Sliding;
/// scenario.connections = Some(50);
/// scenario.endpoint = SimulatedEndpoint {
///     latency: "p50=80,p95=300,p99=900".parse()?,
///     failures: EndpointFailures::Probability(0.01),
///     capacity: EndpointCapacity::Servers(80),
///     ..SimulatedEndpoint::default()
/// };
/// // The behavior that Adobe does not publish:
/// scenario.no_connection = NoConnection::Reject;
/// scenario.capped_call = CappedCall::Retried;
/// scenario.endpoint.validate()?;
/// assert_eq!((scenario.offered_calls(), scenario.seconds()), (24_000, 60));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The journeys that call the endpoint; at least one. They share its limits.
    pub journeys: Vec<Journey>,
    pub arrivals: Arrivals,
    pub limits: ConfiguredLimits,
    pub window: WindowKind,
    /// Replaces the number of connections that follows from the limits.
    pub connections: Option<u32>,
    pub endpoint: SimulatedEndpoint,
    /// The timeout of journeys; values outside [`TIMEOUT_SECONDS_RANGE`] are clamped. It starts when the first attempt leaves the
    /// throttling queue, and includes retries and the wait for a connection.
    pub timeout_seconds: u64,
    /// Time between a failure and its retry; Adobe does not publish it.
    pub retry_delay_ms: u64,
    /// Calls to other endpoints of the host. They use the default cap if it counts per host or domain.
    pub other_calls: Option<TrafficPattern>,
    /// Calls per second to an external data source. Adobe raises it for private endpoints.
    pub data_source_calls: u64,
    pub default_cap: DefaultCapRules,
    pub no_connection: NoConnection,
    pub capped_call: CappedCall,
    /// The seed of random arrivals, latencies, and failures.
    pub seed: u64,
}

/// The handling of a call without a free connection. Unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoConnection {
    /// It waits until its timeout.
    #[default]
    Wait,
    /// It is rejected.
    Reject,
}

/// The handling of a call that a cap rejected. Unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CappedCall {
    /// It ends.
    #[default]
    Final,
    /// It is retried like a failure.
    Retried,
}

impl Scenario {
    /// A scenario with one journey, an endpoint that never fails, and default values for the rest.
    pub fn new(pattern: TrafficPattern, limits: ConfiguredLimits) -> Self {
        Self {
            journeys: vec![Journey { name: "journey".to_owned(), pattern }],
            arrivals: Arrivals::default(),
            limits,
            window: WindowKind::default(),
            connections: None,
            endpoint: SimulatedEndpoint::default(),
            timeout_seconds: DEFAULT_TIMEOUT_SECONDS,
            retry_delay_ms: 0,
            other_calls: None,
            data_source_calls: DATA_SOURCE_CALLS,
            default_cap: DefaultCapRules::default(),
            no_connection: NoConnection::default(),
            capped_call: CappedCall::default(),
            seed: 0,
        }
    }

    /// The number of calls by journeys.
    pub fn offered_calls(&self) -> u64 {
        self.journeys.iter().map(|journey| journey.pattern.total()).sum()
    }

    /// The length of the traffic in seconds.
    pub fn seconds(&self) -> usize {
        self.journeys.iter().map(|journey| journey.pattern.calls().len()).max().unwrap_or(0)
    }

    pub(crate) fn timeout(&self) -> Micros {
        self.timeout_seconds.clamp(*TIMEOUT_SECONDS_RANGE.start(), *TIMEOUT_SECONDS_RANGE.end()) * SECOND
    }

    pub(crate) fn retry_delay(&self) -> Micros {
        self.retry_delay_ms.min(MAX_RETRY_DELAY_MS) * MILLISECOND
    }
}
