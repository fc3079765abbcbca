//! Sizing against exact simulation and closed forms.

use std::ops::ControlFlow;

use ajo_simulator::{
    CallCounts, ConfiguredLimits, EndpointCapacity, EndpointFailures, LimitOption, OptionKind, RecommendedLimits,
    Scenario, SimulatedEndpoint, SimulationMode, SizedParameter, SizedTraffic, SizingError, SizingReport,
    SizingRequest, TrafficPattern, simulate, size,
};
use serde_json::json;

fn endpoint(capacity: EndpointCapacity, latency: &str) -> SimulatedEndpoint {
    SimulatedEndpoint { latency: latency.parse().expect("a latency"), capacity, ..SimulatedEndpoint::default() }
}

fn audience(profiles: u64) -> SizedTraffic {
    SizedTraffic::Audience { profiles, reading_rate: None }
}

/// A request with a short load, for speed.
fn request(endpoint: SimulatedEndpoint, traffic: SizedTraffic) -> SizingRequest {
    let mut request = SizingRequest::new(endpoint, traffic);
    request.min_load_seconds = 60;
    request
}

fn sized(request: &SizingRequest) -> SizingReport {
    size(request, &mut |_| ControlFlow::Continue(())).expect("a report")
}

fn option(report: &SizingReport, kind: OptionKind) -> &LimitOption {
    report.options.iter().find(|option| option.kind == kind).expect("an option")
}

fn parameter<'o>(option: &'o LimitOption, name: &str) -> &'o SizedParameter {
    option.parameters.iter().find(|parameter| parameter.name == name).unwrap_or_else(|| panic!("{name}"))
}

fn configured(limits: &RecommendedLimits) -> ConfiguredLimits {
    let (url, methods) = ("https://a.example/*", ["GET"]);
    let mut definitions = Vec::new();
    if let Some(calls) = limits.max_calls_count {
        let mut action = json!({"rating": {"maxCallsCount": calls, "periodInMs": limits.period_in_ms}});
        if let Some(connections) = limits.max_http_connections {
            action["maxHttpConnections"] = connections.into();
        }
        definitions.push(json!({"url": url, "methods": methods, "services": {"action": action}}));
    }
    if let Some(calls) = limits.max_throughput {
        definitions.push(json!({"urlPattern": url, "methods": methods, "maxThroughput": calls}));
    }
    ConfiguredLimits::from_definitions(None, &definitions).expect("limits")
}

/// Calls through the limits, in exact mode, and the seconds until the last one ended.
fn run(request: &SizingRequest, limits: &RecommendedLimits, calls: Vec<u32>) -> (CallCounts, u64) {
    let mut scenario = Scenario::new(TrafficPattern::new(calls).expect("a pattern"), configured(limits));
    scenario.endpoint = request.endpoint.clone();
    scenario.timeout_seconds = request.timeout_seconds;
    scenario.window = request.window;
    scenario.seed = request.seed;
    let report = simulate(&scenario, SimulationMode::Exact).expect("a report");
    (report.totals, report.rows.len() as u64)
}

const fn lost(counts: &CallCounts) -> u64 {
    counts.rejected + counts.dropped + counts.timed_out
}

/// Requests at the rate of a capping limit, without failures.
fn lost_at_cap(request: &SizingRequest, report: &SizingReport, limits: RecommendedLimits) -> u64 {
    let mut request = request.clone();
    request.endpoint.failures = EndpointFailures::Probability(0.0);
    let rate = u32::try_from(limits.max_calls_count.expect("a cap")).expect("a rate");
    lost(&run(&request, &limits, vec![rate; report.load_seconds as usize]).0)
}

/// Twice as many calls as a throttling limit lets through.
fn lost_at_throttling(request: &SizingRequest, report: &SizingReport, limits: RecommendedLimits) -> u64 {
    let rate = limits.max_throughput.expect("a limit") as f64 / report.attempts_per_call;
    lost(&run(request, &limits, vec![(2.0 * rate).ceil() as u32; report.load_seconds.div_ceil(2) as usize]).0)
}

fn random_request(random: &mut fastrand::Rng) -> SizingRequest {
    let millis = random.u32(20..1500);
    let latency = match random.u8(0..3) {
        0 => format!("{millis}"),
        1 => format!("exp:{millis}"),
        _ => format!("p50={millis},p95={},p99={}", millis * 2, millis * 3),
    };
    let capacity = if random.bool() {
        EndpointCapacity::Servers(random.u32(2..60))
    } else {
        EndpointCapacity::RequestsPerSecond(random.u32(5..900))
    };
    let mut endpoint = endpoint(capacity, &latency);
    endpoint.failures = match random.u8(0..6) {
        0 => EndpointFailures::Probability(f64::from(random.u8(1..30)) / 100.0),
        1 => EndpointFailures::FirstAttempts(random.u8(1..3)),
        _ => EndpointFailures::Probability(0.0),
    };
    let profiles = random.u64(1000..20_000);
    let mut request = request(endpoint, audience(profiles));
    request.margin_percent = 100;
    request.timeout_seconds = random.u64(20..=30);
    request.goals.max_parallel = random.bool().then(|| random.u32(10..100));
    request.goals.within_seconds = random.bool().then(|| random.u64(60..4000));
    request.seed = random.u64(..);
    request
}

#[test]
fn limits_meet_goals_and_one_more_does_not() {
    let mut random = fastrand::Rng::with_seed(20);
    let (mut throttled, mut capped, mut impossible) = (0, 0, 0);
    for number in 0..100 {
        let request = random_request(&mut random);
        let report = sized(&request);
        let SizedTraffic::Audience { profiles, .. } = request.traffic else { unreachable!() };
        let context = format!("{number}: {request:?}\n{}", serde_json::to_string(&report.options).expect("JSON"));
        let Some(kind) = report.recommended else {
            impossible += 1;
            assert!(report.options.iter().all(|option| !option.problems.is_empty()), "{context}");
            continue;
        };
        let option = option(&report, kind);
        let limits = option.limits.expect("limits");
        let pattern = option.traffic.as_ref().and_then(|traffic| traffic.pattern(profiles)).expect("a pattern");
        let (counts, seconds) = run(&request, &limits, pattern.calls().to_vec());
        assert_eq!(lost(&counts), 0, "{context}");
        assert!(request.goals.within_seconds.is_none_or(|within| seconds <= within), "{seconds} {context}");
        if kind == OptionKind::Throttling {
            throttled += 1;
            let throughput = limits.max_throughput.expect("a limit");
            assert_eq!(lost_at_throttling(&request, &report, limits), 0, "{context}");
            if throughput < 5000 {
                let higher = RecommendedLimits { max_throughput: Some(throughput + 1), ..limits };
                assert!(lost_at_throttling(&request, &report, higher) > 0, "{context}");
            }
        } else {
            capped += 1;
            let count = limits.max_calls_count.expect("a limit");
            assert_eq!(lost_at_cap(&request, &report, limits), 0, "{context}");
            let higher = RecommendedLimits { max_calls_count: Some(count + 1), ..limits };
            assert!(lost_at_cap(&request, &report, higher) > 0, "{context}");
        }
        let connections = limits.max_http_connections.unwrap_or(50);
        assert!(request.goals.max_parallel.is_none_or(|max| connections <= max), "{context}");
    }
    assert!(
        throttled > 5 && capped > 20 && impossible > 5,
        "{throttled} throttled, {capped} capped, {impossible} impossible"
    );
}
