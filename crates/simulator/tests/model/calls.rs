//! Retries, the timeout, and arrivals.

use ajo_simulator::{Arrivals, CappedCall, Scenario, SimulatedEndpoint};

use crate::support::{capping, column, endpoint, exact, find, scenario, throttling};

/// Documented: with 100 slots per second and two retries per call, the rate drops to about 30 calls per second, because each
/// call uses three slots.
#[test]
fn two_retries_leave_a_third_of_the_rate() {
    let at = |rate: u32| {
        let limited = scenario(&format!("{rate}x60"), &[capping(100, 1000)]);
        exact(&Scenario { endpoint: endpoint("200", "first:2"), ..limited }).totals
    };
    let just = at(33);
    assert_eq!((just.sent, just.succeeded, just.retried), (3 * 33 * 60, 33 * 60, 2 * 33 * 60));
    let more = at(36);
    assert!(more.rejected > 0 && more.failed == 0, "{more:?}");
    // Under throttling, retries come first, and 100 of 300 slots a second end a call: 33.3 of 100.
    let throttled = Scenario { connections: Some(1000), ..scenario("200x300", &[throttling(300)]) };
    let report = exact(&Scenario { endpoint: endpoint("200", "first:2"), ..throttled });
    let per_second = column(&report, |row| row.counts.succeeded)[20..520].iter().sum::<u64>();
    assert!(per_second.abs_diff(500 * 100) <= 100, "{per_second}");
}

/// Documented: at most three retries after the first call.
#[test]
fn call_has_at_most_four_attempts() {
    let totals =
        |failures: &str| exact(&Scenario { endpoint: endpoint("100", failures), ..scenario("10x1", &[]) }).totals;
    assert_eq!((totals("first:3").succeeded, totals("first:3").retried), (10, 30));
    assert_eq!((totals("first:4").failed, totals("first:4").retried), (10, 30));
    assert_eq!((totals("1").failed, totals("1").retried), (10, 30));
}

/// Documented: 401, 403, and 404 are not retried.
#[test]
fn final_status_is_not_retried() {
    for (failure_status, retried) in [(400, 30), (401, 0), (403, 0), (404, 0), (405, 30), (429, 30), (500, 30)] {
        let endpoint = SimulatedEndpoint { failure_status, ..endpoint("100", "1") };
        let report = exact(&Scenario { endpoint, ..scenario("10x1", &[]) });
        assert_eq!((report.totals.failed, report.totals.retried), (10, retried), "{failure_status}");
        assert_eq!(find(&report, "final_status").is_some(), retried == 0);
        assert_eq!(find(&report, "retries").is_some(), retried > 0);
    }
}

/// The documented example of a 5-second timeout: a longer call is canceled and not retried; one that fails after 2 seconds has
/// 3 seconds left for retries.
#[test]
fn timeout_covers_call_and_retries() {
    let run = |latency, failures| {
        exact(&Scenario { timeout_seconds: 5, endpoint: endpoint(latency, failures), ..scenario("1x1", &[]) })
    };
    assert_eq!(run("4900", "0").totals.succeeded, 1);
    assert_eq!(run("5000", "0").totals.succeeded, 1);
    let too_slow = run("5100", "first:1");
    assert_eq!((too_slow.totals.timed_out, too_slow.totals.retried), (1, 0));
    assert_eq!(column(&too_slow, |row| row.counts.timed_out), [0, 0, 0, 0, 0, 1]);
    assert_eq!((run("2000", "first:1").totals.succeeded, run("2000", "first:1").totals.retried), (1, 1));
    // Fails at 2 s and 4 s; the third attempt is canceled at 5 s.
    assert_eq!((run("2000", "first:2").totals.timed_out, run("2000", "first:2").totals.retried), (1, 2));
}

/// Documented: a timeout is from 1 to 30 seconds.
#[test]
fn timeout_is_clamped() {
    let run = |timeout_seconds| {
        let report = exact(&Scenario { timeout_seconds, endpoint: endpoint("600000", "0"), ..scenario("1x1", &[]) });
        (report.timeout_seconds, report.totals.timed_out, report.rows.len())
    };
    assert_eq!([run(0), run(1), run(30), run(31)], [(1, 1, 2), (1, 1, 2), (30, 1, 31), (30, 1, 31)]);
}

/// Documented: if the throttling rule is fulfilled, the timeout rule is applied.
#[test]
fn timeout_starts_after_queue() {
    let queued = Scenario { timeout_seconds: 1, ..scenario("2000x1", &[throttling(200)]) };
    let report = exact(&queued);
    assert_eq!((report.totals.succeeded, report.totals.timed_out), (2000, 0));
    assert!(report.throttling_wait.max > 8000.0);
    assert!(find(&report, "timeout_after_queue").is_some());
}

#[test]
fn retries_precede_the_queue() {
    // 300 per second with a limit of 200: with one retry per call, 100 calls per second end and 200 slots are used.
    let queued = Scenario { connections: Some(1000), ..scenario("300x60", &[throttling(200)]) };
    let report = exact(&Scenario { endpoint: endpoint("1000", "first:1"), ..queued });
    let totals = report.totals;
    assert_eq!((totals.succeeded, totals.retried, totals.timed_out), (18_000, 18_000, 0));
    assert_eq!(report.peak_per_second, 200);
    // All 36,000 slots are used in 180 seconds, plus the latency of the last calls.
    assert!((181..=182).contains(&report.rows.len()), "{}", report.rows.len());
}

/// Unknown: the time between a failure and its retry.
#[test]
fn retry_follows_after_delay() {
    let run = |retry_delay_ms| {
        let failing = Scenario { endpoint: endpoint("100", "first:1"), retry_delay_ms, ..scenario("1x1", &[]) };
        let report = exact(&failing);
        let second = report.rows.iter().position(|row| row.counts.succeeded > 0);
        (second, find(&report, "retry_at_once").is_some(), find(&report, "retry_after_delay").is_some())
    };
    assert_eq!((run(0), run(2000)), ((Some(0), true, false), (Some(2), false, true)));
}

/// Unknown: whether a call that a cap rejects is retried.
#[test]
fn capped_call_ends_or_is_retried() {
    let run = |capped_call| {
        let capped = scenario("300x1", &[capping(200, 1000)]);
        exact(&Scenario { capped_call, retry_delay_ms: 400, ..capped })
    };
    let (last, retried) = (run(CappedCall::Final), run(CappedCall::Retried));
    assert_eq!((last.totals.rejected, retried.totals.rejected), (100, 0));
    assert!(find(&last, "capped_call_final").is_some() && find(&retried, "capped_call_retried").is_some());
}

#[test]
fn poisson_arrivals_have_the_rate() {
    let random = Scenario { arrivals: Arrivals::Poisson, seed: 7, ..scenario("1000x100", &[capping(1000, 1000)]) };
    let report = exact(&random);
    // The standard deviation of the number of calls is about 316; even arrivals are all allowed, random ones are not.
    assert!(report.totals.offered.abs_diff(100_000) < 1600, "{:?}", report.totals);
    assert!(report.totals.rejected > 0);
    assert!(find(&report, "poisson_arrivals").is_some() && find(&report, "even_arrivals").is_none());
}

#[test]
fn seed_determines_report() {
    let run =
        |seed| exact(&Scenario { seed, endpoint: endpoint("300", "0.3"), ..scenario("500x30", &[capping(400, 1000)]) });
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).rows, run(2).rows);
}
