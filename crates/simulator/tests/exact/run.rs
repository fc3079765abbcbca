//! Journeys, randomness, and the bounds of a run.

use std::ops::ControlFlow;

use ajo_simulator::{Arrivals, Journey, Scenario, SimulationError, SimulationMode, simulate, simulate_with_progress};

use crate::support::{capping, scenario};

fn with_journeys(scenario: Scenario, patterns: &[&str]) -> Scenario {
    let journeys = patterns
        .iter()
        .zip(["a", "b", "c"])
        .map(|(pattern, name)| Journey { name: name.to_owned(), pattern: pattern.parse().expect("a pattern") });
    Scenario { journeys: journeys.collect(), ..scenario }
}

#[test]
fn journeys_share_limits_in_order() {
    // At each time, the first journey calls first and takes the last slot.
    let shared = with_journeys(scenario(&[capping(5, 1000)]), &["4x3", "4x3", "0x1,4x1"]);
    let report = simulate(&shared, SimulationMode::Exact).expect("a report");
    let succeeded: Vec<u64> = report.journeys.iter().map(|journey| journey.counts.succeeded).collect();
    // In seconds 0 and 2: a b a b a; in second 1: a b c a b.
    assert_eq!(succeeded, [3 + 2 + 3, 2 + 2 + 2, 1]);
    assert_eq!(report.totals.rejected, 3 + 7 + 3);
}

#[test]
fn seed_determines_random_results() {
    let report = |seed| {
        let mut random = with_journeys(scenario(&[capping(150, 1000)]), &["100x20", "100x20"]);
        (random.arrivals, random.seed) = (Arrivals::Poisson, seed);
        random.endpoint.latency = "exp:100".parse().expect("a latency");
        random.endpoint.failures = "0.1".parse().expect("failures");
        simulate(&random, SimulationMode::Exact).expect("a report")
    };
    assert_eq!(report(1), report(1));
    assert_ne!(report(1).totals, report(2).totals);
    // The same numbers on every machine.
    let totals = report(1).totals;
    assert_eq!((totals.offered, totals.sent, totals.succeeded), (4017, 3000, 2714));
}

#[test]
fn too_many_requests_are_an_error() {
    let day = |calls: u64, failures: &str, other: Option<&str>| {
        let mut long = with_journeys(scenario(&[]), &[&format!("{calls}x86400")]);
        long.endpoint.failures = failures.parse().expect("failures");
        long.other_calls = other.map(|pattern| pattern.parse().expect("a pattern"));
        // It cancels at once if the traffic is accepted.
        simulate_with_progress(&long, SimulationMode::Exact, &mut |_| ControlFlow::Break(()))
    };
    let too_many = |requests| Err(SimulationError::TooManyRequests { requests });
    assert_eq!(day(1157, "0", None), Err(SimulationError::Canceled));
    assert_eq!(day(1158, "0", None), too_many(1158 * 86_400));
    // Retries of failures and calls to other endpoints count too.
    assert_eq!(day(1000, "first:1", None), too_many(2 * 86_400_000));
    assert_eq!(day(1000, "0.5", None), too_many(86_400_000 + 43_200_000 + 21_600_000 + 10_800_000));
    assert_eq!(day(1000, "0", Some("1000x86400")), too_many(2 * 86_400_000));
    assert_eq!(SimulationMode::for_scenario(&scenario(&[])), SimulationMode::Exact);
}

#[test]
fn run_can_be_canceled_at_any_time() {
    let long = with_journeys(scenario(&[]), &["5000x60"]);
    let mut reports = 0;
    let canceled = simulate_with_progress(&long, SimulationMode::Exact, &mut |progress| {
        reports += 1;
        assert!(progress.second <= progress.seconds && progress.seconds == 60);
        if reports == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((canceled, reports), (Err(SimulationError::Canceled), 5));
}
