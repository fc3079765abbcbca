//! A closed form next to its simulated value, as a row of the table in `docs/simulate.md`.

use std::fmt::Write as _;

/// The page with the table.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/simulate.md");
const HEADING: &str = "| queue | value | closed form | simulated | difference |\n|---|---|---|---|---|\n";
const TO_UPDATE: &str = "is out of date: run `UPDATE=1 cargo xtask test simulation`";

/// One value of both.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The queue and its load.
    pub queue: String,
    /// The value and its unit.
    pub value: String,
    pub closed_form: f64,
    pub simulated: f64,
    /// The allowed relative difference.
    pub tolerance: f64,
}

impl Comparison {
    fn difference(&self) -> f64 {
        (self.simulated - self.closed_form) / self.closed_form.max(f64::MIN_POSITIVE)
    }

    /// False for NaN.
    fn is_close(&self) -> bool {
        self.difference().abs() <= self.tolerance
    }

    fn row(&self) -> String {
        let Self { queue, value, closed_form, simulated, .. } = self;
        let difference = self.difference() * 100.0;
        // Without the sign of a zero.
        let difference = if difference.abs() < 0.005 { 0.0 } else { difference };
        format!("| {queue} | {value} | {} | {} | {difference:.2} % |", number(*closed_form), number(*simulated))
    }
}

pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let digits = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() { grouped } else { format!("{grouped}.{fraction}") }
}

/// Fails if a difference is greater than its tolerance.
pub fn assert_within_tolerance(comparisons: &[Comparison]) {
    let mut problems = String::new();
    for it in comparisons.iter().filter(|it| !it.is_close()) {
        let _ = writeln!(problems, "{} (at most {} %)", it.row(), it.tolerance * 100.0);
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// Fails unless the table on the page has these rows.
pub fn assert_documented(comparisons: &[Comparison]) {
    let page = read_page();
    let missing: Vec<String> = comparisons.iter().map(Comparison::row).filter(|row| !page.contains(row)).collect();
    assert!(missing.is_empty(), "docs/simulate.md {TO_UPDATE}; it misses\n{}", missing.join("\n"));
}

/// Fails unless the table on the page has these rows and no other. With `UPDATE=1` in the environment, it writes the table.
pub fn assert_table_documented(comparisons: &[Comparison]) {
    let page = read_page();
    let (before, rest) = page.split_once(HEADING).expect("the page has the heading of the table");
    let end = rest.split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
    let (documented, after) = rest.split_at(end);
    let rows: String = comparisons.iter().map(|it| it.row() + "\n").collect();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PAGE, format!("{before}{HEADING}{rows}{after}")).expect("the page is written");
    } else {
        assert!(rows == documented, "docs/simulate.md {TO_UPDATE}; its table is\n{documented}instead of\n{rows}");
    }
}

fn read_page() -> String {
    std::fs::read_to_string(PAGE).expect("the page")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(closed_form: f64, simulated: f64) -> Comparison {
        Comparison { queue: "M/M/1".to_owned(), value: "mean".to_owned(), closed_form, simulated, tolerance: 0.02 }
    }

    #[test]
    fn row_has_readable_numbers() {
        assert_eq!(comparison(1_234_567.0, 1_234_567.0).row(), "| M/M/1 | mean | 1,234,567 | 1,234,567 | 0.00 % |");
        assert_eq!(comparison(50.0, 49.5).row(), "| M/M/1 | mean | 50 | 49.5 | -1.00 % |");
    }

    #[test]
    fn small_difference_is_accepted() {
        assert_within_tolerance(&[comparison(50.0, 50.9), comparison(0.0, 0.0)]);
    }

    #[test]
    #[should_panic(expected = "| M/M/1 | mean | 50 | 51.1 | 2.20 % | (at most 2 %)")]
    fn great_difference_is_an_error() {
        assert_within_tolerance(&[comparison(50.0, 51.1)]);
    }

    #[test]
    #[should_panic(expected = "NaN")]
    fn missing_value_is_an_error() {
        assert_within_tolerance(&[comparison(50.0, f64::NAN)]);
    }
}
