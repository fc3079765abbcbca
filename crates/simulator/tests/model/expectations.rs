//! Expectations about a report, and a report in Adobe's terms.

use ajo_simulator::{EndpointCapacity, EndpointFailures, Expectation, Scenario, SimulationReport};
use serde_json::{Value, json};

use crate::support::{capping, exact, scenario, throttling};

fn check(report: &SimulationReport, text: &str) -> String {
    text.parse::<Expectation>().expect("an expectation").check(report).to_string()
}

fn problem(text: &str) -> String {
    text.parse::<Expectation>().expect_err("no expectation").to_string()
}

#[test]
fn every_operator_compares() {
    let report = exact(&scenario("300x1", &[capping(200, 1000)]));
    let met = |text: &str| text.parse::<Expectation>().expect("an expectation").check(&report).met;
    for (operator, expected) in [
        ("=", [false, true, false]),
        ("!=", [true, false, true]),
        ("<", [false, false, true]),
        ("<=", [false, true, true]),
        (">", [true, false, false]),
        (">=", [true, true, false]),
    ] {
        assert_eq!(
            ["99", "100", "101"].map(|value| met(&format!("rejected {operator} {value}"))),
            expected,
            "{operator}"
        );
        assert_eq!(
            ["33.3%", "33.333333%", "33.4%"].map(|value| met(&format!("rejected > {value}"))),
            [true, true, false]
        );
    }
    // A third is no exact percentage, but a quarter is.
    let report = exact(&scenario("400x1", &[capping(300, 1000)]));
    assert_eq!(check(&report, "rejected = 25%"), "rejected = 25%: met, 100 of 400 (25%)");
}

#[test]
fn every_metric_has_a_value() {
    // 300 calls, of which 100 wait until the second second; each takes 100 ms.
    let mut scenario = scenario("300x1", &[throttling(200), capping(400, 1000)]);
    scenario.endpoint.capacity = EndpointCapacity::Servers(40);
    let report = exact(&scenario);
    let expected = [
        "offered = 300: met, 300",
        "sent = 300: met, 300",
        "retried = 0: met, 0",
        "throttled = 100: met, 100",
        "succeeded = 100%: met, 300 of 300 (100%)",
        "failed = 0: met, 0",
        "rejected = 0: met, 0",
        "dropped = 0: met, 0",
        "timed_out = 0: met, 0",
        "p50_wait = 0ms: met, 0 ms",
        "max_wait = 333.334ms: met, 333.334 ms",
        "max_wait > 0.333s: met, 333.334 ms",
        "p999_connection_wait < 1h: met, ",
        "p50_latency < 101ms: met, 100.0",
        "mean_latency >= 0.1s: met, ",
        "throttling_utilization > 70%: met, ",
        "capping_utilization < 60%: met, ",
        "connections_utilization > 10%: met, ",
        "endpoint_utilization > 10%: met, ",
        "longest_queue = 100: met, 100",
        "peak = 200: met, 200",
        "first_drop = none: met, none",
        "first_drop > 5min: met, none",
        "empty = 1s: met, 1 s",
        "empty != none: met, 1 s",
    ];
    for text in expected {
        let (expectation, _) = text.split_once(": ").expect("a result");
        assert!(check(&report, expectation).starts_with(text), "{}", check(&report, expectation));
    }
}

#[test]
fn drop_and_empty_are_times_from_start() {
    // Waits until 4 h × 1,000 ÷ 400 = 10 h; then calls are dropped.
    let report = exact(&scenario("1000x15000", &[throttling(400)]));
    assert_eq!(check(&report, "first_drop > 9h"), "first_drop > 9h: met, 10 h");
    assert_eq!(check(&report, "first_drop = none"), "first_drop = none: not met, 10 h");
    assert_eq!(check(&report, "empty < 10h"), "empty < 10h: not met, 10 h 10 min");
    let report = exact(&scenario("1x1", &[]));
    assert_eq!(check(&report, "empty < 1ms"), "empty < 1ms: met, none");
    assert_eq!(check(&report, "first_drop < 6h"), "first_drop < 6h: not met, none");
}

#[test]
fn missing_value_is_not_met() {
    let mut failing = scenario("10x1", &[]);
    failing.endpoint.failures = EndpointFailures::Probability(1.0);
    let report = exact(&failing);
    for (text, reason) in [
        ("throttling_utilization <= 80%", "there is no throttling limit"),
        ("capping_utilization <= 80%", "there is no capping limit"),
        ("connections_utilization <= 80%", "connections have no limit"),
        ("endpoint_utilization <= 80%", "the endpoint has no capacity"),
        ("p95_latency < 1s", "no request succeeded"),
        ("p95_latency != 1s", "no request succeeded"),
    ] {
        assert_eq!(check(&report, text), format!("{text}: not met, {reason}"));
    }
    let idle = exact(&scenario("0x1", &[]));
    assert_eq!(check(&idle, "p95_connection_wait < 1s"), "p95_connection_wait < 1s: not met, no request was sent");
}

#[test]
fn malformed_expectation_says_what_to_write() {
    let shown = |text: &str, rest: &str| assert_eq!(problem(text), format!("the expectation `{text}` {rest}"));
    for text in ["", "rejected", "rejected =", "= 0", "rejected 0"] {
        shown(text, "needs a metric, an operator, and a value, such as `rejected = 0`");
    }
    for text in ["rejected == 0", "rejected => 0", "rejected <> 0", "rejected ! 0"] {
        shown(text, "has an unknown operator; use =, !=, <, <=, >, or >=");
    }
    shown("timedOut = 0", "has an unknown metric; did you mean `timed_out`?");
    shown("p95_waits < 1s", "has an unknown metric; did you mean `p95_wait`?");
    let all = problem("x = 0");
    assert!(all.starts_with("the expectation `x = 0` has an unknown metric; metrics: offered, sent, "), "{all}");
    let calls = "needs a number of calls or a percentage of the offered calls, such as 0, 1200, or 0.5%";
    for text in ["rejected < 1,000", "rejected < 1_000", "rejected < -1", "rejected < 5s", "rejected < none"] {
        shown(text, calls);
    }
    shown("peak < 5%", "needs a number such as 1200");
    for text in ["p95_wait < 60", "p95_wait < 60 sec", "p95_wait < 5%", "p95_wait < s"] {
        shown(text, "needs a duration with a unit, such as 250ms, 60s, 5min, or 6h");
    }
    shown("first_drop = 0", "needs a duration from the start with a unit, such as 60s, 5min, or 6h, or `none`");
    shown("first_drop < none", "needs = or != before `none`");
    shown("endpoint_utilization < 0.8", "needs a percentage such as 80%");
}

#[test]
fn expectation_displays_as_written() {
    for text in ["rejected = 0", "p95_wait < 0.25s", "failed != 0.5%", "first_drop = none", "empty <= 1.5h"] {
        assert_eq!(text.parse::<Expectation>().expect("an expectation").to_string(), text);
    }
    assert_eq!("peak<5000".parse::<Expectation>().expect("an expectation").to_string(), "peak < 5000");
}

/// A limit counts per period, so traffic shorter than the period is a part of it.
#[test]
fn utilization_counts_a_whole_period() {
    let report = exact(&scenario("6000x10", &[]));
    assert!((report.limits[0].utilization - 0.2).abs() < 1e-9 && report.totals.rejected == 0);
}

/// The columns have the names of Adobe's queries. They count calls, not attempts, and seconds with calls only.
#[test]
fn adobe_columns_count_calls() {
    let adobe = |scenario: &Scenario| serde_json::to_value(exact(scenario).adobe).expect("JSON");
    // Of 600 calls, 400 wait for the second or third second. Calls were sent in four seconds.
    let queued = scenario("600x1,0x10,100x1", &[throttling(200)]);
    assert_eq!(
        adobe(&queued),
        json!({
            "TOTAL_CALLS": 700, "SUCCESSFUL_CALLS": 700, "4xx_ERRORS": 0, "5xx_ERRORS": 0, "TIMEOUTS": 0, "CAPPED_CALLS": 0,
            "THROUGHPUT_RPS": 175, "P50_LATENCY_MS": 100, "P95_LATENCY_MS": 100, "P99_LATENCY_MS": 100, "P999_LATENCY_MS": 100,
            "THROTTLED_CALLS": 400, "P50_QUEUE_TIME_MS": 667, "P95_QUEUE_TIME_MS": 1300,
        })
    );
    let mut failing = scenario("300x1", &[capping(200, 1000)]);
    failing.endpoint.failures = EndpointFailures::Probability(1.0);
    let errors =
        |report: &Value| ["TOTAL_CALLS", "4xx_ERRORS", "5xx_ERRORS", "CAPPED_CALLS"].map(|it| report[it].clone());
    // The retries of 200 calls need slots too, and some get none.
    let report = adobe(&failing);
    let [total, client, server, capped] = errors(&report);
    assert_eq!((total, client), (json!(300), json!(0)));
    assert_eq!(server.as_u64().zip(capped.as_u64()).map(|(server, capped)| server + capped), Some(300));
    assert_eq!(report["P50_LATENCY_MS"], Value::Null);
    failing.endpoint.failure_status = 404;
    assert_eq!(errors(&adobe(&failing)), [300, 200, 0, 100].map(Value::from));
}

/// A dropped call has no start time, which Adobe's queries need.
#[test]
fn adobe_columns_leave_out_dropped_calls() {
    let report = exact(&scenario("1000x15000", &[throttling(400)]));
    assert!(report.totals.dropped > 0);
    assert_eq!(report.adobe.total_calls, report.totals.offered - report.totals.dropped);
    assert_eq!(report.adobe.throttled_calls, report.totals.throttled - report.totals.dropped);
}
