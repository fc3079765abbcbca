//! The throttling queue.

use ajo_simulator::{
    CallOutcome::{Rejected, Succeeded, TimedOut},
    CappedCall, Scenario, SimulationMode, WindowKind, simulate,
};

use crate::support::{SECOND, burst, call, capping, run, scenario, throttling};

/// 1,000 calls per second into 400: a call that arrives at t waits for 1.5 t. So the first that waits for six hours arrives
/// after four, and is dropped after ten. A slot is free at that very time, but the drop comes first.
#[test]
fn first_call_is_dropped_after_ten_hours() {
    let mut limit = throttling();
    limit["maxThroughput"] = 400.into();
    let traffic = format!("1000x{}", 4 * 3600 + 10).parse().expect("a pattern");
    let mut queued = scenario(&[limit]);
    queued.journeys[0].pattern = traffic;
    let report = simulate(&queued, SimulationMode::Exact).expect("a report");
    assert_eq!(report.queue.first_drop_ms, Some(10 * 3_600_000));
    // In the 10 s in which the calls after it leave, 4,000 get a slot, and 6,000 are dropped.
    let totals = report.totals;
    assert_eq!((totals.offered, totals.succeeded + totals.dropped), (14_410_000, 14_410_000));
    assert!(totals.dropped.abs_diff(6000) <= 400, "{totals:?}");
    assert_eq!(report.queue.empty_ms, Some(10 * 3_600_000 + 9999));
}

#[test]
fn calls_leave_in_order_of_arrival() {
    for (window, second_slot) in
        [(WindowKind::Fixed, SECOND), (WindowKind::Sliding, SECOND + 500_000), (WindowKind::TokenBucket, 505_000)]
    {
        let queued = Scenario { window, ..scenario(&[throttling()]) };
        let calls = [burst(500_000, 200), burst(500_001, 1), burst(500_002, 1)].concat();
        let ends = run(&queued, &calls);
        assert_eq!((ends[199].throttling_wait, ends[199].at), (0, 510_000));
        assert_eq!(ends[200].throttling_wait, second_slot - 500_001, "{window}");
        assert!(ends[201].at >= ends[200].at, "{window}");
    }
}

#[test]
fn retry_precedes_waiting_calls() {
    let queued = scenario(&[throttling()]);
    // The first call fails at 600 ms. Calls wait from 0 on, and 200 leave each second.
    let calls = [vec![call(0, 600, 1)], burst(0, 1000)].concat();
    let ends = run(&queued, &calls);
    assert_eq!((ends[0].at, ends[0].throttling_wait, ends[0].requests), (1_600_000, 400_000, 2));
    // The retry has taken one of the slots at 1 s.
    assert_eq!((ends[398].at, ends[399].at), (SECOND + 10_000, 2 * SECOND + 10_000));
}

#[test]
fn waiting_retry_ends_at_its_deadline() {
    let queued = Scenario { timeout_seconds: 1, ..scenario(&[throttling()]) };
    // Slots are free again at 1 s, which is the deadline of the first call, but not of the second.
    let calls = [vec![call(0, 900, 1), call(1, 900, 1)], burst(1, 198)].concat();
    let ends = run(&queued, &calls);
    assert_eq!((ends[0].outcome, ends[0].at, ends[0].throttling_wait), (TimedOut, SECOND, 100_000));
    // The second gets its slot 1 µs before its deadline, and is canceled.
    assert_eq!((ends[1].outcome, ends[1].at, ends[1].requests), (TimedOut, SECOND + 1, 2));
}

#[test]
fn rejected_call_keeps_its_throttling_slot() {
    let both = scenario(&[throttling(), capping(1, 500)]);
    // One of the first 200 passes the cap, and the next call must wait.
    let ends = run(&both, &burst(0, 201));
    assert_eq!(ends[1..200].iter().filter(|end| (end.outcome, end.at) == (Rejected, 0)).count(), 199);
    assert_eq!((ends[200].outcome, ends[200].throttling_wait), (Succeeded, SECOND));
}

/// At the same time come slots of the queue, then retries, then arrivals.
#[test]
fn equal_times_have_an_order() {
    let both = Scenario { capped_call: CappedCall::Final, ..scenario(&[throttling(), capping(201, 1000)]) };
    // The cap has 201 slots from 1 s on: 199 for waiting calls, one for the retry due at 1 s, and one for an arrival at 1 s, but the
    // throttling limit has 200 only.
    let calls = [vec![call(0, 1000, 1)], burst(0, 398), burst(SECOND, 1)].concat();
    let ends = run(&both, &calls);
    assert_eq!((ends[398].throttling_wait, ends[398].at), (SECOND, SECOND + 10_000));
    assert_eq!((ends[0].throttling_wait, ends[0].at), (0, 2 * SECOND));
    assert_eq!((ends[399].throttling_wait, ends[399].at), (SECOND, 2 * SECOND + 10_000));
}
