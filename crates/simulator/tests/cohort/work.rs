use std::ops::ControlFlow;

use ajo_simulator::{
    MAX_CALLS_PER_SECOND, Scenario, SimulationError, SimulationMode, WindowKind, simulate_with_progress,
};

use super::{capping, scenario, throttling};

/// The work of a simulation, in operations of about a nanosecond, and the greatest work between two reports.
fn work(scenario: &Scenario) -> (u64, u64) {
    let (mut work, mut gap, mut reports) = (0, 0, 0);
    let report = simulate_with_progress(scenario, SimulationMode::Cohort, &mut |progress| {
        gap = gap.max(progress.work - work);
        work = progress.work;
        reports += 1;
        ControlFlow::Continue(())
    });
    assert!(report.is_ok() && reports > 10, "{reports} reports");
    (work, gap)
}

/// A day of 5,000 calls per second with retries and a sliding window: under a second.
#[test]
fn day_is_bounded_work() {
    let mut day = scenario("5000x86400", &[capping(5200, 1000)]);
    (day.window, day.connections) = (WindowKind::Sliding, None);
    day.endpoint.failures = "0.1".parse().expect("failures");
    let (work, gap) = work(&day);
    assert!(work < 1_000_000_000 && gap < 10_000_000, "{work} {gap}");
}

/// The same with a varying latency and connections, which are overloaded if there are 1,000.
#[test]
fn day_with_connections_is_bounded_work() {
    for connections in [1000, 2000] {
        let mut day = scenario("5000x86400", &[capping(5200, 1000)]);
        (day.window, day.connections) = (WindowKind::Sliding, Some(connections));
        day.endpoint.failures = "0.1".parse().expect("failures");
        day.endpoint.latency = "exp:300".parse().expect("a latency");
        let (work, gap) = work(&day);
        assert!(work < 1_000_000_000 && gap < 10_000_000, "{connections}: {work} {gap}");
    }
}

#[test]
fn greatest_traffic_is_bounded_work() {
    let mut day = scenario(&format!("{MAX_CALLS_PER_SECOND}x86400"), &[throttling(2000)]);
    day.connections = None;
    day.endpoint.failures = "0.5".parse().expect("failures");
    let (work, gap) = work(&day);
    assert!(work < 1_000_000_000 && gap < 10_000_000, "{work} {gap}");
}

#[test]
fn simulation_can_be_canceled() {
    let mut calls = 0;
    let canceled = simulate_with_progress(&scenario("5000x86400", &[]), SimulationMode::Cohort, &mut |progress| {
        calls += 1;
        if progress.second >= 1000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(canceled, Err(SimulationError::Canceled));
    assert!(calls < 100, "{calls}");
}
