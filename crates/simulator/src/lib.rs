//! Traffic through a limit: what of it is allowed, queued and rejected, second by second.
//!
//! [`simulate()`] takes a [`Scenario`] (calls per second, the limits on their way, an endpoint, a seed) and gives a [`Report`]. It
//! does no I/O and reads no clock; the same scenario gives the same report on every machine. What Adobe documents is played
//! as documented. What it does not publish (above all: how calls are counted) is inferred, can be chosen where it matters, and
//! stands in the report with that label.
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
mod chance;
mod csv;
mod endpoint;
mod limit;
mod limits;
mod pattern;
mod queue;
mod report;
mod request;
mod scenario;
mod simulate;
mod simulator;
mod window;

pub use assumption::{Assumption, Basis};
pub use endpoint::{Endpoint, EndpointError, Failures, LONGEST_LATENCY_MS};
pub use limit::{Limit, LimitName, Over};
pub use limits::{
    DATA_SOURCE_CALLS, DEFAULT_CAP_CALLS, DEFAULT_CAP_PERIOD_MS, Limits, LimitsError, SLOW_AFTER_MS, SLOW_CALLS,
    SLOW_PERIOD_MS, Service,
};
pub use pattern::{MOST_CALLS, MOST_SECONDS, Pattern, PatternError};
pub use report::{Report, Row, Totals};
pub use request::SimulationRequest;
pub use scenario::{DEFAULT_TIMEOUT_SECONDS, Scenario, TIMEOUT_SECONDS};
pub use simulate::simulate;
pub use simulator::{LONGEST_QUEUE_MS, MOST_RETRIES};
pub use window::Window;
