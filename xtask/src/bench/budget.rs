//! What is promised of a figure: `benches/budgets.json`. Ratios, counts and sizes, since absolute times are the machine's.

use std::fmt::{self, Write as _};

use serde::Deserialize;

use super::number::shown;
use super::report::Report;
use crate::root;

#[derive(Deserialize)]
pub(super) struct Budget {
    group: String,
    pub(super) row: String,
    of: Of,
    #[serde(flatten)]
    bound: Bound,
    /// Where it comes from, and what room it leaves.
    why: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    Ratio,
    Value,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Bound {
    Most(f64),
    Least(f64),
}

impl Budget {
    /// Those of a group.
    pub(super) fn of(group: &str) -> Result<Vec<Self>, String> {
        let path = root().join("benches/budgets.json");
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let all: Vec<Self> = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
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
        let kept = |number: &f64| match self.bound {
            Bound::Most(most) => *number <= most,
            Bound::Least(least) => *number >= least,
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
        match self.bound {
            Bound::Most(most) => write!(f, "{of}≤ {}", shown(most)),
            Bound::Least(least) => write!(f, "{of}≥ {}", shown(least)),
        }
    }
}

/// Holds a group's figures to its budgets. Gives a line for each budget; as an error when one is broken.
pub(super) fn check(group: &str) -> Result<String, String> {
    let figures = Report::load(group)?.ok_or_else(|| format!("{group} has left no figures"))?;
    let (mut text, mut all) = (String::new(), true);
    for budget in Budget::of(group)? {
        let verdict = match budget.judge(&figures) {
            Verdict::Kept(number) => format!("kept, {}", shown(number)),
            Verdict::NotMeasured(why) => format!("not measured, because {why}"),
            Verdict::Broken(number) => {
                all = false;
                let number = number.map_or_else(|| "no such figure".to_owned(), shown);
                format!("BROKEN, {number} (the budget: {})", budget.why)
            }
        };
        let _ = writeln!(text, "{group}: {}, {budget}: {verdict}", budget.row);
    }
    if all { Ok(text) } else { Err(text) }
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
}
