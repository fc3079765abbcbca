//! `ajo simulate --sql`.

use super::{folder, parse_report, run_in};
use crate::support::ajo_command;

const LIMITS: &str = "version: 1
sandbox: prod
capping:
  - url: https://a.example/v_1/*
    methods: [POST]
    services: { action: { rating: { maxCallsCount: 100, periodInMs: 1000 } } }
  - url: https://data.example/*
    methods: [GET]
    services: { dataSource: { rating: { maxCallsCount: 10, periodInMs: 1000 } } }
throttling: { urlPattern: \"https://b.example/it's\", methods: [POST], maxThroughput: 300 }
";

#[test]
fn queries_select_the_endpoints_of_the_file() {
    let folder = folder(&[("prod.yaml", LIMITS)]);
    let output = run_in(folder.path(), "simulate --sql 7d prod.yaml", "");
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let filter = "    AND (event.actionOriginEndpoint LIKE 'https://a.example/v!_1/%' ESCAPE '!'
      OR event.actionOriginEndpoint LIKE 'https://b.example/it_s' ESCAPE '!')\n";
    assert_eq!(output.stdout.matches(filter).count(), 3, "{}", output.stdout);
    assert_eq!(output.stdout.matches("timestamp >= NOW() - INTERVAL '7' DAY\n").count(), 3);
    assert!(!output.stdout.contains("data.example") && !output.stdout.contains("it's"), "{}", output.stdout);
    assert!(output.stderr.contains("limits for data sources only are left out"), "{}", output.stderr);
    for text in
        ["error IN ('capping', 'capped')", "error IN ('timeout', 'timedout')", "-- Documented: ", "-- Inferred: "]
    {
        assert!(output.stdout.contains(text), "{text}");
    }
}

#[test]
fn queries_without_sources_select_all() {
    let folder = folder(&[]);
    let report = parse_report(&run_in(folder.path(), "simulate --sql 24h --output json", ""));
    assert_eq!((&report["version"], &report["period"]), (&1.into(), &"24h".into()));
    let queries = report["queries"].as_array().expect("queries");
    let names: Vec<_> = queries.iter().map(|query| query["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["calls", "latency", "queue"]);
    for query in queries {
        let sql = query["sql"].as_str().expect("SQL");
        assert!(sql.contains("INTERVAL '24' HOUR") && !sql.contains("LIKE"), "{sql}");
    }
}

#[test]
fn queries_contain_no_secret() {
    let limits = "version: 1
sandbox: prod
secrets: [TOKEN]
capping:
  - url: https://a.example/${TOKEN}/*
    methods: [POST]
    services: { action: { rating: { maxCallsCount: 100, periodInMs: 1000 } } }
";
    let folder = folder(&[("prod.yaml", limits)]);
    let mut command = ajo_command(&["simulate", "--sql", "7d", "prod.yaml"]);
    let output = command.env("TOKEN", "canary-0123456789abcdef").current_dir(folder.path()).output().expect("ajo runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert!(stdout.contains("LIKE 'https://a.example/%/%'"), "{stdout}");
    assert!(!stdout.contains("canary") && !stderr.contains("canary"), "{stdout}{stderr}");
}

#[test]
fn wrong_queries_are_usage_errors() {
    let data_sources = "url: https://a.example/*
methods: [GET]
services: { dataSource: { rating: { maxCallsCount: 1, periodInMs: 1000 } } }
";
    let folder = folder(&[("data.yaml", data_sources)]);
    for period in ["7", "0d", "91d", "week"] {
        let output = run_in(folder.path(), &format!("simulate --sql {period}"), "");
        assert!(output.exit_code == Some(64) && output.stderr.contains("such as 24h or 7d"), "{}", output.stderr);
    }
    for option in ["--url https://a.example/", "--method GET", "--service action"] {
        let output = run_in(folder.path(), &format!("simulate --sql 7d data.yaml {option}"), "");
        assert!(output.exit_code == Some(64) && output.stderr.contains("cannot be used with"), "{}", output.stderr);
    }
    let output = run_in(folder.path(), "simulate --sql 7d data.yaml", "");
    assert_eq!(output.exit_code, Some(1));
    assert!(output.stderr.contains("the sources have no limit for custom actions"), "{}", output.stderr);
}
