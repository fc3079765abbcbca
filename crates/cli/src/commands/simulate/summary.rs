//! A report as people read it.

use ajo_simulator::{Limit, Over, Report, Row, Totals};

/// Most rows of the table, so that it fits a screen.
const ROWS: usize = 30;

/// The name of a column, and what stands in it.
type Column = (&'static str, fn(&Row) -> u64);

/// The counts of an interval; the first three are shown always, the others where one of them is not zero.
const COLUMNS: [Column; 8] = [
    ("offered", |row| row.counts.offered),
    ("allowed", |row| row.counts.allowed),
    ("rejected", |row| row.counts.rejected),
    ("retries", |row| row.counts.retries),
    ("failed", |row| row.counts.failed),
    ("timed out", |row| row.counts.timed_out),
    ("dropped", |row| row.counts.expired),
    ("waiting", |row| row.queued),
];

pub(super) fn of(report: Report) -> String {
    let report = report.in_rows(ROWS);
    let mut lines = table(&report);
    lines.push(String::new());
    lines.extend(report.limits.iter().map(|limit| format!("limit       {}", limit_in_words(limit))));
    lines.push(format!("endpoint    at most {} calls in one second", grouped(report.peak_per_second)));
    let Totals { retries, retries_rejected, served_from_queue, .. } = report.totals;
    let [succeeded, failed, timed_out] =
        [report.totals.succeeded, report.totals.failed, report.totals.timed_out].map(grouped);
    lines.push(format!("outcome     {succeeded} calls succeeded, {failed} failed, {timed_out} timed out"));
    if retries + retries_rejected > 0 {
        let [retries, rejected] = [retries, retries_rejected].map(grouped);
        lines.push(format!("retries     {retries} made, each in a slot of its own; {rejected} rejected"));
    }
    if report.longest_queue > 0 {
        let [length, served] = [report.longest_queue, served_from_queue].map(grouped);
        let wait = wait(report.longest_wait_ms);
        lines.push(format!("queue       at most {length} calls; {served} were made from it, after at most {wait}"));
    }
    lines.extend(report.assumptions.iter().map(|it| format!("{:<12}{}", it.basis, it.what)));
    lines.join("\n")
}

/// The rows and their sum, aligned to the right.
fn table(report: &Report) -> Vec<String> {
    let columns: Vec<_> = COLUMNS
        .into_iter()
        .enumerate()
        .filter(|(index, (_, count))| *index < 3 || report.rows.iter().any(|row| count(row) > 0))
        .map(|(_, column)| column)
        .collect();
    let head = std::iter::once("second").chain(columns.iter().map(|(name, _)| *name));
    let mut cells = vec![head.map(str::to_owned).collect::<Vec<_>>()];
    let line = |first: String, row: &Row| {
        std::iter::once(first).chain(columns.iter().map(|(_, count)| grouped(count(row)))).collect()
    };
    cells.extend(report.rows.iter().map(|row| line(row.second.to_string(), row)));
    cells.push(line("all".to_owned(), &Row { counts: report.totals, ..Row::default() }));
    let width = |column: usize| cells.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..=columns.len()).map(width).collect();
    let aligned = |line: &Vec<String>| {
        let padded = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}"));
        padded.collect::<Vec<_>>().join("  ")
    };
    cells.iter().map(aligned).collect()
}

fn limit_in_words(limit: &Limit) -> String {
    let Limit { name, calls, exceeded, .. } = limit;
    let (over, past) = match limit.over {
        Over::Rejected => ("rejected", "were"),
        Over::Queued => ("queued", "had to wait"),
    };
    format!("{name}: {}; more are {over}, as {} {past}", rate(*calls, limit.period_ms), grouped(*exceeded))
}

/// Such as `200 calls in 1 s`.
pub(super) fn rate(calls: u64, period_ms: u64) -> String {
    let calls_word = if calls == 1 { "call" } else { "calls" };
    format!("{} {calls_word} in {}", grouped(calls), duration(period_ms))
}

/// With commas between thousands.
pub(super) fn grouped(number: u64) -> String {
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

/// A longer time in whole seconds, up.
fn wait(millis: u64) -> String {
    if millis < 10_000 { duration(millis) } else { duration(millis.div_ceil(1000) * 1000) }
}

/// In the largest unit that leaves nothing out, hours with minutes.
fn duration(millis: u64) -> String {
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
    fn durations_rates_and_numbers_are_said_as_people_read_them() {
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
        for (millis, said) in cases {
            assert_eq!(duration(millis), said);
        }
        assert_eq!(rate(1, 1000), "1 call in 1 s");
        assert_eq!(rate(300_000, 60_000), "300,000 calls in 1 min");
        assert_eq!([wait(9900), wait(21_599_400)], ["9900 ms", "6 h"]);
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
