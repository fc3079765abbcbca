//! The limits for random endpoints, in exact simulation.

use ajo_simulator::{EndpointCapacity, EndpointFailures, OptionKind, RecommendedLimits, SizedTraffic, SizingRequest};

use crate::support::{audience, endpoint, lost, lost_at_cap, lost_at_throttling, option, request, run, sized};

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
        EndpointCapacity::RequestsPerSecond(random.u32(5..500))
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
