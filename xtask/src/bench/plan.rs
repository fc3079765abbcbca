//! Plans, beside reading the list that they start from.

use super::program;
use super::report::{Report, Row};
use crate::complain;

/// Measures.
pub(super) fn run() -> Result<String, String> {
    program::build()?;
    complain("==> plans");
    let mut report = Report::new("plan");
    report.read(&program::output("plan", &[])?)?;
    for case in ["unchanged", "10 % changed", "10 % new"] {
        let each = |size: u32| {
            let whole =
                report.value(&format!("{case}, {size}")).ok_or_else(|| format!("no figure for {case}, {size}"))?;
            Ok::<_, String>(whole * 1000.0 / f64::from(size))
        };
        let (few, many) = (each(100)?, each(10_000)?);
        report.add(Row::new(format!("{case}, one of 10000 beside one of 100"), many, "µs").ratio(many / few));
    }
    report.finish()
}
