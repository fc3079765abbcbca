//! The assumptions behind a report.

pub(crate) mod assumption;
mod assumption_rule;
mod call_assumptions;
mod conditions;
mod limit_assumptions;
pub(crate) mod list;
pub(crate) mod sizing_assumptions;
