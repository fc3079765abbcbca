//! The result of a simulation.

pub(crate) mod call_counts;
pub(crate) mod percentiles;
pub(crate) mod recorder;
pub(crate) mod simulation_report;
