//! Traffic that Adobe's SQL queries report.
//!
//! Adobe publishes queries for journey step events that return calls, latency, or queue time for each endpoint, optionally per
//! minute (documented, `reports/query-examples.md`). [`ObservedExport::parse`] reads their results as CSV.

pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod export;
mod header;
mod latency;
pub(crate) mod minute;
mod parser;
pub(crate) mod period;
mod record;
pub(crate) mod replay;
mod row;
#[cfg(test)]
mod tests;
pub(crate) mod values;
