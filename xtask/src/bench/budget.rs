//! What is promised of a figure: `benches/budgets.json`. Ratios, counts and sizes, since absolute times are the machine's.

use std::fmt::{self, Write as _};

use serde::Deserialize;

use super::number::shown;
use super::report::Report;
use crate::root;

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
    /// Where it comes from, and what room it leaves.
    why: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    Ratio,
    Value,
}

impl Budget {
    /// Those of a group.
    pub(super) fn of(group: &str) -> Result<Vec<Self>, String> {
        let path = root().join("benches/budgets.json");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let all: Vec<Self> = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        if let Some(odd) = all.iter().find(|budget| budget.most.is_some() == budget.least.is_some()) {
            return Err(format!("{}: {}: {}: it needs either most or least", path.display(), odd.group, odd.row));
        }
        Ok(all.into_iter().filter(|budget| budget.group == group).collect())
    }

    /// Holds figures to it.
    fn judge<'f>(&self, figures: &'f Report) -> Verdict<'f> {
        let Some(row) = figures.row(&self.row) else {
            return figures.excuse(&self.row).map_or(Verdict::Broken(None), Verdict::NotMeasured);
        };
        let number = match self.of {
            Of::Ratio => row.ratio,
            Of::Value => Some(row.value),
        };
        let kept = |number: &f64| {
            self.most.is_none_or(|most| *number <= most) && self.least.is_none_or(|least| *number >= least)
        };
        match number {
            Some(number) if kept(&number) => Verdict::Kept(number),
            // Without a ratio nothing shows that it is kept.
            other => Verdict::Broken(other),
        }
    }
}

/// Whether a budget is kept.
#[derive(Debug, PartialEq)]
enum Verdict<'f> {
    Kept(f64),
    Broken(Option<f64>),
    /// It cannot be measured here, for this reason.
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

/// What becomes of a group's budgets.
pub(super) struct Held {
    /// A line for each.
    pub(super) text: String,
    pub(super) kept: bool,
    /// A ratio is broken: noise may have done it. Nothing that is counted is broken by noise.
    pub(super) may_be_noise: bool,
}

/// Holds a group's figures to its budgets.
pub(super) fn hold(figures: &Report, budgets: &[Budget]) -> Held {
    let mut held = Held { text: String::new(), kept: true, may_be_noise: false };
    for budget in budgets {
        let verdict = match budget.judge(figures) {
            Verdict::Kept(number) => format!("kept, {}", shown(number)),
            Verdict::NotMeasured(why) => format!("NOT MEASURED, because {why}"),
            Verdict::Broken(number) => {
                held.kept = false;
                held.may_be_noise |= number.is_some() && matches!(budget.of, Of::Ratio);
                let number = number.map_or_else(|| "no such figure".to_owned(), shown);
                format!("BROKEN, {number} (the budget: {})", budget.why)
            }
        };
        let _ = writeln!(held.text, "{}: {}, {budget}: {verdict}", budget.group, budget.row);
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Report {
        let figures = r#"{"group": "g", "machine": "m", "date": "d", "rows": [{"name": "call", "value": 0.5, "unit": "ms", "ratio": 1.2}],
            "missing": [{"rows": "instructions", "why": "there is no valgrind"}]}"#;
        serde_json::from_str(figures).expect("figures")
    }

    #[test]
    fn a_budget_bounds_a_ratio_or_a_count_and_a_figure_that_is_missing_without_a_reason_breaks_it() {
        let figures = figures();
        let judged = |row: &str, of: &str, bound: &str| {
            let json = format!(r#"{{"group": "g", "row": "{row}", "of": "{of}", {bound}, "why": "chosen"}}"#);
            let budget: Budget = serde_json::from_str(&json).expect("a budget");
            (budget.to_string(), budget.judge(&figures))
        };
        let cases = [
            ("call", "ratio", r#""most": 1.2"#, "ratio ≤ 1.20", Verdict::Kept(1.2)),
            ("call", "ratio", r#""most": 1.1"#, "ratio ≤ 1.10", Verdict::Broken(Some(1.2))),
            ("call", "value", r#""least": 1"#, "≥ 1", Verdict::Broken(Some(0.5))),
            ("cold", "value", r#""most": 1"#, "≤ 1", Verdict::Broken(None)),
            ("instructions, ours", "ratio", r#""most": 1"#, "ratio ≤ 1", Verdict::NotMeasured("there is no valgrind")),
        ];
        for (row, of, bound, text, expected) in cases {
            assert_eq!(judged(row, of, bound), (text.to_owned(), expected));
        }
    }

    #[test]
    fn only_a_ratio_that_is_too_much_may_be_noise() {
        let figures = figures();
        let held = |row: &str, of: &str| {
            let json = format!(r#"[{{"group": "g", "row": "{row}", "of": "{of}", "most": 0.1, "why": "chosen"}}]"#);
            let budgets: Vec<Budget> = serde_json::from_str(&json).expect("budgets");
            let held = hold(&figures, &budgets);
            (held.kept, held.may_be_noise)
        };
        assert_eq!(held("call", "ratio"), (false, true));
        assert_eq!(held("call", "value"), (false, false));
        assert_eq!(held("cold", "ratio"), (false, false), "there is no such figure");
        assert_eq!(held("instructions", "ratio"), (true, false));
    }

    #[test]
    fn every_budget_can_be_read_and_has_one_bound() {
        for group in ["native", "plan", "npm"] {
            assert!(!Budget::of(group).expect("budgets").is_empty(), "{group}");
        }
    }
}
