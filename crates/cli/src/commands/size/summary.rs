//! Formats a sizing report as text.

use ajo_engine::text::group_thousands;
use ajo_simulator::{
    EndpointCapacity, LimitOption, OptionKind, RecommendedTraffic, SizedParameter, SizingOutcome, SizingReport,
};

use crate::number_format::format_duration;
use crate::output::{self, Column};
use crate::safe_text::{SafeText, safe};

pub(super) fn render(report: &SizingReport) -> SafeText {
    let mut parts = vec![input_lines(report)];
    for option in &report.options {
        parts.push(heading_lines(report, option));
        parts.push(parameter_lines(option));
        parts.push(step_lines(option));
        parts.push(result_lines(option));
    }
    let is_shown = |option: &&LimitOption| match report.recommended {
        Some(kind) => kind == option.kind,
        None => option.outcome.is_some(),
    };
    let shown = report.options.iter().find(is_shown);
    let statements = report.assumptions.iter().chain(shown.iter().flat_map(|option| &option.assumptions));
    parts.push(statements.map(|it| safe!("{}  {}", format!("{:<10}", it.provenance), it.statement)).collect());
    SafeText::join_sections(parts)
}

fn input_lines(report: &SizingReport) -> Vec<SafeText> {
    let endpoint = &report.endpoint;
    let capacity = match endpoint.capacity {
        EndpointCapacity::Servers(servers) => format!("{}, ", count(u64::from(servers), "parallel request")),
        _ => String::new(),
    };
    let mut lines = vec![safe!(
        "endpoint  {}latency {} ms: {} requests/s ({}), {}/s with the margin of {} %",
        capacity,
        endpoint.latency,
        format_value(report.capacity.value),
        report.capacity.formula,
        format_value((report.capacity.value * f64::from(report.margin_percent) / 100.0).floor()),
        report.margin_percent
    )];
    if report.attempts_per_call > 1.0 {
        let attempts = format_value(report.attempts_per_call);
        lines.push(safe!("retries   {} requests per call on average, at failures of {}", attempts, endpoint.failures));
    }
    let calls = report.traffic.calls;
    lines.push(match report.traffic.peak_per_second {
        None => safe!("traffic   {}, one call each", count(calls, "profile")),
        Some(peak) => {
            safe!("traffic   {}, at most {} in a second", count(calls, "call"), group_thousands(u64::from(peak)))
        }
    });
    let goals = [
        Some("no call lost".to_owned()),
        report.goals.within_seconds.map(|seconds| format!("done within {}", format_seconds(seconds))),
        report.goals.max_parallel.map(|max| format!("at most {} in parallel", count(u64::from(max), "request"))),
    ];
    lines.push(safe!("goals     {}", goals.into_iter().flatten().collect::<Vec<_>>().join(", ")));
    if report.unavoidable_timeouts > 0 {
        let count = group_thousands(report.unavoidable_timeouts);
        lines.push(safe!(
            "timeouts  about {} calls exceed the timeout whatever the limit is; twice as many are allowed",
            count
        ));
    }
    lines.push(safe!(
        "margin    {} % of the tipping point: the largest value with which a load of {} loses no call",
        report.margin_percent,
        format_seconds(report.load_seconds)
    ));
    lines
}

fn heading_lines(report: &SizingReport, option: &LimitOption) -> Vec<SafeText> {
    let name = match option.kind {
        OptionKind::Throttling => "Throttling",
        OptionKind::Capping => "Capping",
    };
    let verdict = match (option.problems.is_empty(), report.recommended == Some(option.kind), option.outcome) {
        (true, true, _) => "meets all goals (recommended)",
        (true, false, _) => "meets all goals",
        (false, _, Some(_)) => "does not meet all goals",
        (false, _, None) => "is not possible",
    };
    let mut lines = vec![safe!("{} {}", name, verdict)];
    lines.extend(option.problems.iter().map(|problem| safe!("  {}", problem)));
    lines
}

fn parameter_lines(option: &LimitOption) -> Vec<SafeText> {
    let header = ["parameter", "recommended", "margin", "closed form", "simulated", "formula"];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(option.parameters.iter().map(|it| {
        let tipping = it.tipping_point.map(group_thousands).unwrap_or_default();
        let tipping = if it.is_maximum { format!("{tipping} (maximum)") } else { tipping };
        let formula = it.closed_form.formula.clone();
        let margin = it.margin_percent.map(|percent| format!("{percent} %")).unwrap_or_default();
        let recommended = group_thousands(it.recommended);
        [name_with_unit(it), recommended, margin, format_value(it.closed_form.value), tipping, formula]
    }));
    if rows.len() == 1 { Vec::new() } else { align(&rows) }
}

fn name_with_unit(parameter: &SizedParameter) -> String {
    match parameter.unit {
        "" => parameter.name.to_owned(),
        unit => format!("{} ({unit})", parameter.name),
    }
}

/// The results at each value, one step below and above it, and one step above its tipping point.
fn step_lines(option: &LimitOption) -> Vec<SafeText> {
    let mut rows = vec![["one step away", "value", "calls", "lost", "ended after", "goals"].map(str::to_owned)];
    for it in &option.parameters {
        let steps = [
            (&it.steps.below, "one less"),
            (&it.steps.at, "recommended"),
            (&it.steps.above, "one more"),
            (&it.steps.above_tipping_point, "above tipping point"),
        ];
        for (outcome, name) in steps {
            let Some(outcome) = outcome else { continue };
            let is_repeated = name == "above tipping point" && it.tipping_point == Some(it.recommended);
            if !is_repeated {
                rows.push(step_row(format!("{}, {name}", it.name), outcome));
            }
        }
    }
    if rows.len() == 1 { Vec::new() } else { align(&rows) }
}

fn step_row(name: String, outcome: &SizingOutcome) -> [String; 6] {
    let calls = group_thousands(outcome.offered);
    let goals = if outcome.meets_goals { "met" } else { "missed" }.to_owned();
    [name, group_thousands(outcome.value), calls, lost_calls(outcome), format_seconds(outcome.seconds), goals]
}

fn lost_calls(outcome: &SizingOutcome) -> String {
    let counts = [(outcome.rejected, "rejected"), (outcome.dropped, "dropped"), (outcome.timed_out, "timed out")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, name)| format!("{} {name}", group_thousands(count))).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

fn result_lines(option: &LimitOption) -> Vec<SafeText> {
    let mut lines = Vec::new();
    if let Some(limits) = option.limits {
        let numbers = [
            limits.max_throughput.map(|calls| format!("maxThroughput {calls}")),
            limits
                .max_calls_count
                .map(|calls| format!("maxCallsCount {calls}, periodInMs {}", limits.period_in_ms.unwrap_or_default())),
            limits.max_http_connections.map(|count| format!("maxHttpConnections {count}")),
        ];
        lines.push(safe!("limits   {}", numbers.into_iter().flatten().collect::<Vec<_>>().join(", ")));
    }
    if let Some(traffic) = &option.traffic {
        lines.push(safe!("journey  {}", describe_traffic(traffic)));
    }
    if let Some(outcome) = option.outcome {
        let waits = if outcome.max_throttling_wait_ms > 0.0 {
            format!("; the longest wait in the queue is {}", format_duration(outcome.max_throttling_wait_ms))
        } else {
            String::new()
        };
        lines.push(safe!(
            "result   {} in {}: {} succeeded, {} failed, lost: {}{} ({} mode)",
            count(outcome.offered, "call"),
            format_seconds(outcome.seconds),
            group_thousands(outcome.succeeded),
            group_thousands(outcome.failed),
            lost_calls(&outcome),
            waits,
            outcome.mode
        ));
    }
    if let Some(outcome) = option.random_outcome.filter(|outcome| outcome.lost() > 0 && option.problems.is_empty()) {
        lines.push(safe!(
            "random   with random arrivals within each second, {}; `--arrivals poisson` leaves room for them",
            lost_calls(&outcome)
        ));
    }
    lines
}

fn describe_traffic(traffic: &RecommendedTraffic) -> String {
    let rate = format!("read {} profiles/s", group_thousands(u64::from(traffic.reading_rate)));
    if traffic.branches == 1 {
        return rate;
    }
    let mut shares: Vec<String> = Vec::new();
    for group in traffic.shares.chunk_by(|one, next| one == next) {
        let share = group.first().copied().unwrap_or_default();
        shares.push(if group.len() == 1 { format!("{share} %") } else { format!("{} × {share} %", group.len()) });
    }
    format!(
        "{rate}, split into {} branches ({}); each waits {} longer than the one before it, the first does not wait",
        traffic.branches,
        shares.join(", "),
        format_seconds(traffic.wait_seconds)
    )
}

#[expect(clippy::cast_precision_loss, reason = "durations are short")]
fn format_seconds(seconds: u64) -> String {
    format_duration(seconds as f64 * 1000.0)
}

/// A number of things: `1 call`, `1,200 calls`.
fn count(number: u64, name: &str) -> String {
    format!("{} {name}{}", group_thousands(number), if number == 1 { "" } else { "s" })
}

fn format_value(value: f64) -> String {
    if value.fract() == 0.0 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "values are positive and small")]
        return group_thousands(value as u64);
    }
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Aligns columns: the first and the last to the left, the others to the right.
fn align<const N: usize>(rows: &[[String; N]]) -> Vec<SafeText> {
    output::format_cells(rows.iter().map(|row| row.to_vec()).collect(), |index| match index {
        0 => Column::whole(""),
        last if last + 1 == N => Column::text(""),
        _ => Column::number(""),
    })
}
