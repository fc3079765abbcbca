//! Sizing: from an endpoint, traffic, and goals to limits.

mod attempts;
mod audience;
mod capped_calls;
mod capping_option;
mod load;
mod number_text;
mod problem;
mod runner;
mod search;
mod shaping;
mod size;
mod sizing_progress;
mod sizing_report;
mod sizing_request;
mod throttling_option;

pub use size::size;
pub use sizing_progress::SizingProgress;
pub use sizing_report::{
    ClosedForm, LimitOption, OptionKind, RecommendedLimits, RecommendedTraffic, SizedParameter, SizedTrafficReport,
    SizingOutcome, SizingReport, StepOutcomes,
};
pub use sizing_request::{
    DEFAULT_MARGIN_PERCENT, DEFAULT_MIN_LOAD_SECONDS, READING_RATE_RANGE, SizedTraffic, SizingError, SizingGoals,
    SizingRequest,
};
