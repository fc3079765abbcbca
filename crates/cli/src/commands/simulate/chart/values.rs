//! The values in a chart.

use ajo_simulator::{Limit, LimitName, ReportRow, SimulationReport};

use super::axis::to_f64;

/// The limits in the title. The slow endpoint cap always accompanies another limit, and the title has no room for it.
pub(super) fn title_limits(report: &SimulationReport) -> impl Iterator<Item = &Limit> {
    report.limits.iter().map(|used| &used.limit).filter(|limit| limit.name != LimitName::SlowEndpoint)
}

pub(super) fn limits_per_second(report: &SimulationReport) -> impl Iterator<Item = f64> {
    report.limits.iter().map(|used| used.limit.calls_per_second())
}

pub(super) fn is_limit_visible(report: &SimulationReport) -> bool {
    limits_per_second(report).any(|rate| rate <= max_visible_rate(report))
}

/// The top of the rate axis: the highest observed rate, or the lowest limit if it is not far above that.
pub(super) fn max_visible_rate(report: &SimulationReport) -> f64 {
    let highest = |row: &ReportRow| {
        let counts = row.counts;
        counts.offered.max(counts.sent).max(counts.rejected).max(counts.timed_out)
    };
    let observed = to_f64(report.rows.iter().map(highest).max().unwrap_or(0)) / to_f64(report.interval_seconds as u64);
    let limit = limits_per_second(report).fold(f64::INFINITY, f64::min);
    1.1 * if limit <= 2.0 * observed { observed.max(limit) } else { observed }
}
