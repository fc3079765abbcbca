//! The calls of journeys.

pub(crate) mod arrivals;
mod csv;
pub(crate) mod pattern;
pub(crate) mod pattern_error;
