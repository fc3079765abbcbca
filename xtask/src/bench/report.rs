//! What a group of measurements comes to, in the one form that all of them have: a table for people, JSON under target/bench/.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io, thread};

use serde::{Deserialize, Serialize};

use crate::npm::target;

/// Where a group leaves its figures.
fn file_of(group: &str) -> PathBuf {
    target().join("bench").join(format!("{group}.json"))
}

/// Takes away what a group has left before.
pub(super) fn forget(group: &str) -> Result<(), String> {
    let path = file_of(group);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(format!("{}: {error}", path.display())),
        _ => Ok(()),
    }
}

/// The figures of one group.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    group: String,
    pub(super) machine: String,
    pub(super) date: String,
    pub(super) rows: Vec<Row>,
    /// What could not be measured here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missing: Vec<Missing>,
    /// What a table cannot say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) remarks: Vec<String>,
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
}

/// What could not be measured.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Missing {
    /// How the names of its rows begin.
    rows: String,
    why: String,
}

impl Row {
    /// One without a ratio.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self { name: name.into(), value, unit: unit.to_owned(), ratio: None }
    }

    /// With this ratio.
    pub(crate) fn ratio(self, ratio: f64) -> Self {
        Self { ratio: Some(ratio), ..self }
    }

    fn cells(&self) -> [String; 3] {
        let ratio = self.ratio.map_or_else(String::new, |ratio| format!("{ratio:.3} times"));
        let digits = if self.value.fract() == 0.0 { 0 } else { 2 };
        [self.name.clone(), format!("{:.digits$} {}", self.value, self.unit).trim_end().to_owned(), ratio]
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
            missing: Vec::new(),
            remarks: Vec::new(),
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

    /// All figures that a program printed, one a line.
    pub(crate) fn read(&mut self, lines: &str) -> Result<(), String> {
        for line in lines.lines() {
            self.add(serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?);
        }
        Ok(())
    }

    /// The rows whose names begin so could not be measured.
    pub(crate) fn miss(&mut self, rows: &str, why: impl Into<String>) {
        self.missing.push(Missing { rows: rows.to_owned(), why: why.into() });
    }

    /// A sentence that belongs to the figures.
    pub(crate) fn remark(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }

    /// Why the row of this name could not be measured.
    pub(super) fn excuse(&self, name: &str) -> Option<&str> {
        self.missing.iter().find(|missing| name.starts_with(&missing.rows)).map(|missing| missing.why.as_str())
    }

    /// The value of a row that is there.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        self.row(name).map(|row| row.value)
    }

    /// Writes the JSON, and gives the table.
    pub(crate) fn finish(self) -> Result<String, String> {
        let file = file_of(&self.group);
        let json = serde_json::to_string_pretty(&self).map_err(|error| error.to_string())?;
        fs::create_dir_all(file.parent().unwrap_or(&file))
            .and_then(|()| fs::write(&file, json + "\n"))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(self.table())
    }

    fn table(&self) -> String {
        let cells: Vec<_> = self.rows.iter().map(Row::cells).collect();
        let width =
            |column: usize| cells.iter().map(|row: &[String; 3]| row[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        let mut text = format!("{} ({})\n", self.group, self.machine);
        for [name, value, ratio] in &cells {
            let line = format!("{name:<0$}  {value:>1$}  {ratio:>2$}", widths[0], widths[1], widths[2]);
            let _ = writeln!(text, "{}", line.trim_end());
        }
        for Missing { rows, why } in &self.missing {
            let _ = writeln!(text, "not measured: {rows} …, because {why}");
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "{remark}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_prints_is_read_and_shown_with_its_ratio() {
        let mut report = Report::new("test");
        report.read(r#"{"name":"a","value":1.5,"unit":"ns","ratio":1.2}"#).expect("a figure");
        assert_eq!(report.rows[0].cells(), ["a", "1.50 ns", "1.200 times"]);
        assert_eq!(report.value("a"), Some(1.5));
        report.read("no figure").expect_err("no figure");
    }
}
