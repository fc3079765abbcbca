//! `ajo simulate`: what it prints, draws and refuses.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Ran, ajo, run_with_input};
use serde_json::Value;

const CAPPING: &str = "url: https://a.example/*\nmethods: [GET]\nservices:\n  action: { rating: { maxCallsCount: 20, \
                       periodInMs: 2000 } }\n";
const THROTTLING: &str = r#"{"urlPattern": "https://a.example/*", "methods": ["POST"], "maxThroughput": 200}"#;

/// A directory with both definitions and a CSV in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    for (name, text) in
        [("capping.yaml", CAPPING), ("throttling.json", THROTTLING), ("calls.csv", "second,calls\n1,30\n")]
    {
        fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// Runs a command line such as `ajo simulate …` there.
fn run(folder: &Path, line: &str, input: &str) -> Ran {
    let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
    run_with_input(ajo(&arguments).current_dir(folder), input)
}

#[test]
fn a_capping_limit_is_told_as_a_table_with_what_it_rests_on() {
    let ran = run(folder().path(), "ajo simulate capping.yaml --traffic 5x2,25x2", "");
    assert_eq!(
        ran.out,
        "\
second  offered  allowed  rejected
     0        5        5         0
     1        5        5         0
     2       25       20         5
     3       25        0        25
   all       60       30        30

limit       capping: 20 calls in 2 s; more are rejected, as 30 were
endpoint    at most 20 calls in one second
outcome     30 calls succeeded, 0 failed, 0 timed out
inferred    calls are counted in fixed windows, the first from second 0
documented  calls over a capping limit are rejected
documented  a call that outlasts the timeout is cancelled and not made again
chosen      the calls of a second are spread evenly over it, and maxHttpConnections limits nothing
"
    );
    assert_eq!((ran.err.as_str(), ran.code), ("", Some(0)));
}

#[test]
fn a_throttling_limit_queues_and_retries_use_its_slots() {
    let line = "ajo simulate throttling.json --traffic 400x1 --endpoint-failures first:1 --endpoint-latency 1000 --window \
                sliding";
    let ran = run(folder().path(), line, "");
    assert_eq!(
        ran.out,
        "\
second  offered  allowed  rejected  retries  waiting
     0      400      200         0        0      200
     1        0        0         0      200      200
     2        0      200         0        0        0
     3        0        0         0      200        0
     4        0        0         0        0        0
   all      400      400         0      400        0

limit       throttling: 200 calls in 1 s; more are queued, as 200 had to wait
limit       slow endpoint cap: 150,000 calls in 30 s; more are rejected, as 0 were
endpoint    at most 200 calls in one second
outcome     400 calls succeeded, 0 failed, 0 timed out
retries     400 made, each in a slot of its own; 0 rejected
queue       at most 200 calls; 200 were made from it, after at most 1500 ms
inferred    calls are counted in a sliding window, the period before each moment
documented  custom actions reach an endpoint slower than 0.75 s at most 150,000 times in a sliding window of 30 s
documented  calls over a throttling limit wait up to 6 hours and leave in the order they came
documented  calls over a capping limit are rejected
documented  a failed call is made again up to 3 times within the timeout, and each retry uses a slot
inferred    a retry follows its failure at once, and comes before calls that came later
inferred    a retry that throttling holds up waits until the timeout of its call
documented  a call that outlasts the timeout is cancelled and not made again
chosen      the calls of a second are spread evenly over it, and maxHttpConnections limits nothing
"
    );
}

#[test]
fn a_csv_is_played_from_a_file_and_from_standard_input() {
    let folder = folder();
    let offered = |line: &str, input: &str| {
        let ran = run(folder.path(), line, input);
        let report: Value = serde_json::from_str(&ran.out).expect("JSON");
        (report["rows"][1]["offered"].clone(), report["totals"]["allowed"].clone())
    };
    assert_eq!(offered("ajo simulate capping.yaml --csv calls.csv --output json", ""), (30.into(), 20.into()));
    assert_eq!(offered("ajo simulate capping.yaml --csv - --output json", "7\n9\n"), (9.into(), 16.into()));
    assert_eq!(offered("ajo simulate - --traffic 7x2 --output json", CAPPING), (7.into(), 14.into()));
}

#[test]
fn a_long_traffic_is_told_in_thirty_rows_at_most_and_whole_in_json() {
    let folder = folder();
    let text = run(folder.path(), "ajo simulate --traffic 5000x86400", "").out;
    assert_eq!(text.lines().skip(1).take_while(|line| !line.trim_start().starts_with("all")).count(), 25);
    let json = run(folder.path(), "ajo simulate --traffic 5x3000 --output json", "").out;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&report["version"], &report["intervalSeconds"]), (&1.into(), &1.into()));
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(3001));
}

#[test]
fn what_cannot_be_played_is_told_in_one_message_with_its_code() {
    let folder = folder();
    fs::write(folder.path().join("other.yaml"), "name: nothing\n").expect("written");
    fs::write(folder.path().join("zero.json"), THROTTLING.replace("200", "0")).expect("written");
    fs::write(folder.path().join("bad.csv"), "second,calls\n0,5\n0,many\n").expect("written");
    let cases = [
        ("ajo simulate", 64, "the following required arguments were not provided"),
        ("ajo simulate --traffic 5x", 64, "part 1 of the traffic, `5x`: expected CALLSxSECONDS"),
        ("ajo simulate --traffic 1x1 --csv calls.csv", 64, "cannot be used with"),
        ("ajo simulate --traffic 1x1 --window leaky", 64, "expected fixed, sliding or token-bucket"),
        ("ajo simulate --traffic 1x1 --service mail", 64, "expected action or data-source"),
        ("ajo simulate --traffic 1x1 --timeout 31", 64, "31 is not in 1..=30"),
        ("ajo simulate --traffic 1x1 --endpoint-latency 0", 64, "0 is not in 1..=600000"),
        ("ajo simulate --traffic 1x1 --endpoint-failures 2", 64, "failures are a share from 0 to 1"),
        (
            "ajo simulate --traffic 1x1 --chart chart.png",
            64,
            "the chart is drawn as SVG, and chart.png is not named so",
        ),
        ("ajo simulate - --csv -", 64, "standard input can be read once only"),
        ("ajo simulate capping.yaml capping.yaml --traffic 1x1", 64, "both definitions are of capping"),
        (
            "ajo simulate throttling.json --traffic 1x1 --service data-source",
            64,
            "throttling limits custom actions only",
        ),
        ("ajo simulate other.yaml --traffic 1x1", 1, "the definition is neither one of capping"),
        ("ajo simulate zero.json --traffic 1x1", 1, "the throttling definition cannot be deployed: "),
        ("ajo simulate none.yaml --traffic 1x1", 1, "failed to read none.yaml: "),
        ("ajo simulate --csv bad.csv", 1, "bad.csv: line 3: `many` is not a whole number"),
        ("ajo simulate --traffic 1x1 --chart none/chart.svg", 1, "failed to draw none/chart.svg: "),
    ];
    for (line, code, problem) in cases {
        let ran = run(folder.path(), line, "");
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{line}: {}", ran.err);
        assert_eq!(ran.err.matches("error: ").count(), 1, "{line}: {}", ran.err);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(problem), "{line}: {}", ran.err);
    }
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/simulate.md");

fn first_cells(page: &str, head: &str) -> Vec<String> {
    let rows =
        page.lines().skip_while(|line| !line.starts_with(head)).skip(2).take_while(|line| line.starts_with("| "));
    rows.filter_map(|row| row.split('`').nth(1)).map(str::to_owned).collect()
}

#[test]
fn the_counts_on_the_page_are_those_of_the_json() {
    let page = fs::read_to_string(PAGE).expect("the page");
    let json = run(folder().path(), "ajo simulate --traffic 1x1 --output json", "").out;
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
fn the_windows_on_the_page_are_those_of_the_command() {
    let page = fs::read_to_string(PAGE).expect("the page");
    let windows = first_cells(&page, "| `--window` |");
    let said: Vec<String> = ajo_simulator::Window::ALL.iter().map(|it| it.as_str().replace('_', "-")).collect();
    assert_eq!(windows, said);
    for window in windows {
        let mut command: Command = ajo(&["simulate", "--traffic", "1x1", "--window", &window]);
        assert!(command.output().expect("ajo runs").status.success(), "{window}");
    }
}
