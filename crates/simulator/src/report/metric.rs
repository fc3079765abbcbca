//! Values of a report, by name.

use std::fmt;

use ajo_engine::text::group_thousands;
use serde::{Serialize, Serializer};

use crate::limits::limit::LimitName;
use crate::report::call_counts::CallCounts;
use crate::report::decimal::{Decimal, format_duration, round};
use crate::report::percentiles::Percentiles;
use crate::report::simulation_report::SimulationReport;
use crate::simulation_mode::SimulationMode;

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricKind {
    /// A number of calls or requests, also as a share of the offered calls.
    Calls,
    /// A number that is no part of the offered calls.
    Number,
    Duration,
    /// A duration from the start, or none.
    Time,
    Percentage,
}

/// A metric with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: MetricKind,
}

const fn metric(name: &'static str, kind: MetricKind) -> Metric {
    Metric { name, kind }
}

/// All metrics, in the order of the documentation.
pub(crate) const METRICS: [Metric; 35] = [
    metric("offered", MetricKind::Calls),
    metric("sent", MetricKind::Calls),
    metric("retried", MetricKind::Calls),
    metric("throttled", MetricKind::Calls),
    metric("succeeded", MetricKind::Calls),
    metric("failed", MetricKind::Calls),
    metric("rejected", MetricKind::Calls),
    metric("dropped", MetricKind::Calls),
    metric("timed_out", MetricKind::Calls),
    metric("mean_wait", MetricKind::Duration),
    metric("p50_wait", MetricKind::Duration),
    metric("p95_wait", MetricKind::Duration),
    metric("p99_wait", MetricKind::Duration),
    metric("p999_wait", MetricKind::Duration),
    metric("max_wait", MetricKind::Duration),
    metric("mean_connection_wait", MetricKind::Duration),
    metric("p50_connection_wait", MetricKind::Duration),
    metric("p95_connection_wait", MetricKind::Duration),
    metric("p99_connection_wait", MetricKind::Duration),
    metric("p999_connection_wait", MetricKind::Duration),
    metric("max_connection_wait", MetricKind::Duration),
    metric("mean_latency", MetricKind::Duration),
    metric("p50_latency", MetricKind::Duration),
    metric("p95_latency", MetricKind::Duration),
    metric("p99_latency", MetricKind::Duration),
    metric("p999_latency", MetricKind::Duration),
    metric("max_latency", MetricKind::Duration),
    metric("throttling_utilization", MetricKind::Percentage),
    metric("capping_utilization", MetricKind::Percentage),
    metric("connections_utilization", MetricKind::Percentage),
    metric("endpoint_utilization", MetricKind::Percentage),
    metric("longest_queue", MetricKind::Number),
    metric("peak", MetricKind::Number),
    metric("first_drop", MetricKind::Time),
    metric("empty", MetricKind::Time),
];

impl Metric {
    pub(crate) fn find(name: &str) -> Option<Self> {
        METRICS.into_iter().find(|metric| metric.name == name)
    }

    /// The value in a report.
    pub(crate) fn value(self, report: &SimulationReport) -> MetricValue {
        let (totals, queue) = (&report.totals, &report.queue);
        match self.kind {
            MetricKind::Calls => MetricValue::Calls { calls: count(totals, self.name), offered: totals.offered },
            MetricKind::Duration => duration(self.name, report),
            MetricKind::Percentage => match utilization(self.name, report) {
                Ok(share) => MetricValue::Percentage(Decimal::from_float(share * 100.0)),
                Err(reason) => MetricValue::Missing(reason),
            },
            MetricKind::Number if self.name == "peak" => MetricValue::Number(report.peak_per_second),
            MetricKind::Number => MetricValue::Number(queue.longest),
            MetricKind::Time if self.name == "first_drop" => {
                queue.first_drop_ms.map_or(MetricValue::Never, |at| MetricValue::Duration(Decimal::from_integer(at)))
            }
            MetricKind::Time => {
                queue.empty_ms.map_or(MetricValue::AlwaysEmpty, |at| MetricValue::Duration(Decimal::from_integer(at)))
            }
        }
    }
}

fn count(counts: &CallCounts, name: &str) -> u64 {
    match name {
        "offered" => counts.offered,
        "sent" => counts.sent,
        "retried" => counts.retried,
        "throttled" => counts.throttled,
        "succeeded" => counts.succeeded,
        "failed" => counts.failed,
        "rejected" => counts.rejected,
        "dropped" => counts.dropped,
        _ => counts.timed_out,
    }
}

fn duration(name: &str, report: &SimulationReport) -> MetricValue {
    let (statistic, subject) = name.split_once('_').unwrap_or((name, "wait"));
    let (durations, total, nobody) = match subject {
        "latency" => (&report.latency, report.totals.succeeded, "no request succeeded"),
        "connection_wait" => (&report.connection_wait, report.totals.sent, "no request was sent"),
        // Without throttling, no call waits.
        _ => return MetricValue::Duration(Decimal::from_float(statistic_of(&report.throttling_wait, statistic))),
    };
    if durations.count > 0 {
        MetricValue::Duration(Decimal::from_float(statistic_of(durations, statistic)))
    } else if total > 0 && report.mode == SimulationMode::Cohort {
        MetricValue::Missing("cohort mode does not measure it")
    } else {
        MetricValue::Missing(nobody)
    }
}

fn statistic_of(durations: &Percentiles, statistic: &str) -> f64 {
    match statistic {
        "mean" => durations.mean,
        "p50" => durations.p50,
        "p95" => durations.p95,
        "p99" => durations.p99,
        "p999" => durations.p999,
        _ => durations.max,
    }
}

fn utilization(name: &str, report: &SimulationReport) -> Result<f64, &'static str> {
    let limit = |name| report.limits.iter().find(|it| it.limit.name == name).map(|it| it.utilization);
    match name {
        "throttling_utilization" => limit(LimitName::Throttling).ok_or("there is no throttling limit"),
        "capping_utilization" => limit(LimitName::Capping).ok_or("there is no capping limit"),
        "connections_utilization" => {
            report.connections.as_ref().map(|it| it.utilization).ok_or("connections have no limit")
        }
        _ => report.endpoint_utilization.ok_or("the endpoint has no capacity"),
    }
}

/// The value of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetricValue {
    Calls {
        calls: u64,
        offered: u64,
    },
    Number(u64),
    /// In milliseconds.
    Duration(Decimal),
    Percentage(Decimal),
    /// It did not happen.
    Never,
    /// The queue was empty from the start.
    AlwaysEmpty,
    /// There is no value, for this reason.
    Missing(&'static str),
}

impl fmt::Display for MetricValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calls { calls: number, .. } | Self::Number(number) => f.pad(&group_thousands(*number)),
            Self::Duration(millis) => f.pad(&format_duration(*millis)),
            Self::Percentage(percentage) => write!(f, "{}%", round(percentage.to_float())),
            Self::Never | Self::AlwaysEmpty => f.pad("none"),
            Self::Missing(reason) => f.pad(reason),
        }
    }
}

/// A number of calls, milliseconds, or percent; `null` without a value.
impl Serialize for MetricValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Calls { calls: number, .. } | Self::Number(number) => serializer.serialize_u64(*number),
            Self::Duration(decimal) | Self::Percentage(decimal) => serializer.serialize_f64(decimal.to_float()),
            Self::Never | Self::AlwaysEmpty | Self::Missing(_) => serializer.serialize_none(),
        }
    }
}
