//! Given calls with given responses.

use ajo_simulator::{
    AttemptResult, CallOutcome, ConfiguredLimits, EndedCall, Micros, Scenario, TracedCall, simulate_trace,
};

const MILLISECOND: Micros = 1000;

fn scenario() -> Scenario {
    let limits = ConfiguredLimits::from_definitions(None, &[]).expect("limits");
    Scenario { connections: Some(1), ..Scenario::new("1x1".parse().expect("a pattern"), limits) }
}

/// A call at a time in milliseconds whose first attempts fail.
fn call(at: Micros, latency: Micros, failures: usize) -> TracedCall {
    let attempt = |index| AttemptResult { latency: latency * MILLISECOND, is_failure: index < failures };
    TracedCall { at: at * MILLISECOND, journey: 0, attempts: [0, 1, 2, 3].map(attempt) }
}

#[test]
fn trace_returns_the_end_of_each_call() {
    let (report, ends) = simulate_trace(&scenario(), &[call(0, 300, 0), call(100, 200, 1), call(100, 40_000, 0)]);
    let end = |outcome, at, connection_wait, requests| EndedCall {
        outcome,
        at: at * MILLISECOND,
        throttling_wait: 0,
        connection_wait: connection_wait * MILLISECOND,
        requests,
    };
    // The second call waits until 300 ms and fails at 500 ms. The third takes the only connection until its timeout, 30 s after
    // its arrival. By then, the second call's retry has timed out too.
    let timeout = 30_100;
    assert_eq!(
        ends,
        [
            end(CallOutcome::Succeeded, 300, 0, 1),
            end(CallOutcome::TimedOut, timeout, 200 + 29_600, 1),
            end(CallOutcome::TimedOut, timeout, 400, 1)
        ]
    );
    assert_eq!((report.totals.offered, report.totals.sent, report.totals.timed_out), (3, 3, 2));
}
