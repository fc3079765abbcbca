//! The figures of one group: read from the programs, merged over the runs, stored as JSON under target/bench/.

use std::path::PathBuf;
use std::{env, fs, io, thread};

use serde::{Deserialize, Serialize};

use super::group::Group;
use super::number::shown;
use crate::workspace::target;

/// Runs of a timed figure.
pub(super) const RUNS: usize = 5;
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

    /// Figures whose names start like this could not be measured. Every run may report that; the first reason is kept.
    pub(super) fn miss(&mut self, missing: &str, why: impl Into<String>) {
        if self.missing.iter().all(|it| it.missing != missing) {
            self.missing.push(Missing { missing: missing.to_owned(), why: why.into() });
        }
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Why a figure could not be measured.
    pub(super) fn reason(&self, name: &str) -> Option<&str> {
        self.missing.iter().find(|it| name.starts_with(&it.missing)).map(|it| it.why.as_str())
    }

    /// The median of a figure that may be published: a counted one, or one on which all timed runs agree.
    pub(super) fn stable(&self, runs: &Runs) -> Option<f64> {
        let needed = if self.group == Group::Counted.to_string() { 1 } else { RUNS };
        let extreme = |of: fn(f64, f64) -> f64| runs.0.iter().copied().reduce(of);
        let range = extreme(f64::max)? - extreme(f64::min)?;
        runs.median().filter(|median| runs.0.len() >= needed && range <= AGREEMENT * median.abs())
    }

    /// The figures in lines of Markdown, each with its budget.
    pub(super) fn rows_with(&self, budget: impl Fn(&str) -> String) -> String {
        let cell = |runs: &Runs, unit: &str| match self.stable(runs) {
            Some(median) => format!("{} {unit}", shown(median)).trim_end().to_owned(),
            None if runs.0.is_empty() => String::new(),
            None => "not stable".to_owned(),
        };
        let line = |row: &Row| {
            let (value, ratio) = (cell(&row.value, &row.unit), cell(&row.ratio, ""));
            format!("| {} | {value} | {ratio} | {} |\n", row.name, budget(&row.name))
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
        for ratio in [1.2, 1.2, 1.4, 1.2, 1.2] {
            report.read(&format!(r#"{{"name":"a","value":1.52,"unit":"ns","ratio":{ratio}}}"#)).expect("a figure");
            report.read(r#"{"missing":"b","why":"no valgrind"}"#).expect("a missing figure");
        }
        assert_eq!((report.rows.len(), report.rows[0].value.median()), (1, Some(1.52)));
        assert_eq!((report.missing.len(), report.reason("b, too")), (1, Some("no valgrind")));
        let row = "| a | 1.52 ns | not stable |  |\n";
        assert!(report.table().contains(row), "{}", report.table());
        report.read("no figure").expect_err("no figure");
    }

    #[test]
    fn five_runs_have_to_agree() {
        let cases = [
            (Group::Native, &[1.0, 1.04, 1.02, 1.0, 1.05][..], Some(1.02)),
            (Group::Native, &[1.0, 1.04, 1.02, 1.0, 1.06], None),
            (Group::Native, &[1.0, 1.0, 1.0, 1.0], None),
            (Group::Native, &[], None),
            (Group::Counted, &[0.0], Some(0.0)),
            (Group::Counted, &[], None),
        ];
        for (group, runs, stable) in cases {
            assert_eq!(Report::new(&group.to_string()).stable(&Runs(runs.to_vec())), stable, "{group}: {runs:?}");
        }
    }
}
