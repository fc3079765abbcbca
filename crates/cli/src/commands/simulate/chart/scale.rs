//! The numbers along a chart.

use ajo_simulator::{Report, Row};

use crate::commands::simulate::summary::grouped;

/// The unit of time along the chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Time {
    pub(super) unit: &'static str,
    seconds: f64,
    interval: f64,
}

impl Time {
    /// The one in which the whole is told in two or three digits.
    pub(super) fn of(report: &Report) -> Self {
        let (unit, seconds) = match report.rows.len() * report.interval_seconds {
            0..=180 => ("seconds", 1.0),
            181..=10_800 => ("minutes", 60.0),
            _ => ("hours", 3600.0),
        };
        Self { unit, seconds, interval: float(report.interval_seconds as u64) / seconds }
    }

    /// Where the chart ends.
    pub(super) fn end(self, report: &Report) -> f64 {
        float(report.rows.len() as u64) * self.interval
    }

    /// A line of level steps, one for each row.
    pub(super) fn steps(self, rows: &[Row], value: impl Fn(&Row) -> f64) -> Vec<(f64, f64)> {
        let from = |row: &Row| float(row.second as u64) / self.seconds;
        rows.iter().flat_map(|row| [(from(row), value(row)), (from(row) + self.interval, value(row))]).collect()
    }
}

/// A count of calls as a coordinate.
#[expect(clippy::cast_precision_loss, reason = "a pixel is far coarser")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// The number of a tick, with no more decimals than it has.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ticks are not negative and far below 2^63"
)]
pub(super) fn tick(number: f64) -> String {
    if number.fract() > 1e-6 && number.fract() < 1.0 - 1e-6 {
        return format!("{number:.2}").trim_end_matches('0').to_owned();
    }
    grouped(number.round() as u64)
}

#[cfg(test)]
mod tests {
    use ajo_simulator::{Limits, Scenario, simulate};

    use super::*;

    fn report(traffic: &str) -> Report {
        simulate(&Scenario::new(traffic.parse().expect("a pattern"), Limits::default()))
    }

    #[test]
    fn ticks_are_told_as_people_write_them() {
        let cases = [
            (0.0, "0"),
            (999.0, "999"),
            (1000.0, "1,000"),
            (1_250_000.0, "1,250,000"),
            (0.5, "0.5"),
            (2.999_999_9, "3"),
        ];
        for (number, text) in cases {
            assert_eq!(tick(number), text);
        }
    }

    #[test]
    fn the_unit_follows_the_length() {
        for (traffic, unit) in [("1x60", "seconds"), ("1x600", "minutes"), ("1x14400", "hours")] {
            assert_eq!(Time::of(&report(traffic)).unit, unit);
        }
    }

    #[test]
    fn each_row_is_a_level_step() {
        let report = report("60x1,120x179");
        let steps = Time::of(&report).steps(&report.rows, |row| float(row.counts.offered));
        let (second, two) = (1.0 / 60.0, 2.0 / 60.0);
        assert_eq!(steps[..4], [(0.0, 60.0), (second, 60.0), (second, 120.0), (two, 120.0)]);
    }
}
