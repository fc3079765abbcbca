//! `ajo simulate --observed`.

use serde_json::{Value, json};

use super::{folder, parse_report, run_in};
use crate::limits::fixture::LimitsFixture;
use crate::support::CommandOutput;

const LIMITS: &str = "version: 1
sandbox: prod
capping:
  - url: https://a.example/v1/*
    methods: [POST]
    services:
      action: { rating: { maxCallsCount: 100, periodInMs: 1000 } }
";

/// A higher limit, and one for data sources.
const HIGHER: &str = "version: 1
sandbox: prod
capping:
  - url: https://a.example/v1/*
    methods: [POST]
    services:
      action: { rating: { maxCallsCount: 500, periodInMs: 1000 } }
      dataSource: { rating: { maxCallsCount: 15, periodInMs: 1000 } }
";

/// 80, 150, and 50 calls per second; 3,000 calls were capped.
const CALLS: &str =
    "ENDPOINT,SPAN,TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS,THROUGHPUT_RPS
https://a.example/v1/send,2026/11/29 08:15,4800,4800,0,0,0,0,80.0
https://a.example/v1/send,2026/11/29 08:16,9000,6000,0,0,0,3000,150.0
https://a.example/v1/send,2026/11/29 08:17,3000,3000,0,0,0,0,50.0
https://b.example/,2026/11/29 09:00,60,60,0,0,0,0,1.0
";

const LATENCY: &str = "ENDPOINT,SUCCESSFUL_CALLS,P50_LATENCY_MS,P95_LATENCY_MS,P99_LATENCY_MS,P999_LATENCY_MS
https://A.example/v1/send,13800,900,900,900,900
";

const QUEUE: &str = "ENDPOINT,THROTTLED_CALLS,P50_QUEUE_TIME_MS,P95_QUEUE_TIME_MS
https://a.example/v1/send,100,40,2500
";

const FILES: &[(&str, &str)] = &[
    ("prod.yaml", LIMITS),
    ("higher.yaml", HIGHER),
    ("calls.csv", CALLS),
    ("latency.csv", LATENCY),
    ("queue.csv", QUEUE),
];

/// Runs `ajo simulate` with these arguments in a directory with the files.
fn simulate(arguments: &str) -> CommandOutput {
    run_in(folder(FILES).path(), &format!("simulate {arguments}"), "")
}

fn report(arguments: &str) -> Value {
    parse_report(&simulate(&format!("{arguments} --output json")))
}

/// The error of a command that fails with this exit code.
fn error_of(arguments: &str, exit_code: i32) -> String {
    let output = simulate(arguments);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(exit_code), ""), "{}", output.stderr);
    output.stderr
}

fn capped(group: &Value) -> [&Value; 3] {
    [&group["lower"]["totals"]["rejected"], &group["upper"]["totals"]["rejected"], &group["observed"]["CAPPED_CALLS"]]
}

#[test]
fn replay_has_two_bounds_per_minute() {
    let report = report("--observed calls.csv prod.yaml");
    let groups = report["groups"].as_array().expect("groups");
    assert_eq!(groups.len(), 2);
    assert_eq!(capped(&groups[0]), [3000, 10_800, 3000]);
    assert_eq!(groups[0]["endpoints"], json!(["https://a.example/v1/send"]));
    let config = json!([{"config": "capping POST https://a.example/v1/*", "origin": "prod.yaml:4:5"}]);
    assert_eq!((&groups[0]["configs"], &groups[1]["configs"]), (&config, &json!([])));
    let minutes = groups[0]["minutes"].as_array().expect("minutes").iter();
    let minutes: Vec<_> = minutes
        .map(|it| {
            json!([it["minute"], it["lower"]["rejected"], it["upper"]["rejected"], it["observed"]["CAPPED_CALLS"]])
        })
        .collect();
    assert_eq!(
        json!(minutes),
        json!([
            ["2026-11-29 08:15", 0, 2800, 0],
            ["2026-11-29 08:16", 3000, 7000, 3000],
            ["2026-11-29 08:17", 0, 1000, 0]
        ])
    );
    let text = simulate("--observed calls.csv prod.yaml --endpoint https://a.example/v1/send").stdout;
    for line in [
        "CAPPED_CALLS       3,000     10,800     3,000",
        "2026-11-29 08:16  9,000          3,000             7,000     3,000",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn burst_of_one_is_the_lower_bound() {
    let report = report("--observed calls.csv prod.yaml --burst 1");
    assert_eq!(capped(&report["groups"][0]), [3000, 3000, 3000]);
    assert_eq!(report["burst"], 1);
    let text = simulate("--observed calls.csv prod.yaml --burst 1").stdout;
    assert!(text.contains("evenly over each minute; no bursts\n"), "{text}");
}

#[test]
fn replay_follows_the_file_not_the_observation() {
    let report = report("--observed calls.csv higher.yaml --burst 2");
    assert_eq!(capped(&report["groups"][0]), [0, 0, 3000]);
    let note = "the limits for data sources are not replayed: exports contain custom actions only";
    assert_eq!(report["notes"], json!([note]));
    let text = simulate("--observed calls.csv higher.yaml").stdout;
    assert!(text.contains(&format!("\nnote: {note}\n")), "{text}");
}

#[test]
fn prediction_for_current_limits_is_compared() {
    let current = |arguments: &str| report(&format!("--observed calls.csv higher.yaml {arguments}"))["current"].clone();
    let group = &current("--current prod.yaml --burst 2")["groups"][0];
    assert_eq!(group["cappedCalls"], json!({"lower": 3000, "upper": 7800, "observed": 3000}));
    let line = |arguments: &str| {
        let text = simulate(&format!("--observed calls.csv {arguments}")).stdout;
        text.lines().find(|line| line.starts_with("  https://a.example/")).unwrap_or(&text).to_owned()
    };
    assert_eq!(
        line("higher.yaml --current prod.yaml"),
        "  https://a.example/v1/send with capping POST https://a.example/v1/*: 3,000 to 10,800 capped calls predicted, 3,000 \
         observed: within the bounds"
    );
    assert_eq!(
        line("prod.yaml --current higher.yaml"),
        "  https://a.example/v1/send with capping POST https://a.example/v1/*: 0 capped calls predicted, 3,000 observed: 3,000 \
         above the prediction"
    );
    let without = current("");
    assert_eq!((&without["source"], &without["groups"]), (&json!(null), &json!([])));
    assert!(without["missing"].as_str().is_some_and(|text| text.contains("no credentials")), "{without}");
    let text = simulate("--observed calls.csv prod.yaml").stdout;
    assert!(text.contains("No prediction for the current limits: pass them with --current."), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn current_limits_are_read_from_the_service() {
    let fixture = LimitsFixture::start().await;
    for (name, text) in FILES {
        fixture.write(name, text);
    }
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let arguments = ["simulate", "--observed", "calls.csv", "higher.yaml", "--output", "json"];
    let current = |output: &CommandOutput| parse_report(output)["current"].clone();
    let prediction = current(&fixture.run_expecting(&arguments, 0).await);
    assert_eq!(prediction["source"], "sandbox prod");
    let capped = json!({"lower": 3000, "upper": 10_800, "observed": 3000});
    assert_eq!(prediction["groups"][0]["cappedCalls"], capped);

    // The output of `list` has the live limits, too.
    let list = fixture.run_expecting(&["capping", "list", "--sandbox", "prod", "--output", "json"], 0).await.stdout;
    fixture.write("live.json", &list);
    let with_list = [&arguments[..], &["--current", "live.json"]].concat();
    assert_eq!(current(&fixture.run_expecting(&with_list, 0).await)["groups"][0]["cappedCalls"], capped);

    // A limit that is not deployed limits nothing.
    let uid = fixture.managed_uids().remove(0);
    fixture.run_expecting(&["capping", "undeploy", &uid, "--sandbox", "prod", "--yes"], 0).await;
    let prediction = current(&fixture.run_expecting(&arguments, 0).await);
    assert_eq!(prediction["groups"][0]["configs"], json!([]));
    assert_eq!(prediction["groups"][0]["cappedCalls"], json!({"lower": 0, "upper": 0, "observed": 3000}));
}

#[test]
fn endpoint_selects_group_and_period() {
    let all = report("--observed calls.csv prod.yaml");
    assert_eq!(all["period"], json!({"from": "2026-11-29 08:15", "to": "2026-11-29 09:00"}));
    let one = report("--observed calls.csv prod.yaml --endpoint HTTPS://B.example");
    assert_eq!(one["groups"][0]["endpoints"], json!(["https://b.example/"]));
    assert_eq!(one["period"], json!({"from": "2026-11-29 09:00", "to": "2026-11-29 09:00"}));
    let part = folder(FILES);
    let arguments = ["simulate", "--observed", "calls.csv", "--from", "2026/11/29 08:16", "--to", "2026/11/29 08:17"];
    let mut command = crate::support::ajo_command(&[&arguments[..], &["prod.yaml", "--output", "json"]].concat());
    let part = parse_report(&CommandOutput::from(command.current_dir(part.path()).output().expect("ajo runs")));
    assert_eq!(part["groups"][0]["observed"]["TOTAL_CALLS"], 12_000);
    assert_eq!(part["export"], json!({"from": "2026-11-29 08:15", "to": "2026-11-29 09:00"}));
    let unknown = error_of("--observed calls.csv prod.yaml --endpoint https://c.example/", 1);
    assert!(unknown.contains("the export has no endpoint https://c.example/"), "{unknown}");
    assert!(unknown.contains("\n  https://a.example/v1/send"), "{unknown}");
}

#[test]
fn endpoints_with_one_limit_are_one_group() {
    let text = "ENDPOINT,SPAN,TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS
https://a.example/v1/x,2026/11/29 08:15,4800,0,0,0,0,100
https://a.example/v1/y,2026/11/29 08:15,3000,0,0,0,0,10
https://c.example/x,2026/11/29 08:15,150000,0,0,0,0,0
https://c.example/y,2026/11/29 08:15,200000,0,0,0,0,0
https://d.example/,2026/11/29 08:15,200000,0,0,0,0,0
";
    let folder = folder(&[("prod.yaml", LIMITS), ("calls.csv", text)]);
    let groups = |options: &str| {
        let line = format!("simulate --observed calls.csv prod.yaml --burst 1 --output json {options}");
        let groups = parse_report(&run_in(folder.path(), &line, ""))["groups"].clone();
        let groups = groups.as_array().expect("groups").iter();
        json!(groups.map(|group| json!([group["endpoints"], group["lower"]["totals"]["rejected"]])).collect::<Vec<_>>())
    };
    let shared = json!(["https://a.example/v1/x", "https://a.example/v1/y"]);
    assert_eq!(
        groups(""),
        json!([[shared, 1800], [["https://c.example/x", "https://c.example/y"], 50_000], [["https://d.example/"], 0]])
    );
    assert_eq!(groups("--endpoint https://a.example/v1/y"), json!([[shared, 1800]]));
    let apart = json!([
        [shared, 1800],
        [["https://c.example/x"], 0],
        [["https://c.example/y"], 0],
        [["https://d.example/"], 0]
    ]);
    assert_eq!(groups("--default-cap-scope endpoint"), apart);
}

#[test]
fn lowest_matching_limit_applies() {
    let both = format!(
        "{LIMITS}  - url: https://a.example/*
    methods: [GET, POST]
    services: {{ action: {{ rating: {{ maxCallsCount: 10, periodInMs: 200 }} }} }}
"
    );
    let folder = folder(&[("both.yaml", both.as_str()), ("calls.csv", CALLS)]);
    let rejected = |options: &str| {
        let line = format!("simulate --observed calls.csv both.yaml --output json {options}");
        parse_report(&run_in(folder.path(), &line, ""))["groups"][0]["lower"]["totals"]["rejected"].clone()
    };
    assert_eq!(rejected(""), 7800);
    assert_eq!(rejected("--method get"), 7800);
    assert_eq!(rejected("--method put"), 0);
}

#[test]
fn latency_and_queue_exports_are_used() {
    let report = report(
        "--observed calls.csv --observed latency.csv --observed queue.csv prod.yaml --current prod.yaml \
         --endpoint https://a.example/v1/send",
    );
    let group = &report["groups"][0];
    assert_eq!(group["lower"]["adobe"]["P50_LATENCY_MS"], 900);
    // Slower than 750 ms.
    let limits: Vec<_> = group["limits"].as_array().expect("limits").iter().map(|limit| &limit["name"]).collect();
    assert_eq!(limits, ["capping", "slow_endpoint"]);
    assert_eq!(group["observedP95QueueMs"], 2500);
    let queue = json!({"lower": 0, "upper": 0, "observed": 2500});
    assert_eq!(report["current"]["groups"][0]["p95QueueMs"], queue);
}

#[test]
fn expectations_hold_for_the_bursts() {
    let passed = simulate("--observed calls.csv prod.yaml --expect rejected<=10800");
    assert_eq!(passed.exit_code, Some(0), "{}", passed.stderr);
    let failed = simulate("--observed calls.csv prod.yaml --expect rejected<=3000");
    assert_eq!(failed.exit_code, Some(8));
    let problem = "1 of 2 expectations failed: https://a.example/v1/send: rejected <= 3000: not met, 10,800";
    assert!(failed.stderr.contains(problem), "{}", failed.stderr);
    assert!(failed.stdout.contains("Expectations, compared with the bursts:"), "{}", failed.stdout);
}

#[test]
fn export_can_come_from_stdin() {
    let semicolons = format!("\u{feff}{}", CALLS.replace(',', ";").replace('\n', "\r\n"));
    let folder = folder(FILES);
    let output = run_in(folder.path(), "simulate --observed - prod.yaml --output json", &semicolons);
    assert_eq!(capped(&parse_report(&output)["groups"][0]), [3000, 10_800, 3000]);
    let twice = run_in(folder.path(), "simulate --observed - -", &semicolons);
    assert_eq!(twice.exit_code, Some(64));
    assert!(twice.stderr.contains("standard input can only be used once"), "{}", twice.stderr);
}

#[test]
fn wrong_exports_are_rejected() {
    let folder = folder(&[("calls.csv", CALLS), ("latency.csv", LATENCY)]);
    let error = |line: &str, exit_code: i32| {
        let output = run_in(folder.path(), line, "");
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(exit_code), ""), "{}", output.stderr);
        output.stderr
    };
    let write = |text: &[u8]| std::fs::write(folder.path().join("wrong.csv"), text).expect("written");
    for (text, problem) in [
        (CALLS.replace("9000", "many").as_bytes(), "wrong.csv: line 3, column TOTAL_CALLS: `many` is not a"),
        (
            CALLS.replace("TOTAL_CALLS", "calls").as_bytes(),
            "wrong.csv: line 1, column TOTAL_CALLS: the column is missing",
        ),
        (
            b"second,calls\n0,5\n",
            "wrong.csv: line 1: unknown columns `second,calls`; expected one of these: calls: ENDPOINT",
        ),
        (b"ENDPOINT\n\xff\n", "wrong.csv: line 2: the file is not UTF-8"),
        (
            CALLS.replace(",SPAN", "").replace(",2026/11/29 08:15", "").as_bytes(),
            "wrong.csv: line 3: expected 8 values",
        ),
    ] {
        write(text);
        let found = error("simulate --observed wrong.csv", 1);
        assert!(found.contains(problem), "{found}");
    }
    write(b"ENDPOINT,TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS\nu,1,1,0,0,0,0\n");
    assert!(error("simulate --observed wrong.csv", 1).contains("the export has no column SPAN"));
    let none = error("simulate --observed latency.csv", 1);
    assert!(none.contains("no export has the number of calls") && none.contains("TOTAL_CALLS"), "{none}");
    let twice = error("simulate --observed calls.csv --observed calls.csv", 64);
    assert!(twice.contains("calls.csv is the second export of the same query"), "{twice}");
    for options in [
        "--traffic 1x1",
        "--service data-source",
        "--url https://a.example/",
        "--sql 7d",
        "--burst 11",
        "--arrivals poisson --mode cohort",
    ] {
        error(&format!("simulate --observed calls.csv {options}"), 64);
    }
    let conflict = error("simulate --traffic 1x1 --endpoint https://a.example/", 64);
    assert!(conflict.contains("cannot be used with"), "{conflict}");
}

#[test]
fn chart_shows_one_endpoint() {
    let folder = folder(FILES);
    let several = run_in(folder.path(), "simulate --observed calls.csv prod.yaml --chart a.svg", "");
    assert_eq!(several.exit_code, Some(64));
    assert!(several.stderr.contains("select one with --endpoint"), "{}", several.stderr);
    let line = "simulate --observed calls.csv prod.yaml --endpoint https://b.example/ --chart a.svg";
    assert_eq!(run_in(folder.path(), line, "").exit_code, Some(0));
    assert!(std::fs::read_to_string(folder.path().join("a.svg")).expect("the chart").starts_with("<svg "));
}

#[test]
fn limit_without_calls_is_named() {
    let throttling = "throttling: { urlPattern: 'https://c.example/*', methods: [POST], maxThroughput: 300 }\n";
    let other = HIGHER.replace("a.example", "d.example");
    let files = [
        ("calls.csv", CALLS),
        ("prod.yaml", LIMITS),
        ("other.yaml", &other),
        ("both.yaml", &format!("{other}{throttling}")),
    ];
    let folder = folder(&files);
    let notes = |limits: &str| {
        let line = format!("simulate --observed calls.csv {limits} --output json");
        parse_report(&run_in(folder.path(), &line, ""))["notes"][0].clone()
    };
    assert_eq!(notes("prod.yaml"), Value::Null);
    assert_eq!(notes("other.yaml"), "no endpoint of the export matches capping POST https://d.example/v1/*");
    assert_eq!(notes("both.yaml"), "no endpoint of the export matches capping POST https://d.example/v1/* and 1 other");
}

#[test]
fn p95_wait_is_the_one_of_expectations() {
    let throttling = "urlPattern: https://a.example/v1/*\nmethods: [POST]\nmaxThroughput: 200\n";
    let folder = folder(&[("calls.csv", CALLS), ("throttling.yaml", throttling)]);
    let line = "simulate --observed calls.csv throttling.yaml --expect p95_wait<1ms";
    let output = run_in(folder.path(), line, "");
    // P95_QUEUE_TIME_MS, of the calls that waited, is 26.66 s.
    assert!(output.stderr.contains("p95_wait < 1ms: not met, 26.149 s"), "{}", output.stderr);
    let row = output.stdout.lines().find(|line| line.starts_with("https://a.example/v1/send ")).expect("a row");
    assert!(row.ends_with(" 26.15 s"), "{row}");
}
