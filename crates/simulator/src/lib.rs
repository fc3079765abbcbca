//! Simulates traffic through capping and throttling limits.
//!
//! [`simulate()`] takes a [`Scenario`] (calls of journeys, limits, an endpoint, a seed) and returns a [`SimulationReport`]. It
//! does no I/O and reads no clock: the same scenario gives the same report on every machine.
//!
//! The simulation follows Adobe's documents. They leave details open, above all how calls are counted. Those details are
//! inferred, some are configurable, and the report lists each as an [`Assumption`]. Size limits are ours unless a source is
//! given.
//! ```
//! use ajo_simulator::{ConfiguredLimits, Scenario, SimulationMode, simulate};
//! use serde_json::json;
//!
//! let limits = ConfiguredLimits::from_definitions(None, &[json!({
//!     "url": "https://api.example.org/*",
//!     "methods": ["GET"],
//!     "services": {"action": {"rating": {"maxCallsCount": 200, "periodInMs": 1000}}},
//! })])?;
//! let report = simulate(&Scenario::new("300x10".parse()?, limits), SimulationMode::Exact)?;
//! assert_eq!((report.totals.succeeded, report.totals.rejected), (2000, 1000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assumptions;
mod call_rules;
mod cohort;
mod endpoint;
mod exact;
mod limits;
mod observed;
mod progress;
mod report;
mod request;
mod scenario;
mod simulate;
mod simulation_mode;
mod sizing;
mod time;
mod traffic;

pub use assumptions::assumption::{Assumption, Provenance};
pub use call_rules::{MAX_QUEUE_MS, MAX_RETRIES};
pub use endpoint::endpoint_error::{MAX_LATENCY_MS, SimulatedEndpointError};
pub use endpoint::failures::EndpointFailures;
pub use endpoint::latency::LatencyDistribution;
pub use endpoint::simulated_endpoint::{EndpointCapacity, FINAL_STATUSES, SimulatedEndpoint};
pub use exact::DEFAULT_EXACT_REQUESTS;
pub use exact::attempt_source::AttemptResult;
pub use exact::trace::{EndedCall, TracedCall, simulate_trace};
pub use limits::configured_limits::{
    ConfiguredLimits, ConfiguredLimitsError, DATA_SOURCE_CALLS, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS,
    SLOW_ENDPOINT_CALLS, SLOW_ENDPOINT_LATENCY_MS, SLOW_ENDPOINT_PERIOD_MS, ServiceType,
};
pub use limits::connections::{Connections, ConnectionsSource, estimated_connections};
pub use limits::default_cap::{DefaultCapRules, DefaultCapScope};
pub use limits::limit::{Limit, LimitName, OverLimit};
pub use limits::window_kind::WindowKind;
pub use observed::endpoint::ObservedEndpoint;
pub use observed::error::ObservedError;
pub use observed::export::ObservedExport;
pub use observed::minute::Minute;
pub use observed::period::{DEFAULT_BURST, MAX_BURST, ObservedPeriod, ObservedPeriodError};
pub use observed::replay::{MinuteCounts, ReplayBound, ReplayMinute, ReplayTraffic, TrafficReplay};
pub use observed::values::{MAX_OBSERVED_CALLS, ObservedCalls, ObservedLatency, ObservedQueue};
pub use progress::{MAX_EXACT_REQUESTS, Progress, SimulationError};
pub use report::adobe_metrics::AdobeMetrics;
pub use report::call_counts::{CallCounts, CallOutcome};
pub use report::expectation::{Expectation, ExpectationError, ExpectationResult};
pub use report::percentiles::Percentiles;
pub use report::simulation_report::{ConnectionUse, JourneyCounts, LimitUse, QueueUse, ReportRow, SimulationReport};
pub use request::{SimulationRequest, SimulationResponse, UnknownBehavior};
pub use scenario::{
    CappedCall, DEFAULT_TIMEOUT_SECONDS, MAX_RETRY_DELAY_MS, NoConnection, Scenario, TIMEOUT_SECONDS_RANGE,
};
pub use simulate::{simulate, simulate_with_progress};
pub use simulation_mode::SimulationMode;
pub use sizing::{
    ClosedForm, DEFAULT_MARGIN_PERCENT, DEFAULT_MIN_LOAD_SECONDS, LimitOption, OptionKind, READING_RATE_RANGE,
    RecommendedLimits, RecommendedTraffic, SizedParameter, SizedTraffic, SizedTrafficReport, SizingError, SizingGoals,
    SizingOutcome, SizingProgress, SizingReport, SizingRequest, StepOutcomes, size,
};
pub use time::Micros;
pub use traffic::arrivals::{Arrivals, Journey};
pub use traffic::pattern::TrafficPattern;
pub use traffic::pattern_error::{MAX_CALLS_PER_SECOND, MAX_SECONDS, TrafficPatternError};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
