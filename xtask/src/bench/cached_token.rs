//! A token that is there already.

use super::program;
use super::report::{Budget, Report};
use crate::complain;

/// Beside a cache written by hand. No more than it takes: ours decides more, and copies less.
const RATIO: f64 = 1.0;

/// Measures.
pub(super) fn run() -> Result<String, String> {
    program::build()?;
    complain("==> a token that is there already");
    let mut report = Report::new("cached-token");
    let budget = |name: &str| match name {
        "allocations" => Some(Budget::Value(0.0)),
        "1 thread" | "64 threads" => Some(Budget::Ratio(RATIO)),
        _ => None,
    };
    report.read(&program::output("cached_token", &[])?, budget)?;
    report.finish()
}
