use ajo_simulator::{
    CallCounts, CappedCall, ConfiguredLimits, EndpointCapacity, Journey, Scenario, SimulationMode, WindowKind, simulate,
};

use super::{capping, cohort, scenario, throttling};

fn assert_agrees(case: &str, scenario: &Scenario) {
    assert_eq!(SimulationMode::for_scenario(scenario), SimulationMode::Cohort, "{case}: too few to be grouped");
    let exact = simulate(scenario, SimulationMode::Exact).expect("a report").totals;
    let cohort = cohort(scenario).totals;
    let counts = |it: CallCounts| {
        [it.sent, it.retried, it.throttled, it.succeeded, it.failed, it.rejected, it.dropped, it.timed_out]
    };
    assert_eq!(cohort.offered, cohort.ended(), "{case}");
    assert_eq!(cohort.offered, exact.offered, "{case}");
    for (cohort_count, exact_count) in counts(cohort).into_iter().zip(counts(exact)) {
        let is_near = cohort_count.abs_diff(exact_count) * 100 <= exact.offered;
        assert!(is_near, "{case}\ncohort {cohort:?}\nexact {exact:?}");
    }
}

fn with_latency(latency: &str, failures: &str, scenario: Scenario) -> Scenario {
    let mut scenario = scenario;
    scenario.endpoint.latency = latency.parse().expect("a latency");
    scenario.endpoint.failures = failures.parse().expect("failures");
    scenario
}

#[test]
fn modes_agree_within_a_percent() {
    for window in WindowKind::ALL {
        let calls = scenario("500x6200", &[capping(400, 1000)]);
        assert_agrees("cap", &Scenario { window, ..with_latency("300", "0", calls) });
        let calls = scenario("ramp:0-6000x750", &[throttling(2500)]);
        assert_agrees("throttling", &Scenario { window, ..with_latency("exp:40", "0.3", calls) });
        let calls = scenario("5000x600", &[throttling(2000)]);
        assert_agrees(
            "overloaded connections",
            &Scenario { window, connections: None, ..with_latency("100", "0.1", calls) },
        );
        assert_agrees(
            "free connections",
            &Scenario {
                window,
                connections: None,
                ..with_latency("20", "0.1", scenario("5000x600", &[throttling(2000)]))
            },
        );
    }
    for connections in [140, 200] {
        let calls = with_latency("300", "0.2", scenario("500x5000", &[]));
        assert_agrees("connections", &Scenario { connections: Some(connections), ..calls });
    }
    for capacity in [EndpointCapacity::Servers(120), EndpointCapacity::RequestsPerSecond(450)] {
        let mut calls = with_latency("exp:200", "first:1", scenario("400x4000,100x1000", &[]));
        calls.endpoint.capacity = capacity;
        assert_agrees("endpoint", &calls);
    }
}

/// Retries leave the throttling queue before new calls, so they take the slots of the cap.
#[test]
fn released_retries_take_slots_first() {
    let mut calls = with_latency("5", "0", scenario("4777x700", &[throttling(4832), capping(2027, 500)]));
    calls.capped_call = CappedCall::Retried;
    assert_agrees("fixed", &calls);
}

#[test]
fn few_requests_agree_exactly() {
    let calls = with_latency("300", "0.1", scenario("1200x2000", &[capping(1000, 1000)]));
    let exact = simulate(&calls, SimulationMode::Exact).expect("a report");
    assert_eq!(SimulationMode::for_scenario(&calls), exact.mode);
    assert_eq!(cohort(&calls).totals, exact.totals);
}

#[test]
fn journeys_share_cohorts() {
    let journey =
        |name: &str, traffic: &str| Journey { name: name.to_owned(), pattern: traffic.parse().expect("a pattern") };
    let limits = ConfiguredLimits::from_definitions(None, &[capping(3000, 1000)]).expect("limits");
    let mut calls = Scenario::new("1x1".parse().expect("a pattern"), limits);
    calls.journeys = vec![journey("a", "1500x1200"), journey("b", "0x100,2500x600")];
    assert_agrees("journeys", &calls);
    assert_eq!(cohort(&calls).journeys, [], "counted together");
}
