//! Input and JSON output of `ajo simulate`. `snapshots/simulate.trycmd` covers its text output and errors.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{CommandOutput, ajo_command, run_with_input};

const CAPPING: &str = "url: https://a.example/*\nmethods: [GET]\nservices:\n  action: { rating: { maxCallsCount: 20, \
                       periodInMs: 2000 } }\n";

/// A directory with a definition and a CSV file.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    for (name, text) in [("capping.yaml", CAPPING), ("calls.csv", "second,calls\n1,30\n")] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// Runs a command line such as `ajo simulate …` in a directory.
fn run(folder: &Path, line: &str, input: &str) -> CommandOutput {
    let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
    run_with_input(ajo_command(&arguments).current_dir(folder), input)
}

#[test]
fn csv_is_read_from_file_and_stdin() {
    let folder = folder();
    let offered = |line: &str, input: &str| {
        let output = run(folder.path(), line, input);
        let report: Value = serde_json::from_str(&output.stdout).expect("JSON");
        (report["rows"][1]["offered"].clone(), report["totals"]["allowed"].clone())
    };
    assert_eq!(offered("ajo simulate capping.yaml --csv calls.csv --output json", ""), (30.into(), 20.into()));
    assert_eq!(offered("ajo simulate capping.yaml --csv - --output json", "7\n9\n"), (9.into(), 16.into()));
    assert_eq!(offered("ajo simulate - --traffic 7x2 --output json", CAPPING), (7.into(), 14.into()));
}

#[test]
fn long_traffic_is_summarized_in_text() {
    let folder = folder();
    let text = run(folder.path(), "ajo simulate --traffic 5000x86400", "").stdout;
    assert_eq!(text.lines().skip(1).take_while(|line| !line.trim_start().starts_with("all")).count(), 25);
    let json = run(folder.path(), "ajo simulate --traffic 5x3000 --output json", "").stdout;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&report["version"], &report["intervalSeconds"]), (&1.into(), &1.into()));
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(3001));
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/simulate.md");

fn first_cells(page: &str, head: &str) -> Vec<String> {
    let rows =
        page.lines().skip_while(|line| !line.starts_with(head)).skip(2).take_while(|line| line.starts_with("| "));
    rows.filter_map(|row| row.split('`').nth(1)).map(str::to_owned).collect()
}

#[test]
fn page_lists_all_json_counts() {
    let page = fs::read_to_string(PAGE).expect("the page");
    let json = run(folder().path(), "ajo simulate --traffic 1x1 --output json", "").stdout;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let counts = first_cells(&page, "| field |");
    assert_eq!(counts, names(&report["totals"]));
    assert_eq!(names(&report["rows"][0]), [vec!["second".to_owned(), "queued".to_owned()], counts].concat());
    for name in ["limits", "assumptions", "longestQueue", "longestWaitMs", "peakPerSecond"] {
        assert!(report.get(name).is_some() && page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn page_lists_all_windows() {
    let page = fs::read_to_string(PAGE).expect("the page");
    let windows = first_cells(&page, "| `--window` |");
    let expected: Vec<String> = ajo_simulator::WindowKind::ALL.iter().map(|it| it.as_str().replace('_', "-")).collect();
    assert_eq!(windows, expected);
    for window in windows {
        let mut command: Command = ajo_command(&["simulate", "--traffic", "1x1", "--window", &window]);
        assert!(command.output().expect("ajo runs").status.success(), "{window}");
    }
}
