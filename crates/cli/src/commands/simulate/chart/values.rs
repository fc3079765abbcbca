//! The values that a chart shows.

use ajo_simulator::{Limit, LimitName, Report, Row};

use super::scale::float;

/// The cap of slow endpoints is always there beside another limit, and the title has no room for it.
pub(super) fn in_title(report: &Report) -> impl Iterator<Item = &Limit> {
    report.limits.iter().filter(|limit| limit.name != LimitName::SlowEndpoint)
}

pub(super) fn rejected(row: &Row) -> u64 {
    row.counts.rejected + row.counts.retries_rejected
}

pub(super) fn rejected_in_all(report: &Report) -> u64 {
    report.totals.rejected + report.totals.retries_rejected
}

pub(super) fn limits_a_second(report: &Report) -> impl Iterator<Item = f64> {
    report.limits.iter().map(|limit| float(limit.calls) * 1000.0 / float(limit.period_ms))
}

pub(super) fn limit_in_sight(report: &Report) -> bool {
    limits_a_second(report).any(|rate| rate <= top(report))
}

/// The highest rate that the chart shows: all that happens, and the lowest limit unless it is far above that.
pub(super) fn top(report: &Report) -> f64 {
    let most = |row: &Row| row.counts.offered.max(row.counts.at_endpoint()).max(rejected(row));
    let seen = float(report.rows.iter().map(most).max().unwrap_or(0)) / float(report.interval_seconds as u64);
    let limit = limits_a_second(report).fold(f64::INFINITY, f64::min);
    1.1 * if limit <= 2.0 * seen { seen.max(limit) } else { seen }
}
