//! The figures of one group, merged over all runs and stored as JSON under target/bench/.

use std::path::PathBuf;
use std::{env, fs, io, thread};

use serde::{Deserialize, Serialize};

use super::group::BenchGroup;
use super::number_format::format_number;
use crate::workspace::target;

/// Number of runs of a timed figure.
pub(super) const RUNS: usize = 5;
/// Maximum difference between the runs of a stable figure, as a share of their median.
const MAX_SPREAD: f64 = 0.05;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BenchReport {
    pub(super) group: String,
    pub(super) machine: String,
    pub(super) date: String,
    pub(super) rows: Vec<BenchFigure>,
    #[serde(default)]
    missing: Vec<UnmeasuredFigure>,
    /// Sentences below the table.
    #[serde(default)]
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BenchFigure {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) value: RunValues,
    /// The value divided by the other client's; empty without a comparison.
    #[serde(default)]
    pub(super) ratio: RunValues,
}

/// The values of all runs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct RunValues(Vec<f64>);

/// Figures that could not be measured here.
#[derive(Debug, Serialize, Deserialize)]
struct UnmeasuredFigure {
    /// The common prefix of their names.
    missing: String,
    reason: String,
}

/// A line of a program's output.
#[derive(Deserialize)]
#[serde(untagged)]
enum OutputLine {
    Figure { name: String, value: f64, unit: String, ratio: Option<f64> },
    Missing(UnmeasuredFigure),
}

impl RunValues {
    /// `None` without a run.
    pub(super) fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }
}

impl BenchFigure {
    pub(super) fn new(name: impl Into<String>, value: f64, unit: &str, ratio: Option<f64>) -> Self {
        let (value, ratio) = (RunValues(vec![value]), RunValues(ratio.into_iter().collect()));
        Self { name: name.into(), unit: unit.to_owned(), value, ratio }
    }
}

impl BenchReport {
    /// An empty report for this group on this machine.
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

    /// Loads an earlier measurement; `None` without one.
    pub(super) fn load(group: &str) -> Result<Option<Self>, String> {
        let path = report_path(group);
        match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| format!("{}: {error}", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    pub(super) fn save(&self) -> Result<(), String> {
        let file = report_path(&self.group);
        let json = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        fs::create_dir_all(target().join("bench"))
            .and_then(|()| fs::write(&file, json + "\n"))
            .map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Adds a figure. A figure with the same name is another run.
    pub(super) fn add(&mut self, row: BenchFigure) {
        match self.rows.iter_mut().find(|it| it.name == row.name) {
            Some(figure) => {
                figure.value.0.extend(row.value.0);
                figure.ratio.0.extend(row.ratio.0);
            }
            None => self.rows.push(row),
        }
    }

    /// Adds a program's output: one JSON object per line.
    pub(super) fn add_output(&mut self, lines: &str) -> Result<(), String> {
        for line in lines.lines() {
            match serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))? {
                OutputLine::Figure { name, value, unit, ratio } => {
                    self.add(BenchFigure::new(name, value, &unit, ratio));
                }
                OutputLine::Missing(UnmeasuredFigure { missing, reason }) => self.add_unmeasured(&missing, reason),
            }
        }
        Ok(())
    }

    /// Records that figures with this prefix could not be measured. The first reason wins.
    pub(super) fn add_unmeasured(&mut self, missing: &str, reason: impl Into<String>) {
        if self.missing.iter().all(|it| it.missing != missing) {
            self.missing.push(UnmeasuredFigure { missing: missing.to_owned(), reason: reason.into() });
        }
    }

    pub(super) fn add_note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The reason why a figure could not be measured.
    pub(super) fn unmeasured_reason(&self, name: &str) -> Option<&str> {
        self.missing.iter().find(|it| name.starts_with(&it.missing)).map(|it| it.reason.as_str())
    }

    /// The median of a stable figure: a counted one, or a timed one whose runs agree.
    pub(super) fn stable_median(&self, runs: &RunValues) -> Option<f64> {
        let needed = if self.group == BenchGroup::Counts.to_string() { 1 } else { RUNS };
        let extreme = |pick: fn(f64, f64) -> f64| runs.0.iter().copied().reduce(pick);
        let range = extreme(f64::max)? - extreme(f64::min)?;
        runs.median().filter(|median| runs.0.len() >= needed && range <= MAX_SPREAD * median.abs())
    }

    /// A Markdown table of the figures and their budgets.
    pub(super) fn markdown_table(&self, budget: impl Fn(&str) -> String) -> String {
        let cell = |runs: &RunValues, unit: &str| match self.stable_median(runs) {
            Some(median) => format!("{} {unit}", format_number(median)).trim_end().to_owned(),
            None if runs.0.is_empty() => String::new(),
            None => "not stable".to_owned(),
        };
        let line = |row: &BenchFigure| {
            let (value, ratio) = (cell(&row.value, &row.unit), cell(&row.ratio, ""));
            format!("| {} | {value} | {ratio} | {} |\n", row.name, budget(&row.name))
        };
        let head = "| figure | | ratio | budget |\n|---|---|---|---|\n".to_owned();
        self.rows.iter().fold(head, |text, row| text + &line(row))
    }

    /// A table for the terminal, followed by the unmeasured figures and the notes.
    pub(super) fn terminal_table(&self) -> String {
        let missing = |it: &UnmeasuredFigure| format!("not measured: {} …: {}\n", it.missing, it.reason);
        self.markdown_table(|_| String::new())
            + &self.missing.iter().map(missing).collect::<String>()
            + &self.notes.join("\n")
    }
}

fn report_path(group: &str) -> PathBuf {
    target().join("bench").join(format!("{group}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_merged_by_name() {
        let mut report = BenchReport::new("test");
        for ratio in [1.2, 1.2, 1.4, 1.2, 1.2] {
            report
                .add_output(&format!(r#"{{"name":"a","value":1.52,"unit":"ns","ratio":{ratio}}}"#))
                .expect("a figure");
            report.add_output(r#"{"missing":"b","reason":"no valgrind"}"#).expect("a missing figure");
        }
        assert_eq!((report.rows.len(), report.rows[0].value.median()), (1, Some(1.52)));
        assert_eq!((report.missing.len(), report.unmeasured_reason("b, too")), (1, Some("no valgrind")));
        let row = "| a | 1.52 ns | not stable |  |\n";
        assert!(report.terminal_table().contains(row), "{}", report.terminal_table());
        report.add_output("no figure").expect_err("no figure");
    }

    #[test]
    fn unstable_runs_have_no_median() {
        let cases = [
            (BenchGroup::Native, &[1.0, 1.04, 1.02, 1.0, 1.05][..], Some(1.02)),
            (BenchGroup::Native, &[1.0, 1.04, 1.02, 1.0, 1.06], None),
            (BenchGroup::Native, &[1.0, 1.0, 1.0, 1.0], None),
            (BenchGroup::Native, &[], None),
            (BenchGroup::Counts, &[0.0], Some(0.0)),
            (BenchGroup::Counts, &[], None),
        ];
        for (group, runs, stable) in cases {
            assert_eq!(
                BenchReport::new(&group.to_string()).stable_median(&RunValues(runs.to_vec())),
                stable,
                "{group}: {runs:?}"
            );
        }
    }
}
