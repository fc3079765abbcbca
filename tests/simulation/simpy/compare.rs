//! Compares the results of both simulations. All counts and times are equal, in whole microseconds.

use ajo_simulator::{CallCounts, EndedCall, LimitName, Percentiles, ReportRow, SimulationReport};
use serde_json::{Value, json};

use crate::scenario::TracedScenario;

pub(crate) fn first_difference(
    traced: &TracedScenario,
    report: &SimulationReport,
    ends: &[EndedCall],
    expected: &Value,
) -> Option<String> {
    let calls = expected["calls"].as_array().expect("calls");
    for (index, (end, expected)) in ends.iter().zip(calls).enumerate() {
        let end = end_json(end);
        if end != *expected {
            return Some(format!(
                "call {index}, {:?}: (outcome, time, throttling wait, connection wait, requests)\n  exact mode: {end}\n  simpy:      {expected}",
                traced.calls[index]
            ));
        }
    }
    let differs = |name: &str, actual: Value, expected: &Value| {
        (actual != *expected).then(|| format!("{name}\n  exact mode: {actual}\n  simpy:      {expected}"))
    };
    let journeys = if report.journeys.is_empty() {
        json!([counts(&report.totals)])
    } else {
        report.journeys.iter().map(|journey| json!(counts(&journey.counts))).collect()
    };
    assert_eq!(
        (ends.len(), report.rows.iter().map(|row| row.counts.ended()).sum()),
        (calls.len(), report.totals.ended())
    );
    differs("journeys", journeys, &expected["journeys"])
        .or_else(|| differs("rows", rows(&report.rows), &expected["rows"]))
        .or_else(|| differs("exceeded", exceeded(report), &expected["exceeded"]))
        .or_else(|| {
            differs("throttling wait", durations(report.throttling_wait), &rounded(expected, "throttling_wait"))
        })
        .or_else(|| {
            differs("connection wait", durations(report.connection_wait), &rounded(expected, "connection_wait"))
        })
        .or_else(|| differs("latency", durations(report.latency), &rounded(expected, "latency")))
}

fn end_json(end: &EndedCall) -> Value {
    json!([end.outcome, end.at, end.throttling_wait, end.connection_wait, end.requests])
}

fn counts(counts: &CallCounts) -> [u64; 9] {
    let CallCounts { offered, sent, retried, throttled, succeeded, failed, rejected, dropped, timed_out } = *counts;
    [offered, sent, retried, throttled, succeeded, failed, rejected, dropped, timed_out]
}

/// Without the empty rows at the end.
fn rows(rows: &[ReportRow]) -> Value {
    let is_used = |row: &ReportRow| counts(&row.counts) != [0; 9] || row.waiting > 0;
    let used = rows.iter().rposition(is_used).map_or(0, |last| last + 1);
    rows[..used].iter().map(|row| json!([&counts(&row.counts)[..], &[row.waiting]].concat())).collect()
}

fn exceeded(report: &SimulationReport) -> Value {
    let name = |name: LimitName| serde_json::to_value(name).expect("JSON").as_str().expect("a name").to_owned();
    let limits = report.limits.iter().map(|it| (name(it.limit.name), it.exceeded));
    let connections = report.connections.iter().map(|it| ("connections".to_owned(), it.exceeded));
    limits.chain(connections).filter(|(_, exceeded)| *exceeded > 0).map(|(name, count)| (name, json!(count))).collect()
}

/// Count, mean, and maximum. The mean is in microseconds.
fn durations(percentiles: Percentiles) -> Value {
    json!([percentiles.count, (percentiles.mean * 1000.0).round(), (percentiles.max * 1000.0).round()])
}

fn rounded(expected: &Value, name: &str) -> Value {
    let numbers = expected["durations"][name].as_array().expect("durations");
    let [count, sum, max] = [0, 1, 2].map(|index| numbers[index].as_f64().expect("a number"));
    json!([numbers[0], if count > 0.0 { (sum / count).round() } else { 0.0 }, max])
}
