//! Formats a simulation report as text.

use ajo_simulator::{CallCounts, LimitUse, OverLimit, ReportRow, SimulationReport};

use crate::safe_text::{SafeText, safe};

/// Maximum number of table rows, to fit on a screen.
const MAX_ROWS: usize = 30;

/// The name of a column, and its value in a row.
type TableColumn = (&'static str, fn(&ReportRow) -> u64);

/// The columns of the table. The first three are always shown, the others only if a row is not zero.
const COLUMNS: [TableColumn; 8] = [
    ("offered", |row| row.counts.offered),
    ("sent", |row| row.counts.sent),
    ("rejected", |row| row.counts.rejected),
    ("retried", |row| row.counts.retried),
    ("failed", |row| row.counts.failed),
    ("timed out", |row| row.counts.timed_out),
    ("dropped", |row| row.counts.dropped),
    ("waiting", |row| row.waiting),
];

pub(super) fn render(report: SimulationReport) -> SafeText {
    let report = report.with_max_rows(MAX_ROWS);
    let mut lines = table_lines(&report);
    lines.push(SafeText::default());
    lines.extend(report.limits.iter().map(|limit| safe!("limit       {}", describe_limit(limit))));
    lines.push(safe!("endpoint    at most {} calls in one second", group_thousands(report.peak_per_second)));
    let CallCounts { retried, throttled, .. } = report.totals;
    let [succeeded, failed, timed_out] =
        [report.totals.succeeded, report.totals.failed, report.totals.timed_out].map(group_thousands);
    lines.push(safe!("outcome     {} calls succeeded, {} failed, {} timed out", succeeded, failed, timed_out));
    if retried > 0 {
        lines.push(safe!("retries     {} sent, each in its own slot", group_thousands(retried)));
    }
    if report.queue.longest > 0 {
        let [length, throttled] = [report.queue.longest, throttled].map(group_thousands);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a time below 6 h")]
        let wait = format_wait(report.throttling_wait.max.ceil() as u64);
        lines.push(safe!("queue       at most {} calls; {} waited, at most {}", length, throttled, wait));
    }
    lines.extend(report.assumptions.iter().map(|it| safe!("{:<12}{}", it.provenance, it.statement)));
    SafeText::join_lines(lines)
}

/// The rows and totals, right-aligned.
fn table_lines(report: &SimulationReport) -> Vec<SafeText> {
    let columns: Vec<_> = COLUMNS
        .into_iter()
        .enumerate()
        .filter(|(index, (_, count))| *index < 3 || report.rows.iter().any(|row| count(row) > 0))
        .map(|(_, column)| column)
        .collect();
    let head = std::iter::once("second").chain(columns.iter().map(|(name, _)| *name));
    let mut cells = vec![head.map(str::to_owned).collect::<Vec<_>>()];
    let line = |first: String, row: &ReportRow| {
        std::iter::once(first).chain(columns.iter().map(|(_, count)| group_thousands(count(row)))).collect()
    };
    cells.extend(report.rows.iter().map(|row| line(row.second.to_string(), row)));
    cells.push(line("all".to_owned(), &ReportRow { counts: report.totals, ..ReportRow::default() }));
    let width = |column: usize| cells.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..=columns.len()).map(width).collect();
    let aligned = |line: &Vec<String>| {
        let padded = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}"));
        safe!("{}", padded.collect::<Vec<_>>().join("  "))
    };
    cells.iter().map(aligned).collect()
}

fn describe_limit(used: &LimitUse) -> String {
    let LimitUse { limit, exceeded, .. } = used;
    let (name, calls) = (limit.name, limit.calls);
    let action = match limit.over_limit {
        OverLimit::Rejected => "rejected",
        OverLimit::Queued => "queued",
    };
    format!("{name}: {}; {} calls {action}", format_rate(calls, limit.period_ms), group_thousands(*exceeded))
}

/// Formats a rate, such as `200 calls in 1 s`.
pub(super) fn format_rate(calls: u64, period_ms: u64) -> String {
    let calls_word = if calls == 1 { "call" } else { "calls" };
    format!("{} {calls_word} in {}", group_thousands(calls), format_duration(period_ms))
}

/// Formats a number with commas between thousands.
pub(super) fn group_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Formats a waiting time. From 10 s on, rounds up to whole seconds.
fn format_wait(millis: u64) -> String {
    if millis < 10_000 { format_duration(millis) } else { format_duration(millis.div_ceil(1000) * 1000) }
}

/// Formats a duration without loss, in hours, minutes, and seconds.
fn format_duration(millis: u64) -> String {
    let (seconds, rest) = (millis / 1000, millis % 1000);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60, rest) {
        (_, _, _, 1..) => format!("{millis} ms"),
        (0, 0, seconds, 0) => format!("{seconds} s"),
        (0, minutes, 0, 0) => format!("{minutes} min"),
        (0, minutes, seconds, 0) => format!("{minutes} min {seconds} s"),
        (hours, 0, 0, 0) => format!("{hours} h"),
        (hours, minutes, 0, 0) => format!("{hours} h {minutes} min"),
        (hours, minutes, seconds, 0) => format!("{hours} h {minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_rates_are_readable() {
        let cases = [
            (250, "250 ms"),
            (1000, "1 s"),
            (61_000, "1 min 1 s"),
            (60_000, "1 min"),
            (21_600_000, "6 h"),
            (5_400_000, "1 h 30 min"),
            (3_661_000, "1 h 1 min 1 s"),
            (60_100, "60100 ms"),
        ];
        for (millis, expected) in cases {
            assert_eq!(format_duration(millis), expected);
        }
        assert_eq!(format_rate(1, 1000), "1 call in 1 s");
        assert_eq!(format_rate(300_000, 60_000), "300,000 calls in 1 min");
        assert_eq!([format_wait(9900), format_wait(21_599_400)], ["9900 ms", "6 h"]);
        assert_eq!([0, 999, 1000, 1_234_567].map(group_thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
