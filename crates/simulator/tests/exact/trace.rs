//! Given calls with given responses.

use ajo_simulator::{CallOutcome, EndedCall, Scenario, simulate_trace};

use crate::support::{MILLISECOND, call, scenario};

#[test]
fn trace_returns_the_end_of_each_call() {
    let one_connection = Scenario { connections: Some(1), ..scenario(&[]) };
    let calls = [call(0, 300, 0), call(100 * MILLISECOND, 200, 1), call(100 * MILLISECOND, 40_000, 0)];
    let (report, ends) = simulate_trace(&one_connection, &calls);
    let end = |outcome, at, connection_wait, requests| EndedCall {
        outcome,
        at: at * MILLISECOND,
        throttling_wait: 0,
        connection_wait: connection_wait * MILLISECOND,
        requests,
    };
    // The second call waits until 300 ms and fails at 500 ms. The third takes the only connection until its timeout, 5 s after its
    // arrival. By then, the second call's retry has timed out too.
    let timeout = 5100;
    assert_eq!(
        ends,
        [
            end(CallOutcome::Succeeded, 300, 0, 1),
            end(CallOutcome::TimedOut, timeout, 200 + 4600, 1),
            end(CallOutcome::TimedOut, timeout, 400, 1)
        ]
    );
    assert_eq!((report.totals.offered, report.totals.sent, report.totals.timed_out), (3, 3, 2));
}
