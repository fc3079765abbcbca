//! Goals that are impossible, and invalid requests.

use std::ops::ControlFlow;

use ajo_simulator::{
    EndpointCapacity, EndpointFailures, OptionKind, SimulatedEndpoint, SimulationError, SizedTraffic, SizingError,
    SizingRequest, size,
};

use crate::support::{audience, endpoint, option, parameter, request, sized};

fn workers(profiles: u64) -> SizingRequest {
    request(endpoint(EndpointCapacity::Servers(80), "300"), audience(profiles))
}

#[test]
fn impossible_time_names_what_has_to_give() {
    let mut request = workers(200_000);
    for (within, expected) in [
        (
            360,
            "within 6 min they need 556/s, more than the tipping point of 277/s: allow 17 min, or an endpoint with 228 workers",
        ),
        (
            800,
            "within 13 min 20 s they need 250/s, more than 75 % of the tipping point of 277/s: allow 17 min, --margin 93%, or \
             an endpoint with 103 workers",
        ),
    ] {
        request.goals.within_seconds = Some(within);
        let report = sized(&request);
        assert_eq!(report.recommended, None);
        let problems = &option(&report, OptionKind::Capping).problems;
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("200,000 calls at 207/s take "), "{problems:?}");
        assert!(problems[0].ends_with(expected), "{problems:?}");
    }
    request.margin_percent = 93;
    assert_eq!(sized(&request).recommended, Some(OptionKind::Capping));
}

#[test]
fn parallel_requests_limit_connections() {
    let mut request = request(endpoint(EndpointCapacity::RequestsPerSecond(5000), "50"), audience(10_000));
    request.goals.max_parallel = Some(20);
    let report = sized(&request);
    let throttling = option(&report, OptionKind::Throttling);
    let limits = throttling.limits.expect("limits");
    let throughput = limits.max_throughput.expect("a limit");
    // 20 ÷ 0.05 s = 400/s; a load of a minute can be higher.
    assert!((300..=450).contains(&throughput), "{throughput}");
    assert_eq!((limits.max_http_connections, limits.max_calls_count), (Some(20), Some(2 * throughput)));
    let capping = option(&report, OptionKind::Capping);
    assert_eq!(capping.limits.and_then(|limits| limits.max_http_connections), Some(20));
    let steps = parameter(capping, "maxHttpConnections").steps.clone();
    assert!(steps.at.is_some_and(|outcome| outcome.meets_goals));
    assert!(steps.above.is_some_and(|outcome| outcome.lost() == 0 && !outcome.meets_goals), "more in parallel");
}

#[test]
fn bursts_are_throttled_not_capped() {
    let traffic = SizedTraffic::Pattern("100x60,900x20,100x60".parse().expect("a pattern"));
    let request = request(endpoint(EndpointCapacity::RequestsPerSecond(600), "50"), traffic);
    let report = sized(&request);
    assert_eq!(report.recommended, Some(OptionKind::Throttling));
    assert_eq!((report.traffic.calls, report.traffic.peak_per_second), (30_000, Some(900)));
    let capping = option(&report, OptionKind::Capping);
    assert_eq!(capping.traffic, None);
    assert!(
        capping.problems[0].contains(" calls are rejected: the traffic peaks at 900 calls/s, and the limit is "),
        "{:?}",
        capping.problems
    );
}

#[test]
fn slow_responses_are_not_lost_by_limits() {
    let mut request = request(endpoint(EndpointCapacity::Servers(50), "p50=500,p95=2000,p99=4000"), audience(5000));
    request.timeout_seconds = 5;
    let report = sized(&request);
    assert!(report.unavoidable_timeouts > 10, "{}", report.unavoidable_timeouts);
    let outcome = option(&report, OptionKind::Capping).outcome.expect("an outcome");
    assert!(outcome.meets_goals && outcome.timed_out > 0, "{outcome:?}");
    request.timeout_seconds = 1;
    let error = size(&request, &mut |_| ControlFlow::Continue(())).expect_err("too slow");
    assert!(matches!(error, SizingError::SlowEndpoint { timeout_seconds: 1, .. }), "{error}");
}

#[test]
fn impossible_limits_name_what_has_to_give() {
    for (capacity, max_parallel, profiles, expected) in [
        (EndpointCapacity::RequestsPerSecond(3), None, 1000, ": it needs an endpoint with a capacity of 7/s"),
        (EndpointCapacity::Servers(1), None, 1000, ": it needs an endpoint with 2 workers"),
        (EndpointCapacity::Servers(80), Some(1), 1000, ": it needs --max-parallel 2"),
        (EndpointCapacity::Servers(1), Some(1), 1000, ": it needs --max-parallel 2 and an endpoint with 2 workers"),
    ] {
        let mut request = request(endpoint(capacity, "300"), audience(profiles));
        request.goals.max_parallel = max_parallel;
        let report = sized(&request);
        assert_eq!(report.recommended, None);
        let problem = &option(&report, OptionKind::Capping).problems[0];
        assert!(problem.ends_with(expected), "{problem}");
    }
}

/// One profile is one call, however fast the audience is read.
#[test]
fn small_audience_needs_no_split() {
    let report = sized(&request(endpoint(EndpointCapacity::Servers(1), "300"), audience(1)));
    let traffic = option(&report, OptionKind::Capping).traffic.clone().expect("traffic");
    assert_eq!((report.recommended, traffic.reading_rate), (Some(OptionKind::Capping), 500));
    assert_eq!(traffic.branches, 1);
}

#[test]
fn failing_calls_are_not_lost() {
    let mut request = workers(1000);
    request.endpoint.failures = EndpointFailures::Probability(0.5);
    request.endpoint.failure_status = 404;
    let report = sized(&request);
    let outcome = option(&report, OptionKind::Capping).outcome.expect("an outcome");
    assert!(outcome.meets_goals && outcome.failed > 400 && outcome.lost() == 0, "{outcome:?}");
}

#[test]
fn invalid_request_is_rejected() {
    let error = |change: fn(&mut SizingRequest)| {
        let mut request = workers(1000);
        change(&mut request);
        size(&request, &mut |_| ControlFlow::Continue(())).expect_err("invalid")
    };
    assert_eq!(error(|it| it.endpoint = SimulatedEndpoint::default()), SizingError::UnlimitedEndpoint);
    assert_eq!(error(|it| it.traffic = audience(0)), SizingError::NoCalls);
    assert_eq!(error(|it| it.margin_percent = 0), SizingError::Margin);
    assert_eq!(error(|it| it.margin_percent = 101), SizingError::Margin);
    assert_eq!(error(|it| it.goals.max_parallel = Some(0)), SizingError::Goals);
    assert_eq!(error(|it| it.goals.within_seconds = Some(0)), SizingError::Goals);
    let slow_reading = |it: &mut SizingRequest| {
        it.traffic = SizedTraffic::Audience { profiles: 1000, reading_rate: Some(499) };
    };
    assert_eq!(error(slow_reading), SizingError::ReadingRate);
    for failures in [EndpointFailures::Probability(1.0), EndpointFailures::FirstAttempts(4)] {
        let mut request = workers(1000);
        request.endpoint.failures = failures;
        let error = size(&request, &mut |_| ControlFlow::Continue(())).expect_err("invalid");
        assert_eq!(error, SizingError::FailingEndpoint, "{failures}");
    }
    let first_without_retry = |it: &mut SizingRequest| {
        it.endpoint.failures = EndpointFailures::FirstAttempts(1);
        it.endpoint.failure_status = 404;
    };
    assert_eq!(error(first_without_retry), SizingError::FailingEndpoint);
    assert!(matches!(error(|it| it.endpoint.failure_status = 200), SizingError::Endpoint(_)));
}

#[test]
fn sizing_can_be_canceled() {
    let error = size(&workers(1000), &mut |_| ControlFlow::Break(())).expect_err("canceled");
    assert_eq!(error, SizingError::Simulation(SimulationError::Canceled));
}
