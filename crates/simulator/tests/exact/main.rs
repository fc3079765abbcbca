//! Exact mode, rule by rule.

mod caps;
mod connections;
mod properties;
mod queue;
mod run;
mod support;
mod trace;
