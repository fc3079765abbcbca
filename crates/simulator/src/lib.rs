//! Simulates traffic through capping and throttling limits: how many calls are allowed, queued and rejected in each second.
//!
//! [`simulate()`] takes a [`Scenario`] (calls per second, limits, an endpoint, a seed) and returns a [`SimulationReport`]. It
//! does no I/O and reads no clock: the same scenario gives the same report on every machine.
//!
//! The simulation follows Adobe's documents. They leave details open, above all how calls are counted. Those details are
//! inferred, some are configurable, and the report lists each as an [`Assumption`]. Size limits are ours unless a source is
//! given.
//! ```
//! use ajo_simulator::{ConfiguredLimits, Scenario, simulate};
//! use serde_json::json;
//!
//! let limits = ConfiguredLimits::from_definitions(None, &[json!({
//!     "url": "https://api.example.org/*",
//!     "methods": ["GET"],
//!     "services": {"action": {"rating": {"maxCallsCount": 200, "periodInMs": 1000}}},
//! })])?;
//! let report = simulate(&Scenario::new("300x10".parse()?, limits));
//! assert_eq!((report.totals.allowed, report.totals.rejected), (2000, 1000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assumption;
mod configured_limits;
mod csv;
mod default_cap;
mod limit;
mod random_failures;
mod report;
mod scenario;
mod simulate;
mod simulated_endpoint;
mod simulation_request;
mod simulator;
mod throttling_queue;
mod traffic_pattern;
mod traffic_pattern_error;
mod window;

pub use assumption::{Assumption, Provenance};
pub use configured_limits::{
    ConfiguredLimits, ConfiguredLimitsError, DATA_SOURCE_CALLS, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS,
    SLOW_ENDPOINT_CALLS, SLOW_ENDPOINT_LATENCY_MS, SLOW_ENDPOINT_PERIOD_MS, ServiceType,
};
pub use default_cap::{DefaultCapRules, DefaultCapScope};
pub use limit::{Limit, LimitName, OverLimit};
pub use report::{CallCounts, ReportRow, SimulationReport};
pub use scenario::{DEFAULT_TIMEOUT_SECONDS, Scenario, TIMEOUT_SECONDS_RANGE};
pub use simulate::{MAX_SIMULATION_WORK, SimulationWorkError, simulate, simulate_bounded};
pub use simulated_endpoint::{EndpointFailures, MAX_LATENCY_MS, SimulatedEndpoint, SimulatedEndpointError};
pub use simulation_request::SimulationRequest;
pub use simulator::{MAX_QUEUE_MS, MAX_RETRIES};
pub use traffic_pattern::TrafficPattern;
pub use traffic_pattern_error::{MAX_CALLS_PER_SECOND, MAX_SECONDS, TrafficPatternError};
pub use window::WindowKind;
