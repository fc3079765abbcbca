//! Formats a simulation report as text.

use std::time::Duration;

use ajo_engine::text::group_thousands;
use ajo_simulator::{
    Arrivals, Assumption, ConnectionUse, ConnectionsSource, EndpointCapacity, ExpectationResult, LimitName, LimitUse,
    OverLimit, ServiceType, SimulationReport,
};

use super::table::{duration_lines, journey_lines, time_lines};
use crate::number_format::{format_duration, format_period, format_rate, format_share};
use crate::safe_text::{SafeText, safe};

/// Maximum number of rows over time, to fit on a screen.
const MAX_ROWS: usize = 30;

pub(super) fn render(report: SimulationReport, expectations: &[ExpectationResult]) -> SafeText {
    let report = report.with_max_rows(MAX_ROWS);
    let parts = [
        vec![mode_line(&report)],
        time_lines(&report),
        result_lines(&report),
        expectations.iter().map(|result| safe!("expected     {}", result)).collect(),
        duration_lines(&report),
        journey_lines_if_several(&report),
        adobe_lines(&report),
        assumption_lines(&report.assumptions),
    ];
    SafeText::join_sections(parts)
}

fn mode_line(report: &SimulationReport) -> SafeText {
    let arrivals = match report.arrivals {
        Arrivals::Even => "spread evenly over each second",
        Arrivals::Poisson => "at random times",
    };
    let rows = match report.interval_seconds {
        1 => "each row is a second".to_owned(),
        seconds => format!("each row is {}", format_period(seconds as u64 * 1000)),
    };
    safe!("{} mode; calls arrive {}; {}", report.mode, arrivals, rows)
}

/// The totals, limits, connections, endpoint, and queue.
fn result_lines(report: &SimulationReport) -> Vec<SafeText> {
    let totals = report.totals;
    let calls = [
        (totals.succeeded, "succeeded"),
        (totals.failed, "failed"),
        (totals.rejected, "rejected"),
        (totals.dropped, "dropped"),
        (totals.timed_out, "timed out"),
    ];
    let calls = calls.map(|(count, name)| format!("{} {name}", group_thousands(count))).join(", ");
    let [offered, sent, retried, peak] =
        [totals.offered, totals.sent, totals.retried, report.peak_per_second].map(group_thousands);
    let mut lines = vec![safe!("calls        {} offered: {}", offered, calls)];
    lines.push(safe!("requests     {} sent, {} of them retries; at most {} in one second", sent, retried, peak));
    lines.extend(report.limits.iter().map(|used| safe!("limit        {}", describe_limit(used))));
    lines.extend(report.connections.iter().map(|used| safe!("connections  {}", describe_connections(used))));
    lines.extend(describe_endpoint(report).map(|text| safe!("endpoint     {}", text)));
    lines.extend(describe_queue(report).map(|text| safe!("queue        {}", text)));
    lines
}

fn describe_limit(used: &LimitUse) -> String {
    let LimitUse { limit, exceeded, utilization } = used;
    let rate = format_rate(limit.calls, limit.period_ms);
    let over = match limit.over_limit {
        OverLimit::Rejected => "requests rejected",
        OverLimit::Queued => "calls waited",
    };
    let (exceeded, share) = (group_thousands(*exceeded), format_share(*utilization));
    format!("{}, {rate}: {exceeded} {over}; {share} used", limit.name)
}

fn describe_connections(used: &ConnectionUse) -> String {
    let source = match used.connections.source {
        ConnectionsSource::MaxHttpConnections => "maxHttpConnections",
        ConnectionsSource::ThrottlingEstimate => "Adobe's estimate for this throttling limit",
        ConnectionsSource::Given => "--connections",
    };
    let [count, exceeded] = [u64::from(used.connections.count), used.exceeded].map(group_thousands);
    format!("{count}, from {source}: {exceeded} requests found none free; {} busy", format_share(used.utilization))
}

fn describe_endpoint(report: &SimulationReport) -> Option<String> {
    let capacity = match report.endpoint.capacity {
        EndpointCapacity::Unlimited => return None,
        EndpointCapacity::RequestsPerSecond(rate) => format!("{} requests per second", group_thousands(rate.into())),
        EndpointCapacity::Servers(servers) => format!("{} requests in parallel", group_thousands(servers.into())),
    };
    Some(format!("{capacity}: {} busy", format_share(report.endpoint_utilization.unwrap_or(0.0))))
}

fn describe_queue(report: &SimulationReport) -> Option<String> {
    let queue = report.queue;
    let time = |millis: u64| format_duration(Duration::from_millis(millis).as_secs_f64() * 1000.0);
    let empty = queue.empty_ms?;
    let dropped = match queue.first_drop_ms {
        None => "no call is dropped".to_owned(),
        Some(first) => format!("calls are dropped from {} on", time(first)),
    };
    Some(format!("at most {} calls; {dropped}; empty at {}", group_thousands(queue.longest), time(empty)))
}

fn journey_lines_if_several(report: &SimulationReport) -> Vec<SafeText> {
    if report.journeys.is_empty() { Vec::new() } else { journey_lines(report) }
}

/// The totals under the names of Adobe's queries: one line per query. The queries have no calls to data sources.
fn adobe_lines(report: &SimulationReport) -> Vec<SafeText> {
    if report.service == ServiceType::DataSource {
        return Vec::new();
    }
    let Ok(serde_json::Value::Object(metrics)) = serde_json::to_value(report.adobe) else { return Vec::new() };
    let is_latency = |name: &str| name.contains("LATENCY");
    let is_queue = |name: &str| name.contains("QUEUE") || name.contains("THROTTLED");
    let line = |is_shown: &dyn Fn(&str) -> bool| {
        let shown = metrics.iter().filter(|(name, value)| is_shown(name) && !value.is_null());
        shown.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    };
    let mut lines = vec![line(&|name| !is_latency(name) && !is_queue(name)), line(&is_latency)];
    if report.limits.iter().any(|used| used.limit.name == LimitName::Throttling) {
        lines.push(line(&is_queue));
    }
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    std::iter::once(safe!("In the terms of Adobe's queries:")).chain(lines.map(|line| safe!("  {}", line))).collect()
}

pub(super) fn assumption_lines(assumptions: &[Assumption]) -> Vec<SafeText> {
    assumptions.iter().map(|it| safe!("{:<12}{} [{}]", it.provenance, it.statement, it.source)).collect()
}
