//! Formats a replay as text.

use ajo_engine::text::group_thousands;
use ajo_simulator::{ReplayBound, ReplayMinute};

use super::replay_report::{
    ConfigOrigin, CurrentPrediction, GroupPrediction, GroupReplay, PredictedValue, ReplayReport,
};
use crate::commands::simulate::summary::assumption_lines;
use crate::commands::simulate::table::align;
use crate::number_format::{format_duration, format_rate};
use crate::output::Column;
use crate::safe_text::{SafeText, safe};

/// Maximum number of minutes in a table: the ones with the most capped calls.
const MAX_MINUTES: usize = 20;

/// Maximum number of endpoints that a line names.
const MAX_NAMED: usize = 2;

/// Maximum number of endpoints in a list.
const MAX_LISTED: usize = 20;

pub(super) fn render(report: &ReplayReport) -> SafeText {
    let mut parts = vec![period_lines(report)];
    match &report.groups[..] {
        [group] => parts.extend([group_lines(group), bound_lines(group, report.burst), minute_lines(group)]),
        groups => parts.push(summary_lines(groups)),
    }
    parts.push(expectation_lines(&report.groups));
    parts.push(current_lines(&report.current));
    parts.push(report.notes.iter().map(|note| safe!("note: {}", note)).collect());
    parts.push(assumption_lines(&report.assumptions));
    SafeText::join_sections(parts)
}

fn period_lines(report: &ReplayReport) -> Vec<SafeText> {
    let (period, export) = (&report.period, &report.export);
    let mut lines = vec![safe!("period       {} to {}", period.from, period.to)];
    if (period.from, period.to) != (export.from, export.to) {
        lines.push(safe!(
            "             of an export from {} to {}; select another day with --from",
            export.from,
            export.to
        ));
    }
    lines.push(match report.burst {
        1 => safe!("bounds       calls spread evenly over each minute; no bursts"),
        burst => safe!("bounds       calls spread evenly over each minute, or {} times faster in bursts", burst),
    });
    lines
}

/// The endpoints and limits of a group.
fn group_lines(group: &GroupReplay) -> Vec<SafeText> {
    let replay = &group.replay;
    let listed = replay.endpoints.iter().take(MAX_LISTED);
    let mut lines: Vec<_> = listed.map(|url| safe!("endpoint     {}", url)).collect();
    if replay.endpoints.len() > MAX_LISTED {
        lines.push(safe!("             and {} more", replay.endpoints.len() - MAX_LISTED));
    }
    lines.extend(group.configs.iter().map(|it| safe!("config       {}: {}", it.origin, it.config)));
    let limits = replay.limits.iter();
    lines.extend(limits.map(|it| safe!("limit        {}, {}", it.name, format_rate(it.calls, it.period_ms))));
    lines.push(safe!("mode         {}", replay.mode));
    lines
}

/// Both bounds next to the observation.
fn bound_lines(group: &GroupReplay, burst: u32) -> Vec<SafeText> {
    let (replay, observed) = (&group.replay, group.replay.observed);
    let row = |name: &str, value: fn(&ReplayBound) -> String, observed: Option<String>| {
        let observed = observed.unwrap_or_else(|| "-".to_owned());
        vec![name.to_owned(), value(&replay.lower), value(&replay.upper), observed]
    };
    let count = |number: u64| Some(group_thousands(number));
    let millis = |it: Option<u64>| it.map(format_millis);
    let head = [String::new(), "evenly".to_owned(), format!("bursts x{burst}"), "observed".to_owned()];
    let mut rows = vec![
        head.to_vec(),
        row("TOTAL_CALLS", |it| group_thousands(it.adobe.total_calls), count(observed.total)),
        row("SUCCESSFUL_CALLS", |it| group_thousands(it.adobe.successful_calls), count(observed.successful)),
        row("CAPPED_CALLS", |it| group_thousands(it.adobe.capped_calls), count(observed.capped)),
        row("most in a minute", |it| group_thousands(it.rejected_per_minute), count(most_capped(&replay.minutes))),
        row("TIMEOUTS", |it| group_thousands(it.adobe.timeouts), count(observed.timeouts)),
    ];
    let is_throttled = replay.upper.totals.throttled > 0 || replay.lower.totals.throttled > 0;
    if is_throttled || group.observed_p95_queue_ms.is_some() {
        rows.push(row("dropped", |it| group_thousands(it.totals.dropped), None));
        rows.push(row("THROTTLED_CALLS", |it| group_thousands(it.adobe.throttled_calls), None));
        let p95 = |it: &ReplayBound| it.adobe.p95_queue_time_ms.map_or_else(|| "-".to_owned(), format_millis);
        rows.push(row("P95_QUEUE_TIME_MS", p95, millis(group.observed_p95_queue_ms)));
    }
    align(rows, &Column::whole(""))
}

fn most_capped(minutes: &[ReplayMinute]) -> u64 {
    minutes.iter().map(|minute| minute.observed.capped).max().unwrap_or(0)
}

/// The minutes in which calls were capped, or would be.
fn minute_lines(group: &GroupReplay) -> Vec<SafeText> {
    let affected = |it: &ReplayMinute| {
        let most =
            |predicted: ajo_simulator::MinuteCounts| predicted.rejected + predicted.dropped + predicted.timed_out;
        most(it.lower).max(most(it.upper)).max(it.observed.capped).max(it.upper.waiting)
    };
    let mut minutes: Vec<&ReplayMinute> = group.replay.minutes.iter().filter(|it| affected(it) > 0).collect();
    let all = minutes.len();
    if all == 0 {
        return vec![SafeText::from("No minute has capped or waiting calls.")];
    }
    minutes.sort_by_key(|it| std::cmp::Reverse(affected(it)));
    minutes.truncate(MAX_MINUTES);
    minutes.sort_by_key(|it| it.minute);
    let has_queue = minutes.iter().any(|it| it.upper.waiting > 0);
    let mut head = vec!["minute", "calls", "capped evenly", "capped in bursts", "observed"];
    if has_queue {
        head.push("waiting in bursts");
    }
    let mut cells = vec![head.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    cells.extend(minutes.into_iter().map(|it| {
        let mut counts = vec![it.observed.total, it.lower.rejected, it.upper.rejected, it.observed.capped];
        if has_queue {
            counts.push(it.upper.waiting);
        }
        std::iter::once(it.minute.to_string()).chain(counts.into_iter().map(group_thousands)).collect()
    }));
    let mut lines = align(cells, &Column::whole(""));
    if all > MAX_MINUTES {
        lines.push(safe!("The {} of {} minutes with the most calls; --output json has all.", MAX_MINUTES, all));
    }
    lines
}

/// One line for each group.
fn summary_lines(groups: &[GroupReplay]) -> Vec<SafeText> {
    let head =
        ["endpoint", "calls", "capped evenly", "in bursts", "observed", "dropped in bursts", "timed out", "p95 wait"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    for group in groups {
        let (replay, upper) = (&group.replay, &group.replay.upper);
        let counts = [
            replay.observed.total,
            replay.lower.totals.rejected,
            upper.totals.rejected,
            replay.observed.capped,
            upper.totals.dropped,
            upper.totals.timed_out,
        ];
        // Like `p95_wait` of an expectation, of all calls that left the queue.
        let is_throttled = upper.totals.throttled > 0;
        let wait = if is_throttled { format_duration(upper.throttling_wait.p95) } else { "-".to_owned() };
        let counts = counts.into_iter().map(group_thousands);
        cells.push(std::iter::once(name_endpoints(&replay.endpoints)).chain(counts).chain([wait]).collect());
    }
    let mut lines = align(cells, &Column::url("").importance(u8::MAX));
    lines.push(SafeText::from("Select one with --endpoint to see its minutes; --output json has all."));
    lines
}

fn expectation_lines(groups: &[GroupReplay]) -> Vec<SafeText> {
    let to_lines = |group: &GroupReplay| {
        let endpoints = name_endpoints(&group.replay.endpoints);
        group.expectations.iter().map(|result| safe!("expected     {}: {}", endpoints, result)).collect::<Vec<_>>()
    };
    let lines: Vec<_> = groups.iter().flat_map(to_lines).collect();
    if lines.is_empty() {
        return lines;
    }
    std::iter::once(SafeText::from("Expectations, compared with the bursts:")).chain(lines).collect()
}

fn current_lines(current: &CurrentPrediction) -> Vec<SafeText> {
    if let Some(reason) = &current.missing {
        return vec![
            SafeText::from("No prediction for the current limits: pass them with --current."),
            safe!("  {}", reason),
        ];
    }
    let source = current.source.as_deref().unwrap_or_default();
    let head = safe!("Prediction for the current limits, from {}:", source);
    std::iter::once(head).chain(current.groups.iter().map(prediction_line)).collect()
}

fn prediction_line(group: &GroupPrediction) -> SafeText {
    let endpoints = name_endpoints(&group.endpoints);
    let configs: Vec<_> = group.configs.iter().map(|ConfigOrigin { config, .. }| config.as_str()).collect();
    let configs = if configs.is_empty() { "the default cap".to_owned() } else { configs.join(" and ") };
    if let Some(reason) = &group.missing {
        return safe!("  {}: none, because {}", endpoints, reason);
    }
    let calls = group.capped_calls.map(|value| describe("capped calls", value, group_thousands));
    let queue = group.p95_queue_ms.map(|value| describe("p95 queue time", value, format_millis));
    let values: Vec<_> = calls.into_iter().chain(queue).collect();
    safe!("  {} with {}: {}", endpoints, configs, values.join("; "))
}

/// The endpoints of a group in a line.
pub(super) fn name_endpoints(endpoints: &[String]) -> String {
    if endpoints.len() <= MAX_NAMED {
        return endpoints.join(", ");
    }
    let first = endpoints.first().map_or("", String::as_str);
    format!("{first} and {} others", endpoints.len() - 1)
}

fn describe(name: &str, value: PredictedValue, format: fn(u64) -> String) -> String {
    let PredictedValue { lower, upper, observed } = value;
    let range = if lower == upper { format(lower) } else { format!("{} to {}", format(lower), format(upper)) };
    let difference = if observed > upper {
        format!("{} above the prediction", format(observed - upper))
    } else if observed < lower {
        format!("{} below the prediction", format(lower - observed))
    } else if lower == upper {
        "as predicted".to_owned()
    } else {
        "within the bounds".to_owned()
    };
    format!("{range} {name} predicted, {} observed: {difference}", format(observed))
}

#[expect(clippy::cast_precision_loss, reason = "the maximum is a day")]
fn format_millis(millis: u64) -> String {
    format_duration(millis as f64)
}
