//! The figures of one group: read from the programs, merged over the runs, stored as JSON under target/bench/.

use std::fmt;
use std::path::PathBuf;
use std::{env, fs, io, thread};

use serde::{Deserialize, Serialize};

use super::number::shown;
use crate::workspace::target;

/// The runs of a published figure differ by at most this share of their median.
const AGREEMENT: f64 = 0.05;

/// The figures of one group.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) group: String,
    pub(super) machine: String,
    pub(super) date: String,
    pub(super) rows: Vec<Row>,
    #[serde(default)]
    missing: Vec<Missing>,
    /// Sentences below the table.
    #[serde(default)]
    pub(super) notes: Vec<String>,
}

/// One figure.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) value: Runs,
    /// The value divided by that of the other contestant; empty if there is none.
    #[serde(default)]
    pub(super) ratio: Runs,
}

/// The results of all runs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Runs(Vec<f64>);

/// Figures that could not be measured here.
#[derive(Debug, Serialize, Deserialize)]
struct Missing {
    /// The start of their names.
    missing: String,
    why: String,
}

/// A line of a program's output.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Figure { name: String, value: f64, unit: String, ratio: Option<f64> },
    Missing(Missing),
}

impl Runs {
    /// `None` without a run.
    pub(super) fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }

    /// The median, if all runs agree.
    pub(super) fn stable(&self) -> Option<f64> {
        let (low, high) = self.range();
        self.median().filter(|median| high - low <= AGREEMENT * median.abs())
    }

    fn range(&self) -> (f64, f64) {
        let low = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        (low, self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.range();
        match (self.0.is_empty(), self.stable()) {
            (true, _) => Ok(()),
            (false, Some(median)) => f.write_str(&shown(median)),
            (false, None) => write!(f, "not stable ({}–{})", shown(low), shown(high)),
        }
    }
}

impl Row {
    pub(super) fn new(name: impl Into<String>, value: f64, unit: &str, ratio: Option<f64>) -> Self {
        let (value, ratio) = (Runs(vec![value]), Runs(ratio.into_iter().collect()));
        Self { name: name.into(), unit: unit.to_owned(), value, ratio }
    }
}

impl Report {
    /// An empty report of this group, on this machine, now.
    pub(super) fn new(group: &str) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let (_, name) = text.lines().find(|line| line.starts_with("model name"))?.split_once(':')?;
            Some(name.trim().to_owned())
        });
        let processor = processor.unwrap_or_else(|| "unknown processor".to_owned());
        Self {
            group: group.to_owned(),
            machine: format!("{processor}, {cores} cores, {} {}", env::consts::OS, env::consts::ARCH),
            date: jiff::Timestamp::now().to_string(),
            rows: Vec::new(),
            missing: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The figures of an earlier measurement; `None` if the group has not been measured.
    pub(super) fn load(group: &str) -> Result<Option<Self>, String> {
        let path = file_of(group);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| format!("{}: {error}", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    pub(super) fn save(&self) -> Result<(), String> {
        let file = file_of(&self.group);
        let json = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        fs::create_dir_all(target().join("bench"))
            .and_then(|()| fs::write(&file, json + "\n"))
            .map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Adds a figure; one with the name of an earlier figure is another run of it.
    pub(super) fn add(&mut self, row: Row) {
        match self.rows.iter_mut().find(|it| it.name == row.name) {
            Some(known) => {
                known.value.0.extend(row.value.0);
                known.ratio.0.extend(row.ratio.0);
            }
            None => self.rows.push(row),
        }
    }

    /// Adds the output of a program: a JSON object per line.
    pub(super) fn read(&mut self, lines: &str) -> Result<(), String> {
        for line in lines.lines() {
            match serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))? {
                Line::Figure { name, value, unit, ratio } => self.add(Row::new(name, value, &unit, ratio)),
                Line::Missing(Missing { missing, why }) => self.miss(&missing, why),
            }
        }
        Ok(())
    }

    /// Figures whose names start like this could not be measured.
    pub(super) fn miss(&mut self, missing: &str, why: impl Into<String>) {
        self.missing.push(Missing { missing: missing.to_owned(), why: why.into() });
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Why a figure could not be measured.
    pub(super) fn reason(&self, name: &str) -> Option<&str> {
        self.missing.iter().find(|it| name.starts_with(&it.missing)).map(|it| it.why.as_str())
    }

    /// The figures in lines of Markdown, each with its budget.
    pub(super) fn rows_with(&self, budget: impl Fn(&str) -> String) -> String {
        let line = |row: &Row| {
            let value = format!("{} {}", row.value, row.unit);
            format!("| {} | {} | {} | {} |\n", row.name, value.trim_end(), row.ratio, budget(&row.name))
        };
        let head = "| figure | | ratio | budget |\n|---|---|---|---|\n".to_owned();
        self.rows.iter().fold(head, |text, row| text + &line(row))
    }

    /// The same for a terminal, with the figures that are missing.
    pub(super) fn table(&self) -> String {
        let missing = |it: &Missing| format!("not measured: {} …: {}\n", it.missing, it.why);
        self.rows_with(|_| String::new())
            + &self.missing.iter().map(missing).collect::<String>()
            + &self.notes.join("\n")
    }
}

fn file_of(group: &str) -> PathBuf {
    target().join("bench").join(format!("{group}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_merged_by_name() {
        let mut report = Report::new("test");
        report.read(r#"{"name":"a","value":1.5,"unit":"ns","ratio":1.2}"#).expect("a figure");
        report.read(r#"{"name":"a","value":1.52,"unit":"ns","ratio":1.4}"#).expect("another run");
        report.read(r#"{"missing":"b","why":"no valgrind"}"#).expect("a missing figure");
        assert_eq!((report.rows.len(), report.rows[0].value.median()), (1, Some(1.52)));
        assert_eq!(report.reason("b, too"), Some("no valgrind"));
        let row = "| a | 1.52 ns | not stable (1.20–1.40) |  |\n";
        assert!(report.table().contains(row), "{}", report.table());
        report.read("no figure").expect_err("no figure");
    }

    #[test]
    fn five_runs_have_to_agree() {
        let cases = [
            (&[1.0, 1.04, 1.02, 1.0, 1.05][..], Some(1.02), "1.02"),
            (&[1.0, 1.04, 1.02, 1.0, 1.06], None, "not stable (1–1.06)"),
            (&[0.0], Some(0.0), "0"),
            (&[], None, ""),
        ];
        for (runs, stable, text) in cases {
            let runs = Runs(runs.to_vec());
            assert_eq!((runs.stable(), runs.to_string().as_str()), (stable, text));
        }
    }
}
