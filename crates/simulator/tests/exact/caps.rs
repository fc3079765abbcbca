//! Caps and their windows.

use ajo_simulator::{
    CallOutcome::{Failed, Rejected, Succeeded},
    CappedCall, DefaultCapScope, Micros, Scenario, WindowKind,
};

use crate::support::{MILLISECOND, SECOND, burst, call, capping, ends, run, scenario};

/// The times at which 2 calls per second are allowed, for calls at these times.
fn allowed(window: WindowKind, times: &[Micros]) -> Vec<bool> {
    let capped = Scenario { window, ..scenario(&[capping(2, 1000)]) };
    let calls: Vec<_> = times.iter().map(|at| call(*at, 10, 0)).collect();
    run(&capped, &calls).iter().map(|end| end.outcome == Succeeded).collect()
}

#[test]
fn fixed_window_starts_at_whole_periods() {
    let times = [900_000, 999_999, 999_999, SECOND, SECOND, SECOND];
    assert_eq!(allowed(WindowKind::Fixed, &times), [true, true, false, true, true, false]);
}

#[test]
fn sliding_slot_is_free_after_its_period() {
    let times = [0, 1, 999_999, SECOND, SECOND, SECOND + 1, SECOND + 1];
    assert_eq!(allowed(WindowKind::Sliding, &times), [true, true, false, true, false, true, false]);
}

#[test]
fn bucket_starts_full_and_refills_evenly() {
    // A token every 500 ms.
    let times = [0, 0, 0, 499_999, 500_000, 500_000, 9 * SECOND, 9 * SECOND, 9 * SECOND];
    assert_eq!(allowed(WindowKind::TokenBucket, &times), [true, true, false, false, true, false, true, true, false]);
}

#[test]
fn rejected_call_takes_no_slot() {
    // The default cap allows 300,000 calls, and capping one every 10 ms: a rejected call does not use the default cap.
    let mut both = Scenario { window: WindowKind::Fixed, ..scenario(&[capping(1, 10)]) };
    both.default_cap.is_replaced = false;
    let mut calls = Vec::new();
    for index in 0..300 {
        calls.extend(burst(index * 10 * MILLISECOND, 1100));
    }
    let ends = run(&both, &calls);
    assert_eq!(ends.iter().filter(|end| end.outcome == Succeeded).count(), 300);
}

#[test]
fn each_attempt_takes_a_slot() {
    let capped = scenario(&[capping(4, 60_000)]);
    // The first call needs three slots, and the second finds one slot left for its two attempts.
    let calls = [call(0, 10, 2), call(SECOND, 10, 1)];
    assert_eq!(ends(&capped, &calls), [(Succeeded, 30 * MILLISECOND), (Rejected, SECOND + 10 * MILLISECOND)]);
}

#[test]
fn capped_call_is_retried_within_timeout() {
    let retried =
        |retry_delay_ms| Scenario { capped_call: CappedCall::Retried, retry_delay_ms, ..scenario(&[capping(1, 1000)]) };
    let second_call = |retry_delay_ms, at| {
        let end = run(&retried(retry_delay_ms), &[call(0, 10, 0), call(at, 10, 0)])[1];
        (end.outcome, end.at, end.requests)
    };
    // Rejected at 0.1 s and 0.5 s, and allowed at 1.3 s.
    assert_eq!(second_call(600, 100_000), (Succeeded, 1_310_000, 1));
    // Rejected at 0, 0.3, 0.6, and 0.9 s.
    assert_eq!(second_call(300, 0), (Rejected, 900_000, 0));
    assert_eq!(second_call(0, 0), (Rejected, 0, 0));
    // A retry at the deadline is too late.
    assert_eq!(second_call(5000, 0), (Rejected, 0, 0));
    assert_eq!(second_call(4989, 0), (Succeeded, 4_999_000, 1));
}

#[test]
fn other_calls_use_default_cap_of_host() {
    let ends_with = |scope, is_replaced, calls: &[Micros]| {
        // A configuration replaces the default cap.
        let definitions = if is_replaced { vec![capping(10_000_000, 1000)] } else { vec![] };
        let mut shared = scenario(&definitions);
        shared.other_calls = Some("299999x1".parse().expect("a pattern"));
        shared.default_cap.scope = scope;
        let calls: Vec<_> = calls.iter().map(|at| call(*at, 10, 0)).collect();
        run(&shared, &calls).iter().map(|end| end.outcome == Succeeded).collect::<Vec<_>>()
    };
    // One slot is left after second 0. The slot of the first other call is free again at 60 s, and the next 4 µs later.
    let minute = 60 * SECOND;
    let times = [2 * SECOND, 3 * SECOND, minute - 1, minute, minute, minute + 3];
    let with_other_calls = [true, false, false, true, false, true];
    for scope in [DefaultCapScope::Host, DefaultCapScope::Domain] {
        assert_eq!(ends_with(scope, false, &times), with_other_calls, "{scope:?}");
    }
    assert_eq!(ends_with(DefaultCapScope::Endpoint, false, &times), [true; 6]);
    assert_eq!(ends_with(DefaultCapScope::Host, true, &times), [true; 6]);
}

#[test]
fn other_calls_come_first_at_the_same_time() {
    let mut shared = scenario(&[]);
    shared.other_calls = Some("300000x1".parse().expect("a pattern"));
    // The last of the other calls arrives at 999,996 µs.
    assert_eq!(ends(&shared, &[call(999_996, 10, 0)]), [(Rejected, 999_996)]);
    assert_eq!(ends(&shared, &[call(999_995, 10, 0)]), [(Succeeded, 1_009_995)]);
}

#[test]
fn status_decides_on_retries() {
    for (failure_status, end) in [
        (401, (Failed, 10 * MILLISECOND)),
        (403, (Failed, 10 * MILLISECOND)),
        (404, (Failed, 10 * MILLISECOND)),
        (429, (Succeeded, 40 * MILLISECOND)),
        (500, (Succeeded, 40 * MILLISECOND)),
    ] {
        let mut failing = scenario(&[]);
        failing.endpoint.failure_status = failure_status;
        assert_eq!(ends(&failing, &[call(0, 10, 3)]), [end], "{failure_status}");
    }
}
