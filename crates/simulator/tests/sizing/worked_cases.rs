//! The cases of the documentation.

use ajo_simulator::{Arrivals, EndpointCapacity, EndpointFailures, OptionKind, SizingOutcome};

use crate::support::{audience, endpoint, option, parameter, request, sized};

fn misses(outcome: Option<SizingOutcome>) -> bool {
    outcome.is_some_and(|outcome| !outcome.meets_goals)
}

/// 80 workers allow 267/s, and 200/s with margin. Throttling has 50 connections, which allow 167/s, and at least 200/s.
#[test]
fn throttling_conflicts_with_connections() {
    let mut request = request(endpoint(EndpointCapacity::Servers(80), "300"), audience(2_000_000));
    request.goals.within_seconds = Some(4 * 3600);
    let report = sized(&request);
    assert_eq!((report.recommended, report.load_seconds), (Some(OptionKind::Capping), 7500));
    assert!((report.capacity.value - 800.0 / 3.0).abs() < 1e-9);

    let throttling = option(&report, OptionKind::Throttling);
    assert_eq!((throttling.limits, throttling.outcome), (None, None));
    assert_eq!(
        throttling.problems,
        ["maxThroughput is at least 200/s, but 50 connections, Adobe's estimate under throttling, allow only 167/s \
          (50 connections ÷ 0.3 s; simulated 167/s), 125/s with the margin. The endpoint alone allows 267/s (80 workers ÷ 0.3 s), \
          200/s with the margin. A latency of at most 187 ms is needed"]
    );

    let capping = option(&report, OptionKind::Capping);
    let limits = capping.limits.expect("limits");
    assert_eq!((limits.max_calls_count, limits.max_http_connections), (Some(200), Some(80)));
    let count = parameter(capping, "maxCallsCount");
    assert_eq!((count.tipping_point, count.is_maximum), (Some(267), false));
    assert!(misses(count.steps.above_tipping_point));
    let simulated = |name| (parameter(capping, name).closed_form.value, parameter(capping, name).tipping_point);
    assert_eq!(simulated("maxHttpConnections"), (60.0, Some(60)));
    assert_eq!(simulated("readingRate"), (588.0, Some(588)));
    assert_eq!(simulated("branches"), (3.0, Some(3)));
    assert_eq!(simulated("wait"), (3402.0, Some(3420)));
    assert!(misses(parameter(capping, "readingRate").steps.above));
    assert!(misses(parameter(capping, "branches").steps.below));
    assert!(misses(parameter(capping, "wait").steps.below));
    let traffic = capping.traffic.as_ref().expect("traffic");
    assert_eq!((traffic.reading_rate, traffic.shares.as_slice()), (588, [34, 33, 33].as_slice()));
    assert!(capping.outcome.is_some_and(|outcome| outcome.lost() == 0 && outcome.seconds <= 4 * 3600));
}

/// Adobe: a cap of 100/s with two retries per call leaves about 30/s.
#[test]
fn retries_use_slots() {
    let mut endpoint = endpoint(EndpointCapacity::RequestsPerSecond(100), "100");
    endpoint.failures = EndpointFailures::FirstAttempts(2);
    let mut request = request(endpoint, audience(2000));
    request.margin_percent = 100;
    request.min_load_seconds = 3600;
    let report = sized(&request);
    let calls = parameter(option(&report, OptionKind::Capping), "callsPerSecond");
    assert_eq!(calls.closed_form.formula, "100/s ÷ 3 requests per call");
    assert!((calls.closed_form.value - 33.333).abs() < 0.001);
    assert_eq!(calls.recommended, 33);
    assert!(misses(calls.steps.above));
}

#[test]
fn random_arrivals_need_room() {
    let mut request = request(endpoint(EndpointCapacity::RequestsPerSecond(600), "100"), audience(100_000));
    request.margin_percent = 100;
    let even = sized(&request);
    let even = option(&even, OptionKind::Capping);
    assert!(even.outcome.is_some_and(|outcome| outcome.meets_goals) && misses(even.random_outcome));
    request.arrivals = Arrivals::Poisson;
    let poisson = sized(&request);
    let poisson = option(&poisson, OptionKind::Capping);
    assert!(poisson.outcome.is_some_and(|outcome| outcome.meets_goals) && poisson.random_outcome.is_none());
    let rate = |option: &ajo_simulator::LimitOption| option.traffic.as_ref().expect("traffic").reading_rate;
    assert!(rate(poisson) < rate(even) - 50, "{} {}", rate(poisson), rate(even));
}
