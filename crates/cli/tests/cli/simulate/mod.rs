//! `ajo simulate`. `snapshots/simulate.trycmd` covers its text output and the errors of single options.

mod inputs;
mod known_problems;
mod observed;
mod page;
mod results;
#[cfg(target_os = "linux")]
mod signals;
mod sql;
mod wrong_inputs;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{CommandOutput, ajo_command, run_with_input};

const CAPPING: &str = "url: https://a.example/*
methods: [GET]
services:
  action: { maxHttpConnections: 50, rating: { maxCallsCount: 20, periodInMs: 2000 } }
";

/// Two limits for one URL, and one for another.
const LIMITS: &str = "version: 1
sandbox: prod
capping:
  - url: https://a.example/*
    methods: [GET]
    services: { action: { rating: { maxCallsCount: 20, periodInMs: 1000 } } }
  - url: https://b.example/*
    methods: [POST]
    services: { action: { rating: { maxCallsCount: 600, periodInMs: 1000 } } }
throttling: { urlPattern: 'https://b.example/v1/*', methods: [POST], maxThroughput: 300 }
";

/// A directory with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// Runs a command line such as `simulate --traffic 1x1` in a directory.
fn run_in(folder: &Path, line: &str, input: &str) -> CommandOutput {
    let arguments: Vec<&str> = line.split_whitespace().collect();
    run_with_input(ajo_command(&arguments).current_dir(folder), input)
}

/// Runs a command line in an empty directory.
fn run(line: &str) -> CommandOutput {
    run_in(folder(&[]).path(), line, "")
}

fn parse_report(output: &CommandOutput) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr))
}

/// The JSON report of a command line.
fn report_in(folder: &Path, line: &str, input: &str) -> Value {
    parse_report(&run_in(folder, &format!("{line} --output json"), input))
}

fn report(line: &str) -> Value {
    report_in(folder(&[]).path(), line, "")
}

/// The names and calls of the limits of a report.
fn limits_of(report: &Value) -> Vec<(String, u64)> {
    let limits = report["limits"].as_array().expect("a list");
    let limit = |limit: &Value| {
        (limit["name"].as_str().expect("a name").to_owned(), limit["calls"].as_u64().expect("a number"))
    };
    limits.iter().map(limit).collect()
}
