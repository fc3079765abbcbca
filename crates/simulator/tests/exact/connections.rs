//! Connections, the endpoint, and the timeout.

use ajo_simulator::{
    CallOutcome::{self, Failed, Rejected, Succeeded, TimedOut},
    EndpointCapacity, Micros, NoConnection, Scenario, SimulationMode, simulate,
};

use crate::support::{MILLISECOND, SECOND, call, ends, run, scenario, with_latency};

fn with_connections(connections: u32) -> Scenario {
    Scenario { connections: Some(connections), ..scenario(&[]) }
}

/// Little's law: 50 connections at 500 ms pass 100 calls per second.
#[test]
fn connections_pass_their_number_by_latency() {
    let mut few = with_latency(with_connections(50), 500);
    few.journeys[0].pattern = "2000x60".parse().expect("a pattern");
    let report = simulate(&few, SimulationMode::Exact).expect("a report");
    assert!(report.rows.iter().all(|row| row.counts.succeeded <= 100));
    // All connections are in use from the start. Waiting calls reach their timeout of 5 s.
    assert!(report.rows[1..5].iter().all(|row| row.counts.succeeded == 100));
    assert_eq!(report.totals.succeeded + report.totals.timed_out, 120_000);
}

#[test]
fn attempts_get_connections_in_order() {
    let calls = [call(0, 300, 0), call(1, 500, 0), call(2, 100, 0), call(3, 100, 0), call(4, 100, 0)];
    let waits: Vec<Micros> = run(&with_connections(2), &calls).iter().map(|end| end.connection_wait).collect();
    // The third call starts at 300 ms, the fourth at 400 ms, and the last at 500 ms.
    assert_eq!(waits, [0, 0, 300_000 - 2, 400_000 - 3, 500_000 - 4]);
}

#[test]
fn retry_needs_a_connection_again() {
    let ends = run(&with_connections(1), &[call(0, 100, 1), call(50_000, 100, 0)]);
    // The second call gets the connection before the retry.
    assert_eq!((ends[1].at, ends[1].connection_wait), (200_000, 50_000));
    assert_eq!((ends[0].at, ends[0].connection_wait), (300_000, 100_000));
}

#[test]
fn canceled_request_frees_its_connection() {
    let deadline = 5 * SECOND;
    let calls = [call(0, 9000, 0), call(1, 1, 0), call(deadline, 10, 0)];
    assert_eq!(
        ends(&with_connections(1), &calls),
        [
            (TimedOut, deadline),
            // It gets the connection 1 µs before its own deadline.
            (TimedOut, deadline + 1),
            (Succeeded, deadline + 1 + 10 * MILLISECOND),
        ]
    );
}

#[test]
fn connection_free_at_the_deadline_is_too_late() {
    let deadline = 5 * SECOND;
    let calls = [call(0, 9000, 0), call(0, 10, 0), call(1, 10, 0)];
    let ends = run(&with_connections(1), &calls);
    assert_eq!((ends[1].outcome, ends[1].at, ends[1].requests), (TimedOut, deadline, 0));
    assert_eq!((ends[1].connection_wait, ends[2].requests), (deadline, 1));
}

#[test]
fn call_without_connection_can_be_rejected() {
    let rejecting = Scenario { no_connection: NoConnection::Reject, ..with_connections(1) };
    let calls = [call(0, 100, 0), call(99_999, 100, 0), call(100_000, 100, 0)];
    assert_eq!(ends(&rejecting, &calls), [(Succeeded, 100_000), (Rejected, 99_999), (Succeeded, 200_000)]);
}

#[test]
fn response_at_the_deadline_is_in_time() {
    let at = |latency, failures| ends(&with_connections(1), &[call(0, latency, failures)])[0];
    assert_eq!(at(5000, 0), (Succeeded, 5 * SECOND));
    assert_eq!(at(5001, 0), (TimedOut, 5 * SECOND));
    // A failure at the deadline leaves no time for a retry.
    assert_eq!(at(5000, 1), (Failed, 5 * SECOND));
    // Failures at 2 s and 4 s, then canceled.
    assert_eq!(at(2000, 2), (TimedOut, 5 * SECOND));
}

#[test]
fn call_has_four_attempts() {
    let end = |failures, retry_delay_ms| {
        let delayed = Scenario { retry_delay_ms, ..scenario(&[]) };
        let end = run(&delayed, &[call(0, 10, failures)])[0];
        (end.outcome, end.at, end.requests)
    };
    assert_eq!(end(3, 0), (Succeeded, 40_000, 4));
    assert_eq!(end(4, 0), (Failed, 40_000, 4));
    assert_eq!(end(3, 100), (Succeeded, 340_000, 4));
    // The retry would be due at the deadline.
    assert_eq!(end(3, 4990), (Failed, 10_000, 1));
    assert_eq!(end(3, 4989), (TimedOut, 5_000_000, 2));
}

/// The ends of three calls at 0 with a latency of 100 ms.
fn ends_at(capacity: EndpointCapacity) -> [(CallOutcome, Micros); 3] {
    let mut limited = scenario(&[]);
    limited.endpoint.capacity = capacity;
    let ends = ends(&limited, &[call(0, 100, 0); 3]);
    [ends[0], ends[1], ends[2]]
}

#[test]
fn endpoint_works_on_requests_in_order() {
    // A third of a second each, rounded up.
    let rate = ends_at(EndpointCapacity::RequestsPerSecond(3));
    assert_eq!(rate, [433_334, 766_667, 1_100_000].map(|at| (Succeeded, at)));
    assert_eq!(ends_at(EndpointCapacity::Servers(2)), [100_000, 100_000, 200_000].map(|at| (Succeeded, at)));
    assert_eq!(ends_at(EndpointCapacity::Unlimited), [(Succeeded, 100_000); 3]);
}

#[test]
fn endpoint_works_on_canceled_requests() {
    let mut slow = scenario(&[]);
    slow.endpoint.capacity = EndpointCapacity::Servers(1);
    let calls = [call(0, 7000, 0), call(SECOND, 100, 0), call(3 * SECOND, 100, 0)];
    // The worker is busy until 7 s. The second call is canceled at 6 s, and still costs 100 ms.
    assert_eq!(ends(&slow, &calls), [(TimedOut, 5 * SECOND), (TimedOut, 6 * SECOND), (Succeeded, 7_200_000)]);
}
