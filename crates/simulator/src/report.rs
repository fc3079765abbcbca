//! The result of a simulation.

pub(crate) mod adobe_metrics;
pub(crate) mod call_counts;
pub(crate) mod decimal;
pub(crate) mod expectation;
pub(crate) mod metric;
pub(crate) mod percentiles;
pub(crate) mod recorder;
pub(crate) mod simulation_report;
