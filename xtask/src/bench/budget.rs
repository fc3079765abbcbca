//! The budgets in `benches/budgets.json`: bounds on ratios, counts, and sizes. Times have none, because they depend on the machine.
//! Budgets of the group `counts` are exact and hold on any machine.

use std::fmt::{self, Write as _};

use serde::Deserialize;

use super::number_format::format_number;
use super::report::BenchReport;
use crate::workspace::root;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budget {
    group: String,
    pub(super) row: String,
    metric: BudgetMetric,
    #[serde(default)]
    max: Option<f64>,
    #[serde(default)]
    min: Option<f64>,
    /// The measured value or another reason for the bound.
    reason: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BudgetMetric {
    Ratio,
    Value,
}

impl Budget {
    /// The budgets of a group.
    pub(super) fn read(group: &str) -> Result<Vec<Self>, String> {
        let path = root().join("benches/budgets.json");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let all: Vec<Self> = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        if let Some(invalid) = all.iter().find(|budget| budget.max.is_some() == budget.min.is_some()) {
            return Err(format!(
                "{}: the budget for `{}` in group `{}` must have either max or min",
                path.display(),
                invalid.row,
                invalid.group
            ));
        }
        Ok(all.into_iter().filter(|budget| budget.group == group).collect())
    }

    /// Compares the median of all runs with the bound.
    fn status<'f>(&self, figures: &'f BenchReport) -> BudgetStatus<'f> {
        let Some(row) = figures.rows.iter().find(|row| row.name == self.row) else {
            return figures.unmeasured_reason(&self.row).map_or(BudgetStatus::Missed(None), BudgetStatus::NotMeasured);
        };
        let runs = match self.metric {
            BudgetMetric::Ratio => &row.ratio,
            BudgetMetric::Value => &row.value,
        };
        match runs.median() {
            Some(number) if self.max.is_none_or(|max| number <= max) && self.min.is_none_or(|min| number >= min) => {
                BudgetStatus::Met(number)
            }
            other => BudgetStatus::Missed(other),
        }
    }
}

#[derive(Debug, PartialEq)]
enum BudgetStatus<'f> {
    Met(f64),
    /// Also without a value, because nothing shows that the budget is met.
    Missed(Option<f64>),
    /// With the reason.
    NotMeasured(&'f str),
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.metric {
            BudgetMetric::Ratio => "ratio ",
            BudgetMetric::Value => "",
        };
        match (self.max, self.min) {
            (Some(max), _) => write!(f, "{prefix}≤ {}", format_number(max)),
            (None, min) => write!(f, "{prefix}≥ {}", format_number(min.unwrap_or_default())),
        }
    }
}

/// Whether all budgets are met, and a line for each.
pub(super) fn check_budgets(figures: &BenchReport, budgets: &[Budget]) -> (bool, String) {
    let (mut all_met, mut text) = (true, String::new());
    for budget in budgets {
        let status = match budget.status(figures) {
            BudgetStatus::Met(number) => format!("met, {}", format_number(number)),
            BudgetStatus::NotMeasured(reason) => format!("NOT MEASURED: {reason}"),
            BudgetStatus::Missed(number) => {
                all_met = false;
                let number = number.map_or_else(|| "there is no such figure".to_owned(), format_number);
                format!("BROKEN, {number} (reason for the bound: {})", budget.reason)
            }
        };
        let _ = writeln!(text, "{}: {}, {budget}: {status}", budget.group, budget.row);
    }
    (all_met, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> BenchReport {
        let mut figures = BenchReport::new("g");
        let lines = r#"{"name": "call", "value": 0.5, "unit": "ms", "ratio": 1.2}
            {"missing": "instructions", "reason": "no valgrind"}"#;
        figures.add_output(lines).expect("figures");
        figures
    }

    #[test]
    fn missing_figure_needs_a_reason() {
        let figures = figures();
        let check = |row: &str, metric: &str, bound: &str| {
            let json = format!(r#"{{"group": "g", "row": "{row}", "metric": "{metric}", {bound}, "reason": "r"}}"#);
            let budget: Budget = serde_json::from_str(&json).expect("a budget");
            (budget.to_string(), budget.status(&figures))
        };
        let cases = [
            ("call", "ratio", r#""max": 1.2"#, "ratio ≤ 1.20", BudgetStatus::Met(1.2)),
            ("call", "ratio", r#""max": 1.1"#, "ratio ≤ 1.10", BudgetStatus::Missed(Some(1.2))),
            ("call", "value", r#""min": 1"#, "≥ 1", BudgetStatus::Missed(Some(0.5))),
            ("cold", "value", r#""max": 1"#, "≤ 1", BudgetStatus::Missed(None)),
            ("instructions, ajo-core", "ratio", r#""max": 1"#, "ratio ≤ 1", BudgetStatus::NotMeasured("no valgrind")),
        ];
        for (row, metric, bound, text, expected) in cases {
            assert_eq!(check(row, metric, bound), (text.to_owned(), expected));
        }
    }

    #[test]
    fn budget_uses_the_median() {
        let mut figures = figures();
        for ratio in [0.9, 1.0] {
            figures
                .add_output(&format!(r#"{{"name": "call", "value": 1, "unit": "ms", "ratio": {ratio}}}"#))
                .expect("a run");
        }
        let is_met = |row: &str, max: f64| {
            let json = format!(r#"[{{"group": "g", "row": "{row}", "metric": "ratio", "max": {max}, "reason": "r"}}]"#);
            check_budgets(&figures, &serde_json::from_str::<Vec<Budget>>(&json).expect("budgets")).0
        };
        assert!(is_met("call", 1.0), "one slow run of three");
        assert!(!is_met("call", 0.95));
        assert!(!is_met("cold", 1.0), "there is no such figure");
        assert!(is_met("instructions", 1.0), "not measured, with a reason");
    }

    #[test]
    fn budgets_have_one_bound() {
        for group in ["counts", "native", "plan", "npm"] {
            assert!(!Budget::read(group).expect("budgets").is_empty(), "{group}");
        }
    }
}
