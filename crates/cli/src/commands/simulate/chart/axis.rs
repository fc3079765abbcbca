//! The axes of a chart.

use ajo_engine::text::group_thousands;
use ajo_simulator::{ReportRow, SimulationReport};

/// The time axis and its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TimeAxis {
    pub(super) unit: &'static str,
    seconds: f64,
    interval: f64,
}

impl TimeAxis {
    /// Chooses the unit so that tick labels have two or three digits.
    pub(super) fn from_report(report: &SimulationReport) -> Self {
        let (unit, seconds) = match report.rows.len() * report.interval_seconds {
            0..=180 => ("seconds", 1.0),
            181..=10_800 => ("minutes", 60.0),
            _ => ("hours", 3600.0),
        };
        Self { unit, seconds, interval: to_f64(report.interval_seconds as u64) / seconds }
    }

    /// The end of the axis.
    pub(super) fn end(self, report: &SimulationReport) -> f64 {
        to_f64(report.rows.len() as u64) * self.interval
    }

    /// A step line with one level per row.
    pub(super) fn step_line(self, rows: &[ReportRow], value: impl Fn(&ReportRow) -> f64) -> Vec<(f64, f64)> {
        let start = |row: &ReportRow| to_f64(row.second as u64) / self.seconds;
        rows.iter().flat_map(|row| [(start(row), value(row)), (start(row) + self.interval, value(row))]).collect()
    }
}

/// A count of calls as a coordinate.
#[expect(clippy::cast_precision_loss, reason = "a pixel is far coarser")]
pub(super) fn to_f64(count: u64) -> f64 {
    count as f64
}

/// Formats the label of a tick without trailing zeros.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ticks are not negative and far below 2^63"
)]
pub(super) fn format_tick(number: f64) -> String {
    if number.fract() > 1e-6 && number.fract() < 1.0 - 1e-6 {
        return format!("{number:.2}").trim_end_matches('0').to_owned();
    }
    group_thousands(number.round() as u64)
}

#[cfg(test)]
mod tests {
    use ajo_simulator::{ConfiguredLimits, Scenario, SimulationMode, simulate};

    use super::*;

    fn report(traffic: &str) -> SimulationReport {
        let scenario = Scenario::new(traffic.parse().expect("a pattern"), ConfiguredLimits::default());
        simulate(&scenario, SimulationMode::Exact).expect("a report")
    }

    #[test]
    fn ticks_have_thousands_separators() {
        let cases = [
            (0.0, "0"),
            (999.0, "999"),
            (1000.0, "1,000"),
            (1_250_000.0, "1,250,000"),
            (0.5, "0.5"),
            (2.999_999_9, "3"),
        ];
        for (number, text) in cases {
            assert_eq!(format_tick(number), text);
        }
    }

    #[test]
    fn unit_follows_duration() {
        for (traffic, unit) in [("1x60", "seconds"), ("1x600", "minutes"), ("1x14400", "hours")] {
            assert_eq!(TimeAxis::from_report(&report(traffic)).unit, unit);
        }
    }

    #[test]
    fn each_row_is_one_step() {
        let report = report("60x1,120x179");
        let steps = TimeAxis::from_report(&report).step_line(&report.rows, |row| to_f64(row.counts.offered));
        let (second, two) = (1.0 / 60.0, 2.0 / 60.0);
        assert_eq!(steps[..4], [(0.0, 60.0), (second, 60.0), (second, 120.0), (two, 120.0)]);
    }
}
