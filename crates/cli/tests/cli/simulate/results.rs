//! The results of `ajo simulate`.

use serde_json::json;

use super::{CAPPING, folder, report, report_in, run, run_in};
use crate::support::{CommandOutput, ajo_command};

/// Runs `ajo simulate --traffic 30x1` with the definition and these expectations.
fn run_expecting(expectations: &[&str], output: &str) -> CommandOutput {
    let folder = folder(&[("capping.yaml", CAPPING)]);
    let mut command = ajo_command(&["simulate", "capping.yaml", "--traffic", "30x1", "--output", output]);
    for expectation in expectations {
        command.args(["--expect", expectation]);
    }
    command.current_dir(folder.path()).output().expect("ajo runs").into()
}

#[test]
fn failed_expectation_exits_with_8() {
    let met = run_expecting(&["rejected = 10", "max_latency<1s"], "text");
    assert_eq!((met.exit_code, met.stderr.as_str()), (Some(0), ""));
    assert!(
        met.stdout.contains("\nexpected     rejected = 10: met, 10\nexpected     max_latency < 1s: met, 100 ms\n"),
        "{}",
        met.stdout
    );
    let failed = run_expecting(&["rejected = 0", "sent > 5", "rejected < 1%"], "text");
    let problem =
        "error: 2 of 3 expectations failed: rejected = 0: not met, 10; rejected < 1%: not met, 10 of 30 (33.333%)\n";
    assert_eq!((failed.exit_code, failed.stderr.as_str()), (Some(8), problem));
    assert!(failed.stdout.contains("30 offered: 20 succeeded"), "{}", failed.stdout);
}

#[test]
fn json_has_expectations() {
    let output = run_expecting(&["rejected = 0"], "json");
    let report = super::parse_report(&output);
    assert_eq!(report["expectations"], json!([{"expectation": "rejected = 0", "met": false, "actual": 10}]));
    let error: serde_json::Value = serde_json::from_str(&output.stderr).expect("JSON");
    assert_eq!(error["error"]["exitCode"], 8);
}

#[test]
fn mode_depends_on_the_number_of_calls() {
    assert_eq!(report("simulate --traffic 1000x3000")["mode"], "exact");
    assert_eq!(report("simulate --traffic 1000x3001")["mode"], "cohort");
    assert_eq!(report("simulate --traffic 10x1 --mode cohort")["mode"], "cohort");
    assert!(run("simulate --traffic 10x1 --mode cohort").stdout.starts_with("cohort mode; "));
}

#[test]
fn queue_that_drops_is_described() {
    let throttling = "urlPattern: https://a.example/*\nmethods: [GET]\nmaxThroughput: 200\n";
    let folder = folder(&[("throttling.yaml", throttling)]);
    let line = "simulate throttling.yaml --traffic 250x86400 --mode cohort";
    let text = run_in(folder.path(), line, "").stdout;
    assert!(text.contains("\n h:min:s  ") && text.contains("each row is 1 h"), "{text}");
    // λ = 250/s into μ = 200/s: a backlog of 6 h × 200/s at 24 h, so no call is dropped.
    assert!(text.contains("no call is dropped; empty at 29 h 59 min 59 s"), "{text}");
    let text = run_in(folder.path(), &line.replace("250x86400", "500x43200"), "").stdout;
    // The first dropped call arrives at 6 h × 200 ÷ 300 and is dropped 6 h later, at 10 h.
    assert!(text.contains("calls are dropped from 10 h on; empty at 18 h"), "{text}");
}

#[test]
fn text_and_json_agree() {
    let folder = folder(&[("capping.yaml", CAPPING)]);
    let line = "simulate capping.yaml --traffic 30x2 --latency exp:300 --seed 3";
    let report = report_in(folder.path(), line, "");
    let text = run_in(folder.path(), line, "").stdout;
    let p99 = report["latency"]["p99"].as_f64().expect("a number");
    assert!(p99 < 10_000.0 && text.contains(&format!("P99_LATENCY_MS {}", p99.round())), "{p99}: {text}");
    for assumption in report["assumptions"].as_array().expect("a list") {
        let part = |name: &str| assumption[name].as_str().expect("a string");
        let line = format!("\n{:<12}{} [{}]\n", part("provenance"), part("statement"), part("source"));
        assert!(format!("{text}\n").contains(&line), "{line}{text}");
    }
}

#[test]
fn long_traffic_is_summarized_in_text() {
    let text = run("simulate --traffic 500x86400").stdout;
    let rows = text.lines().skip_while(|line| !line.contains("offered")).skip(1);
    assert_eq!(
        rows.take_while(|line| !line.starts_with("total") && !line.trim_start().starts_with("total")).count(),
        25
    );
    let report = report("simulate --traffic 5x3000");
    assert_eq!((&report["version"], &report["intervalSeconds"]), (&1.into(), &1.into()));
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(3000));
}

#[test]
fn data_sources_are_not_in_adobes_queries() {
    let actions = run("simulate --traffic 20x1").stdout;
    assert!(actions.contains("TOTAL_CALLS 20") && actions.contains("Adobe's queries count"), "{actions}");
    let data_sources = run("simulate --traffic 20x1 --service data-source").stdout;
    assert!(data_sources.contains("5 rejected") && !data_sources.contains("queries count"), "{data_sources}");
    assert!(!data_sources.contains("TOTAL_CALLS"), "{data_sources}");
}

#[test]
fn escaped_names_are_aligned() {
    let mut command = ajo_command(&["simulate", "--traffic", "a\u{202e}=20x1", "--traffic", "b=5x1"]);
    let output: CommandOutput = command.output().expect("ajo runs").into();
    let table: Vec<&str> = output.stdout.lines().skip_while(|line| !line.starts_with("journey ")).take(3).collect();
    assert_eq!(
        table,
        [
            "journey    offered  sent  succeeded",
            "a\\u{202e}       20    20         20",
            "b                5     5          5"
        ]
    );
}
