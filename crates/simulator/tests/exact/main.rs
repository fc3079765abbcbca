//! Exact mode, rule by rule.

mod trace;
