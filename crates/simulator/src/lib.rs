//! Simulates traffic through capping and throttling limits: how many calls are allowed, queued and rejected in each second.
//!
//! [`simulate()`] takes a [`Scenario`] (calls per second, limits, an endpoint, a seed) and returns a [`Report`]. It does no I/O
//! and reads no clock: the same scenario gives the same report on every machine. The simulation follows Adobe's documents.
//! They leave things open, above all how calls are counted. Those are inferred, some can be chosen, and the report labels
//! each as an [`Assumption`].
//!
//! ```
//! use ajo_simulator::{Limits, Scenario, simulate};
//! use serde_json::json;
//!
//! let limits = Limits::of(None, &[json!({
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
mod endpoint;
mod limit;
mod pattern;
mod pattern_error;
mod queue;
mod random_failures;
mod report;
mod scenario;
mod simulate;
mod simulation_request;
mod simulator;
mod window;

pub use assumption::{Assumption, Basis};
pub use configured_limits::{
    DATA_SOURCE_CALLS, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS, Limits, LimitsError, SLOW_AFTER_MS, SLOW_CALLS,
    SLOW_PERIOD_MS, Service,
};
pub use endpoint::{Endpoint, EndpointError, Failures, LONGEST_LATENCY_MS};
pub use limit::{Limit, LimitName, Over};
pub use pattern::Pattern;
pub use pattern_error::{MOST_CALLS, MOST_SECONDS, PatternError};
pub use report::{Report, Row, Totals};
pub use scenario::{DEFAULT_TIMEOUT_SECONDS, Scenario, TIMEOUT_SECONDS};
pub use simulate::simulate;
pub use simulation_request::SimulationRequest;
pub use simulator::{LONGEST_QUEUE_MS, MOST_RETRIES};
pub use window::Window;
