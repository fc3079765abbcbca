//! The budgets of `benches/budgets.json`: bounds on ratios, counts and sizes. Absolute times depend on the machine and have none.
//! Budgets of the group `counted` are exact and hold on any machine; all others are timed.

use std::fmt::{self, Write as _};

use serde::Deserialize;

use super::number::shown;
use super::report::Report;
use crate::workspace::root;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budget {
    group: String,
    pub(super) row: String,
    of: Of,
    #[serde(default)]
    most: Option<f64>,
    #[serde(default)]
    least: Option<f64>,
    /// Its origin, and the room it leaves.
    why: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    Ratio,
    Value,
}

impl Budget {
    /// The budgets of a group.
    pub(super) fn read(group: &str) -> Result<Vec<Self>, String> {
        let path = root().join("benches/budgets.json");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let all: Vec<Self> = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        if let Some(odd) = all.iter().find(|budget| budget.most.is_some() == budget.least.is_some()) {
            return Err(format!("{}: {}: {}: it needs either most or least", path.display(), odd.group, odd.row));
        }
        Ok(all.into_iter().filter(|budget| budget.group == group).collect())
    }

    /// Compares the median of all runs with the bound.
    fn check<'f>(&self, figures: &'f Report) -> Verdict<'f> {
        let Some(row) = figures.rows.iter().find(|row| row.name == self.row) else {
            return figures.reason(&self.row).map_or(Verdict::Broken(None), Verdict::NotMeasured);
        };
        let runs = match self.of {
            Of::Ratio => &row.ratio,
            Of::Value => &row.value,
        };
        match runs.median() {
            Some(number)
                if self.most.is_none_or(|most| number <= most) && self.least.is_none_or(|least| number >= least) =>
            {
                Verdict::Kept(number)
            }
            other => Verdict::Broken(other),
        }
    }
}

#[derive(Debug, PartialEq)]
enum Verdict<'f> {
    Kept(f64),
    /// A figure without a value is broken too: nothing shows that the budget is kept.
    Broken(Option<f64>),
    /// With the reason.
    NotMeasured(&'f str),
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self.of {
            Of::Ratio => "ratio ",
            Of::Value => "",
        };
        match (self.most, self.least) {
            (Some(most), _) => write!(f, "{of}≤ {}", shown(most)),
            (None, least) => write!(f, "{of}≥ {}", shown(least.unwrap_or_default())),
        }
    }
}

/// Whether all budgets are kept, and a line for each.
pub(super) fn check(figures: &Report, budgets: &[Budget]) -> (bool, String) {
    let (mut kept, mut text) = (true, String::new());
    for budget in budgets {
        let verdict = match budget.check(figures) {
            Verdict::Kept(number) => format!("kept, {}", shown(number)),
            Verdict::NotMeasured(why) => format!("NOT MEASURED: {why}"),
            Verdict::Broken(number) => {
                kept = false;
                let number = number.map_or_else(|| "no such figure".to_owned(), shown);
                format!("BROKEN, {number} (the budget: {})", budget.why)
            }
        };
        let _ = writeln!(text, "{}: {}, {budget}: {verdict}", budget.group, budget.row);
    }
    (kept, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Report {
        let mut figures = Report::new("g");
        let lines = r#"{"name": "call", "value": 0.5, "unit": "ms", "ratio": 1.2}
            {"missing": "instructions", "why": "no valgrind"}"#;
        figures.read(lines).expect("figures");
        figures
    }

    #[test]
    fn missing_figure_needs_a_reason() {
        let figures = figures();
        let checked = |row: &str, of: &str, bound: &str| {
            let json = format!(r#"{{"group": "g", "row": "{row}", "of": "{of}", {bound}, "why": "ours"}}"#);
            let budget: Budget = serde_json::from_str(&json).expect("a budget");
            (budget.to_string(), budget.check(&figures))
        };
        let cases = [
            ("call", "ratio", r#""most": 1.2"#, "ratio ≤ 1.20", Verdict::Kept(1.2)),
            ("call", "ratio", r#""most": 1.1"#, "ratio ≤ 1.10", Verdict::Broken(Some(1.2))),
            ("call", "value", r#""least": 1"#, "≥ 1", Verdict::Broken(Some(0.5))),
            ("cold", "value", r#""most": 1"#, "≤ 1", Verdict::Broken(None)),
            ("instructions, ours", "ratio", r#""most": 1"#, "ratio ≤ 1", Verdict::NotMeasured("no valgrind")),
        ];
        for (row, of, bound, text, expected) in cases {
            assert_eq!(checked(row, of, bound), (text.to_owned(), expected));
        }
    }

    #[test]
    fn budget_uses_the_median() {
        let mut figures = figures();
        for ratio in [0.9, 1.0] {
            figures.read(&format!(r#"{{"name": "call", "value": 1, "unit": "ms", "ratio": {ratio}}}"#)).expect("a run");
        }
        let kept = |row: &str, most: f64| {
            let json = format!(r#"[{{"group": "g", "row": "{row}", "of": "ratio", "most": {most}, "why": "ours"}}]"#);
            check(&figures, &serde_json::from_str::<Vec<Budget>>(&json).expect("budgets")).0
        };
        assert!(kept("call", 1.0), "one slow run of three");
        assert!(!kept("call", 0.95));
        assert!(!kept("cold", 1.0), "there is no such figure");
        assert!(kept("instructions", 1.0), "not measured, with a reason");
    }

    #[test]
    fn every_budget_can_be_read_and_has_one_bound() {
        for group in ["counted", "native", "plan", "npm"] {
            assert!(!Budget::read(group).expect("budgets").is_empty(), "{group}");
        }
    }
}
