//! What is promised of a figure: `benches/budgets.json`. Ratios and counts, since absolute times are the machine's.

use std::fmt;

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
    #[serde(flatten)]
    bound: Bound,
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

    /// The number that it is about, and whether it keeps to the bound. A figure that is not there keeps to none.
    fn judge(&self, figures: &Report) -> (Option<f64>, bool) {
        let number = figures.row(&self.row).and_then(|row| match self.of {
            Of::Ratio => row.ratio,
            Of::Value => Some(row.value),
        });
        let kept = number.is_some_and(|number| match self.bound {
            Bound::Most(most) => number <= most,
            Bound::Least(least) => number >= least,
        });
        (number, kept)
    }
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
    let judged = Budget::of(group)?.into_iter().map(|budget| {
        let (number, kept) = budget.judge(&figures);
        let number = number.map_or_else(|| "no such figure".to_owned(), shown);
        let verdict = if kept { "kept" } else { "BROKEN" };
        (format!("{verdict}: {group}: {}, {budget}: {number}\n", budget.row), kept)
    });
    let judged: Vec<_> = judged.collect();
    let text: String = judged.iter().map(|(line, _)| line.as_str()).collect();
    if judged.iter().all(|(_, kept)| *kept) { Ok(text) } else { Err(format!("a budget is broken\n{text}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Report {
        let rows = r#"{"group": "g", "machine": "m", "date": "d", "rows": [{"name": "call", "value": 0.5, "unit": "ms", "ratio": 1.2}]}"#;
        serde_json::from_str(rows).expect("figures")
    }

    #[test]
    fn a_budget_bounds_a_ratio_or_a_count_and_a_figure_that_is_missing_breaks_it() {
        let kept = |text: &str| {
            let budget: Budget = serde_json::from_str(text).expect("a budget");
            (budget.to_string(), budget.judge(&figures()).1)
        };
        let cases = [
            (r#"{"group": "g", "row": "call", "of": "ratio", "most": 1.2}"#, "ratio ≤ 1.20", true),
            (r#"{"group": "g", "row": "call", "of": "ratio", "most": 1.1}"#, "ratio ≤ 1.10", false),
            (r#"{"group": "g", "row": "call", "of": "value", "least": 1}"#, "≥ 1", false),
            (r#"{"group": "g", "row": "cold", "of": "value", "most": 1}"#, "≤ 1", false),
        ];
        for (budget, text, expected) in cases {
            assert_eq!(kept(budget), (text.to_owned(), expected));
        }
    }
}
