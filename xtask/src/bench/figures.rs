//! What a group has measured, in the one form that all of them write: `target/bench/GROUP.json`.

use serde::Deserialize;

use crate::npm::target;

#[derive(Deserialize)]
pub(super) struct Figures {
    pub(super) machine: String,
    pub(super) date: String,
    pub(super) rows: Vec<Row>,
}

#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: f64,
    #[serde(default)]
    pub(super) unit: String,
    /// To what it is compared with, where there is such a thing.
    pub(super) ratio: Option<f64>,
    /// What its group has promised itself, besides `benches/budgets.json`.
    budget: Option<Most>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Most {
    Ratio(f64),
    Value(f64),
}

impl Row {
    /// The budget that stands in the row, for people.
    pub(super) fn budget(&self) -> Option<String> {
        self.budget.map(|most| match most {
            Most::Ratio(most) => format!("ratio ≤ {}", shown(most)),
            Most::Value(most) => format!("≤ {}", shown(most)),
        })
    }
}

impl Figures {
    /// Those of a group; none where it has not been measured.
    pub(super) fn read(group: &str) -> Result<Option<Self>, String> {
        let path = target().join("bench").join(format!("{group}.json"));
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| format!("{}: {error}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    pub(super) fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

/// A number with three digits that say something, and commas in between where it is large.
pub(super) fn shown(number: f64) -> String {
    let size = number.abs();
    if size < 1000.0 {
        let digits = if size >= 100.0 || number.fract() == 0.0 {
            0
        } else if size >= 10.0 {
            1
        } else if size >= 1.0 {
            2
        } else {
            3
        };
        return format!("{number:.digits$}");
    }
    let whole = format!("{number:.0}");
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn numbers_have_as_many_digits_as_mean_something() {
        let numbers = [0.0, 0.0312, 1.169, 22.76, 601.0, 955.4, 1000.0, 25_123.4, 1_234_567.0];
        let texts = ["0", "0.031", "1.17", "22.8", "601", "955", "1,000", "25,123", "1,234,567"];
        assert_eq!(numbers.map(shown), texts);
    }
}
