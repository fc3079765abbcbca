//! What a group of measurements comes to, in the one form that all of them have: a table for people, JSON under target/bench/.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io, thread};

use serde::{Deserialize, Serialize};

use super::number::shown;
use crate::npm::target;

/// Where a group leaves its figures.
fn file_of(group: &str) -> PathBuf {
    target().join("bench").join(format!("{group}.json"))
}

/// The figures of one group.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    group: String,
    pub(super) machine: String,
    pub(super) date: String,
    pub(super) rows: Vec<Row>,
    /// What could not be measured here, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// One figure.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: String,
    /// How much it is.
    pub(crate) value: f64,
    /// Of what; nothing for a mere number.
    #[serde(default)]
    pub(crate) unit: String,
    /// How many times that of the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<f64>,
    /// What was promised of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<Budget>,
}

/// The most that a row may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Budget {
    /// Of its value.
    Value(f64),
    /// Of its ratio.
    Ratio(f64),
}

impl Row {
    /// One without a ratio.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self { name: name.into(), value, unit: unit.to_owned(), ratio: None, budget: None }
    }

    /// With this ratio.
    pub(crate) fn ratio(self, ratio: f64) -> Self {
        Self { ratio: Some(ratio), ..self }
    }

    /// With this budget.
    pub(crate) fn within(self, budget: Budget) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// What was promised of it beside `benches/budgets.json`, for people.
    pub(super) fn promise(&self) -> Option<String> {
        self.budget.map(|most| match most {
            Budget::Ratio(most) => format!("ratio ≤ {}", shown(most)),
            Budget::Value(most) => format!("≤ {}", shown(most)),
        })
    }

    fn is_met(&self) -> bool {
        match self.budget {
            None => true,
            Some(Budget::Value(most)) => self.value <= most,
            // Without a ratio the promise is not kept: nothing shows that it is.
            Some(Budget::Ratio(most)) => self.ratio.is_some_and(|ratio| ratio <= most),
        }
    }

    fn cells(&self) -> [String; 4] {
        let budget = match self.budget {
            None => String::new(),
            Some(Budget::Value(most)) => format!("≤ {most} {}", self.unit),
            Some(Budget::Ratio(most)) => format!("≤ {most} times"),
        };
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        let ratio = self.ratio.map_or_else(String::new, |ratio| format!("{ratio:.3} times"));
        let digits = if self.value.fract() == 0.0 { 0 } else { 2 };
        [
            self.name.clone(),
            format!("{:.digits$} {}", self.value, self.unit).trim_end().to_owned(),
            ratio,
            if budget.is_empty() { budget } else { format!("{} {verdict}", budget.trim_end()) },
        ]
    }
}

impl Report {
    /// A report of this group, on this machine, now.
    pub(crate) fn new(group: &str) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let (_, name) = text.lines().find(|line| line.starts_with("model name"))?.split_once(':')?;
            Some(name.trim().to_owned())
        });
        let processor = processor.unwrap_or_else(|| "an unnamed processor".to_owned());
        let machine = format!("{processor}, {cores} cores, {} {}", env::consts::OS, env::consts::ARCH);
        Self {
            group: group.to_owned(),
            machine,
            date: jiff::Timestamp::now().to_string(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// What a group has left, in Rust or by a script; none where it has not been measured.
    pub(super) fn load(group: &str) -> Result<Option<Self>, String> {
        let path = file_of(group);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| format!("{}: {error}", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// The row of this name.
    pub(super) fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// One figure more.
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// All figures that a program printed, one a line, each with the budget for its name.
    pub(crate) fn read(&mut self, lines: &str, budget: impl Fn(&str) -> Option<Budget>) -> Result<(), String> {
        for line in lines.lines() {
            let row: Row = serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            let budget = budget(&row.name);
            self.add(Row { budget, ..row });
        }
        Ok(())
    }

    /// Something that could not be measured.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The value of a row that is there.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        self.row(name).map(|row| row.value)
    }

    /// Writes the JSON, and gives the table; as an error when a budget is broken.
    pub(crate) fn finish(self) -> Result<String, String> {
        let file = file_of(&self.group);
        let json = serde_json::to_string_pretty(&self).map_err(|error| error.to_string())?;
        fs::create_dir_all(file.parent().unwrap_or(&file))
            .and_then(|()| fs::write(&file, json + "\n"))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let table = self.table();
        let missed: Vec<_> = self.rows.iter().filter(|row| !row.is_met()).map(|row| row.name.as_str()).collect();
        if missed.is_empty() {
            Ok(table)
        } else {
            Err(format!("{}: {} of its budgets are broken: {}\n\n{table}", self.group, missed.len(), missed.join("; ")))
        }
    }

    fn table(&self) -> String {
        let cells: Vec<_> = self.rows.iter().map(Row::cells).collect();
        let width =
            |column: usize| cells.iter().map(|row: &[String; 4]| row[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        let mut text = format!("{} ({})\n", self.group, self.machine);
        for [name, value, ratio, budget] in &cells {
            let line = format!("{name:<0$}  {value:>1$}  {ratio:>2$}  {budget}", widths[0], widths[1], widths[2]);
            let _ = writeln!(text, "{}", line.trim_end());
        }
        for note in &self.notes {
            let _ = writeln!(text, "not measured: {note}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_budget_and_a_ratio_that_is_not_there_are_not_met() {
        let row = || Row::new("a", 2.0, "ns");
        assert!(row().is_met() && row().within(Budget::Value(2.0)).is_met());
        assert!(!row().within(Budget::Value(1.9)).is_met());
        assert!(row().ratio(1.0).within(Budget::Ratio(1.0)).is_met());
        assert!(!row().ratio(1.1).within(Budget::Ratio(1.0)).is_met());
        assert!(!row().within(Budget::Ratio(9.0)).is_met());
    }

    #[test]
    fn what_a_program_prints_is_read_with_its_budget() {
        let mut report = Report::new("test");
        let line = r#"{"name":"a","value":1.5,"unit":"ns","ratio":1.2}"#;
        report.read(line, |name| (name == "a").then_some(Budget::Ratio(1.1))).expect("a figure");
        assert_eq!(report.rows[0].cells(), ["a", "1.50 ns", "1.200 times", "≤ 1.1 times MISSED"]);
        assert_eq!(report.value("a"), Some(1.5));
        report.read("no figure", |_| None).expect_err("no figure");
    }
}
