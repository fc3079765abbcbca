//! Tables with right-aligned numbers.

use ajo_engine::text::group_thousands;
use ajo_simulator::{CallCounts, Percentiles, ReportRow, SimulationReport};

use crate::number_format::{format_clock, format_duration};
use crate::output::{self, Column};
use crate::safe_text::SafeText;

/// The name of a column, and its value in a row.
type CountColumn = (&'static str, fn(&ReportRow) -> u64);

/// The columns with counts. The first three are always shown, the others only if a row is not zero.
const COUNTS: [CountColumn; 9] = [
    ("offered", |row| row.counts.offered),
    ("sent", |row| row.counts.sent),
    ("succeeded", |row| row.counts.succeeded),
    ("rejected", |row| row.counts.rejected),
    ("retried", |row| row.counts.retried),
    ("failed", |row| row.counts.failed),
    ("timed out", |row| row.counts.timed_out),
    ("dropped", |row| row.counts.dropped),
    ("waiting", |row| row.waiting),
];

/// The rows over time, and their total.
pub(super) fn time_lines(report: &SimulationReport) -> Vec<SafeText> {
    let columns = count_columns(&report.rows);
    let seconds = report.rows.len() * report.interval_seconds;
    let with_hours = seconds > 3600;
    let head = if with_hours { "h:min:s" } else { "min:s" };
    let mut cells = vec![heading(head, &columns)];
    cells.extend(report.rows.iter().map(|row| count_cells(format_clock(row.second, with_hours), row, &columns)));
    cells.push(count_cells("total".to_owned(), &totals_row(report.totals), &columns));
    align(cells, &Column::number("").importance(u8::MAX))
}

/// The counts of each journey.
pub(super) fn journey_lines(report: &SimulationReport) -> Vec<SafeText> {
    let rows: Vec<ReportRow> = report.journeys.iter().map(|journey| totals_row(journey.counts)).collect();
    let columns = count_columns(&rows);
    let mut cells = vec![heading("journey", &columns)];
    let names = report.journeys.iter().map(|journey| journey.name.clone());
    cells.extend(names.zip(&rows).map(|(name, row)| count_cells(name, row, &columns)));
    align(cells, &Column::whole(""))
}

/// The percentiles of waits and latencies that were measured.
pub(super) fn duration_lines(report: &SimulationReport) -> Vec<SafeText> {
    let durations = [
        ("throttling wait", &report.throttling_wait, true),
        ("connection wait", &report.connection_wait, report.connections.is_some()),
        ("latency", &report.latency, true),
    ];
    let cells = |(name, it, _): (&str, &Percentiles, bool)| {
        let values = [it.p50, it.p95, it.p99, it.p999, it.max].map(format_duration);
        std::iter::once(name.to_owned()).chain(values).collect::<Vec<_>>()
    };
    let mut lines = vec![["", "p50", "p95", "p99", "p99.9", "max"].map(str::to_owned).to_vec()];
    lines.extend(durations.into_iter().filter(|(_, it, is_limited)| *is_limited && it.count > 0).map(cells));
    if lines.len() == 1 { Vec::new() } else { align(lines, &Column::whole("")) }
}

fn totals_row(counts: CallCounts) -> ReportRow {
    ReportRow { counts, ..ReportRow::default() }
}

fn count_columns(rows: &[ReportRow]) -> Vec<CountColumn> {
    let columns = COUNTS.into_iter().enumerate();
    let shown = columns.filter(|(index, (_, count))| *index < 3 || rows.iter().any(|row| count(row) > 0));
    shown.map(|(_, column)| column).collect()
}

fn heading(first: &str, columns: &[CountColumn]) -> Vec<String> {
    std::iter::once(first).chain(columns.iter().map(|(name, _)| *name)).map(str::to_owned).collect()
}

fn count_cells(first: String, row: &ReportRow, columns: &[CountColumn]) -> Vec<String> {
    std::iter::once(first).chain(columns.iter().map(|(_, count)| group_thousands(count(row)))).collect()
}

/// Lines of cells in columns. The first line has their names, and all columns but the first have numbers.
pub(super) fn align(cells: Vec<Vec<String>>, first: &Column) -> Vec<SafeText> {
    output::format_cells(cells, |index| if index == 0 { first.clone() } else { Column::number("") })
}
