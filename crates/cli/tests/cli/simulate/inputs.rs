//! Everything that `ajo simulate` reads.

use super::{CAPPING, LIMITS, folder, limits_of, parse_report, report, report_in, run_in};
use crate::limits::fixture::{LimitsFixture, limits_file};

#[test]
fn url_selects_entries_of_limits_file() {
    let folder = folder(&[("prod.yaml", LIMITS)]);
    let limits = |options: &str| {
        limits_of(&report_in(folder.path(), &format!("simulate prod.yaml --traffic 1x1 {options}"), ""))
    };
    let (capping, throttling) = (("capping".to_owned(), 600), ("throttling".to_owned(), 300));
    assert_eq!(limits("--url https://a.example/x"), [("capping".to_owned(), 20)]);
    assert_eq!(limits("--url https://B.example:443/v1/x"), [throttling.clone(), capping.clone()]);
    assert_eq!(limits("--url https://b.example/v2"), std::slice::from_ref(&capping));
    assert_eq!(limits("--url https://b.example/v1/* --method post"), [throttling, capping]);
}

#[test]
fn single_url_of_limits_file_is_selected() {
    let folder = folder(&[("prod.yaml", &limits_file(&[("a", 300, true), ("b", 400, false)]))]);
    let output = run_in(folder.path(), "simulate prod.yaml --traffic 1x1 --output json", "");
    assert_eq!(limits_of(&parse_report(&output)), [("capping".to_owned(), 300)]);
    let note = "note: prod.yaml:9:5: capping GET https://b.example.org/* has `deployed: false`, so it has no effect\n";
    assert_eq!(output.stderr, note);
    let limits = limits_file(&[("a", 300, true)]);
    assert_eq!(
        limits_of(&report_in(folder.path(), "simulate - --traffic 1x1", &limits)),
        [("capping".to_owned(), 300)]
    );
}

#[test]
fn overlay_is_simulated_with_its_base() {
    let overlay = "version: 1\nbase: base.yaml\nsandbox: dev\ncapping:\n  - url: https://a.example.org/*\n    \
                   services: { action: { rating: { maxCallsCount: 9 } } }\n";
    let folder = folder(&[("base.yaml", &limits_file(&[("a", 300, true)])), ("dev.yaml", overlay)]);
    let report = report_in(folder.path(), "simulate dev.yaml --traffic 1x1", "");
    assert_eq!(limits_of(&report), [("capping".to_owned(), 9)]);
}

#[test]
fn exact_url_precedes_patterns() {
    let folder = folder(&[("prod.yaml", &LIMITS.replace("https://b.example/*", "https://a.example/v1"))]);
    let line = "simulate prod.yaml --traffic 1x1 --url";
    let problem = run_in(folder.path(), &format!("{line} https://a.example/v1*"), "").stderr;
    assert!(problem.starts_with("error: 2 capping limits match https://a.example/v1*\nhint: select one "), "{problem}");
    assert!(problem.contains("prod.yaml:4:5: capping GET https://a.example/*\n"), "{problem}");
    let report = report_in(folder.path(), &format!("{line} https://a.example/v1"), "");
    assert_eq!(limits_of(&report), [("capping".to_owned(), 600)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn list_output_and_uids_are_simulated() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 300, true), ("b", 400, true), ("c", 500, false)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let listed = fixture.run_expecting(&["capping", "list", "--sandbox=prod", "--output=json"], 0).await.stdout;
    fixture.write("list.json", &listed);
    let simulate = |source: &'static str, url: &'static str| {
        ["simulate", source, "--traffic=1x1", "--output=json", "--sandbox=prod", "--url", url]
    };
    let output = fixture.run_expecting(&simulate("list.json", "https://b.example.org/x"), 0).await;
    assert_eq!(limits_of(&parse_report(&output)), [("capping".to_owned(), 400)]);

    let uids = fixture.managed_uids();
    let uid = uids[0].clone().leak();
    let output = fixture.run_expecting(&simulate(uid, "https://a.example.org/"), 0).await;
    assert_eq!(limits_of(&parse_report(&output)), [("capping".to_owned(), 300)]);
    let not_deployed: &str = uids[2].clone().leak();
    let output = fixture.run_expecting(&["simulate", not_deployed, "--traffic=1x1", "--sandbox=prod"], 1).await;
    let problem =
        format!("error: the configuration {not_deployed} is not deployed, so it has no effect\nhint: deploy it,");
    assert!(output.stderr.starts_with(&problem), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uid_reads_live_definition() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 300, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    let uid = fixture.managed_uids().remove(0);
    let saved = CAPPING.replace("a.example", "a.example.org").replace("20,", "650,");
    fixture.write("saved.yaml", &saved);
    fixture.run_expecting(&["capping", "update", &uid, "saved.yaml", "--sandbox=prod", "--yes"], 0).await;
    let simulate = ["simulate", &uid, "--traffic=1x1", "--output=json", "--sandbox=prod"];
    let output = fixture.run_expecting(&simulate, 0).await;
    assert_eq!(limits_of(&parse_report(&output)), [("capping".to_owned(), 300)]);
}

#[test]
fn csv_is_read_from_file_and_stdin() {
    let folder = folder(&[("capping.yaml", CAPPING), ("calls.csv", "second,calls\n1,30\n")]);
    let counts = |line: &str, input: &str| {
        let report = report_in(folder.path(), line, input);
        (report["rows"][1]["offered"].clone(), report["totals"]["succeeded"].clone())
    };
    assert_eq!(counts("simulate capping.yaml --csv calls.csv", ""), (30.into(), 20.into()));
    assert_eq!(counts("simulate capping.yaml --csv -", "7\n9\n"), (9.into(), 16.into()));
    assert_eq!(counts("simulate - --traffic 7x2", CAPPING), (7.into(), 14.into()));
}

#[test]
fn audience_is_read_at_its_rate() {
    let report = report("simulate --audience 1200 --reading-rate 500");
    let offered: Vec<_> = (0..3).map(|second| report["rows"][second]["offered"].clone()).collect();
    assert_eq!(offered, [500, 500, 200]);
    assert_eq!(report["totals"]["offered"], 1200);
}

#[test]
fn journeys_share_limits() {
    let folder = folder(&[("capping.yaml", CAPPING), ("calls.csv", "4\n")]);
    let line = "simulate capping.yaml --traffic welcome=20x1 --traffic 20x1 --csv calls.csv --mode exact";
    let report = report_in(folder.path(), line, "");
    let journeys: Vec<_> = (0..3).map(|index| report["journeys"][index]["name"].clone()).collect();
    assert_eq!(journeys, ["welcome", "journey 2", "csv"]);
    assert_eq!((&report["totals"]["offered"], &report["totals"]["rejected"]), (&44.into(), &24.into()));
}

#[test]
fn measured_latencies_are_read() {
    let folder = folder(&[("latency.csv", "\u{feff}latency\n\"100\"\n100\n\n900.5\n")]);
    let report = report_in(folder.path(), "simulate --traffic 300x10 --latency latency.csv", "");
    let latency = |name: &str| report["latency"][name].as_f64().expect("a number");
    assert!(latency("p50") < 101.0 && latency("max") > 800.0, "{}", report["latency"]);
}

#[test]
fn latency_export_is_read() {
    let export = "ENDPOINT,SUCCESSFUL_CALLS,P50_LATENCY_MS,P95_LATENCY_MS,P99_LATENCY_MS,P999_LATENCY_MS\n\
                  https://a.example/,100,80,300,900,2000\n";
    let folder = folder(&[("latency.csv", export)]);
    let report = report_in(folder.path(), "simulate --traffic 1x1 --latency latency.csv", "");
    assert_eq!(report["endpoint"]["latency"], "p50=80,p95=300,p99=900,p999=2000");
}

#[test]
fn options_reach_the_scenario() {
    let report = |options: &str| report(&format!("simulate --traffic 40x2 {options}"));
    let changed = report(
        "--latency exp:300 --servers 7 --failures 0.5 --failure-status 502 --timeout 9 --retry-delay 70 \
         --seed 5 --mode cohort",
    );
    assert_eq!(changed["endpoint"]["capacity"]["servers"], 7);
    assert_eq!((&changed["endpoint"]["latency"], &changed["endpoint"]["failures"]), (&"exp:300".into(), &"0.5".into()));
    assert_eq!((&changed["endpoint"]["failureStatus"], &changed["timeoutSeconds"]), (&502.into(), &9.into()));
    assert_eq!((&changed["retryDelayMs"], &changed["seed"]), (&70.into(), &5.into()));
    assert_eq!(changed["mode"], "cohort");
    assert_eq!(report("--arrivals poisson --mode exact")["arrivals"], "poisson");
    assert_eq!(report("--capacity 50")["endpoint"]["capacity"]["requestsPerSecond"], 50);
    let rejected = |options: &str| report(options)["totals"]["rejected"].clone();
    assert_eq!(rejected("--service data-source"), 50);
    assert_eq!(rejected("--service data-source --data-source-cap 30"), 20);
    assert_eq!(rejected("--service data-source --window token-bucket"), 36);
    assert_eq!(rejected("--connections 1 --no-connection reject"), 60);
    let rejected_later = |options: &str| {
        super::report(&format!("simulate --traffic 0x1,40x1 --other-calls 300000x1 {options}"))["totals"]["rejected"]
            .clone()
    };
    assert_eq!((rejected_later(""), rejected_later("--default-cap-scope endpoint")), (40.into(), 0.into()));
    let retried = report("--service data-source --capped-calls retried --retry-delay 1000 --timeout 3");
    assert_eq!((&retried["totals"]["rejected"], &retried["totals"]["succeeded"]), (&20.into(), &60.into()));
}

#[test]
fn only_support_may_raise_default_cap() {
    let folder = folder(&[("capping.yaml", &CAPPING.replace("20,", "9000,").replace("2000", "1000"))]);
    let line = "simulate capping.yaml --traffic 9000x40 --connections 9000 --mode exact";
    assert_eq!(report_in(folder.path(), line, "")["totals"]["rejected"], 0);
    assert_eq!(
        report_in(folder.path(), &format!("{line} --default-cap-raise support"), "")["totals"]["rejected"],
        60_000
    );
}
