//! Random scenarios. Most times are multiples of a coarse step, so that many events have the same time.

use ajo_simulator::{
    AttemptResult, CappedCall, ConfiguredLimits, DefaultCapRules, DefaultCapScope, EndpointCapacity, EndpointFailures,
    Journey, LatencyDistribution, Micros, NoConnection, Scenario, ServiceType, SimulatedEndpoint, TracedCall,
    TrafficPattern, WindowKind,
};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::scenario::TracedScenario;

const SECOND: Micros = 1_000_000;
/// The number of the scenario with 150,000 calls, the cap of slow endpoints.
const SLOW_ENDPOINT: u64 = 199;

/// The scenario with this number. It is the same in every run.
pub(crate) fn scenario(number: u64) -> TracedScenario {
    let random = &mut Rng::with_seed(number);
    match number {
        SLOW_ENDPOINT => slow_endpoint(random),
        _ if number % 25 == 7 => six_hours(random),
        _ if number % 25 == 17 => other_calls(random),
        _ if number % 5 == 3 => throttled(random),
        _ => small(random),
    }
}

fn one_of<T: Copy>(random: &mut Rng, values: &[T]) -> T {
    values[random.usize(..values.len())]
}

/// Few calls with any options.
fn small(random: &mut Rng) -> TracedScenario {
    let step = one_of(random, &[1, 1000, 50_000, 100_000, 500_000, SECOND]);
    let seconds = random.u64(1..=12);
    let calls = random.usize(5..=120);
    let arrivals = arrivals(random, calls, step, seconds * SECOND);
    let service = if random.u8(..5) == 0 { ServiceType::DataSource } else { ServiceType::Action };
    let (limits, max_http_connections) = limits(random, service);
    let limits = match service {
        ServiceType::Action if random.bool() => limits.with_throttling(random.u64(1..=30)),
        _ => limits,
    };
    traced(random, step, limits, max_http_connections, &arrivals)
}

/// A burst over a throttling limit that the service accepts.
fn throttled(random: &mut Rng) -> TracedScenario {
    let step = one_of(random, &[1, 1000, 5000, 100_000]);
    let calls = random.usize(150..=700);
    let arrivals = arrivals(random, calls, step, 3 * SECOND);
    let (limits, max_http_connections) = limits(random, ServiceType::Action);
    let limits = limits.with_throttling(random.u64(200..=260));
    traced(random, step, limits, max_http_connections, &arrivals)
}

/// One call per second: some wait six hours.
fn six_hours(random: &mut Rng) -> TracedScenario {
    let step = one_of(random, &[1, 1000, 100_000, SECOND, SECOND]);
    let all_fail = random.bool();
    // If all fail, each uses four slots.
    let early = if all_fail { random.usize(5410..=5450) } else { random.usize(21_600..=21_650) };
    let mut times = arrivals(random, early, step, 10 * SECOND);
    times.extend(arrivals(random, 20, step, 8 * 3600 * SECOND));
    times.sort_unstable();
    let mut traced = traced(random, step, ConfiguredLimits::default().with_throttling(1), None, &times);
    traced.scenario.connections = None;
    traced.scenario.endpoint.capacity = EndpointCapacity::Unlimited;
    traced.scenario.endpoint.failure_status = 503;
    traced.scenario.timeout_seconds = 30;
    for call in &mut traced.calls {
        call.attempts = call.attempts.map(|attempt| AttemptResult {
            latency: attempt.latency.min(2 * SECOND),
            is_failure: all_fail || (attempt.is_failure && random.u8(..200) == 0),
        });
    }
    traced
}

/// Calls to other endpoints use almost the whole default cap.
fn other_calls(random: &mut Rng) -> TracedScenario {
    let step = one_of(random, &[1, 10, 100_000, SECOND]);
    let mut times = arrivals(random, 30, step, 4 * SECOND);
    times.extend(arrivals(random, 30, step, 4 * SECOND).iter().map(|at| at + 59 * SECOND));
    times.sort_unstable();
    let (limits, max_http_connections) =
        if random.bool() { limits(random, ServiceType::Action) } else { (ConfiguredLimits::default(), None) };
    let mut traced = traced(random, step, limits, max_http_connections, &times);
    let mut other = vec![0; 70];
    other[..3].copy_from_slice(&[100_000, 100_000, 100_000 - random.u32(..50)]);
    for calls in &mut other[3..] {
        *calls = one_of(random, &[0, 1, 7, 100_000]);
    }
    traced.scenario.other_calls = Some(TrafficPattern::new(other).expect("a pattern"));
    traced.scenario.default_cap.is_replaced = false;
    traced
}

fn slow_endpoint(random: &mut Rng) -> TracedScenario {
    let mut times: Vec<Micros> = (0..150_050).map(|call| call * 20).collect();
    times.extend(arrivals(random, 50, 10, SECOND).iter().map(|at| at + 30 * SECOND));
    times.sort_unstable();
    let mut traced = traced(random, 1, ConfiguredLimits::default(), None, &times);
    let settings = &mut traced.scenario;
    (settings.connections, settings.endpoint.capacity) = (None, EndpointCapacity::Unlimited);
    settings.endpoint.latency = LatencyDistribution::constant(800).expect("a latency");
    for call in &mut traced.calls {
        call.attempts = [AttemptResult { latency: 800_000, is_failure: false }; 4];
    }
    traced
}

fn arrivals(random: &mut Rng, calls: usize, step: Micros, end: Micros) -> Vec<Micros> {
    let mut times: Vec<Micros> = (0..calls).map(|_| random.u64(..end) / step * step).collect();
    times.sort_unstable();
    times
}

/// Limits without throttling, and the number of connections in their definition.
fn limits(random: &mut Rng, service: ServiceType) -> (ConfiguredLimits, Option<u32>) {
    let calls = random.u64(1..=40);
    let period = one_of(random, &[1, 100, 250, 1000, 1000, 1500, 5000]);
    let connections = random.bool().then(|| random.u32(1..=6));
    let mut limit = json!({"rating": {"maxCallsCount": calls, "periodInMs": period}});
    if let Some(connections) = connections {
        limit["maxHttpConnections"] = json!(connections);
    }
    // Sometimes the definition is for the other kind of caller.
    let other = if service == ServiceType::Action { ServiceType::DataSource } else { ServiceType::Action };
    let limited = if random.u8(..6) == 0 { other } else { service };
    let definition =
        json!({"url": "https://api.example.org/*", "methods": ["GET"], "services": {limited.as_str(): limit}});
    let definitions: &[Value] = if random.u8(..3) == 0 { &[] } else { &[definition] };
    let limits = ConfiguredLimits::from_definitions(Some(service), definitions).expect("limits");
    let max_http_connections = limits.capping().and(connections);
    (limits, max_http_connections)
}

/// Adds random options, journeys, and responses.
fn traced(
    random: &mut Rng,
    step: Micros,
    limits: ConfiguredLimits,
    max_http_connections: Option<u32>,
    arrivals: &[Micros],
) -> TracedScenario {
    let journeys = random.usize(1..=3);
    let failures = one_of(random, &[0.0, 0.1, 0.5, 0.9, 1.0]);
    let longest = one_of(random, &[1, 10, 300, 2000, 6000]) * 1000;
    let constant = random.bool();
    let latency = |random: &mut Rng| {
        let latency = if constant { longest } else { random.u64(..longest) };
        (latency / step * step).max(step)
    };
    let mut calls: Vec<TracedCall> = arrivals
        .iter()
        .map(|at| TracedCall {
            at: *at,
            journey: random.usize(..journeys),
            attempts: std::array::from_fn(|_| AttemptResult {
                latency: latency(random),
                is_failure: random.f64() < failures,
            }),
        })
        .collect();
    calls.sort_by_key(|call| (call.at, call.journey));
    let mut scenario = Scenario::new(pattern(&calls, 0), limits);
    scenario.journeys = (0..journeys)
        .map(|journey| Journey { name: format!("journey-{journey}"), pattern: pattern(&calls, journey) })
        .collect();
    scenario.window = one_of(random, &WindowKind::ALL);
    scenario.connections = (random.u8(..4) == 0).then(|| random.u32(1..=8));
    scenario.endpoint = SimulatedEndpoint {
        latency: LatencyDistribution::constant((longest / 1000).max(1)).expect("a latency"),
        failures: EndpointFailures::Probability(failures),
        failure_status: one_of(random, &[503, 503, 503, 500, 429, 401, 403, 404]),
        capacity: match random.u8(..4) {
            0 => EndpointCapacity::RequestsPerSecond(one_of(random, &[1, 2, 3, 7, 10, 90, 300, 1000, 7000])),
            1 => EndpointCapacity::Servers(random.u32(1..=6)),
            _ => EndpointCapacity::Unlimited,
        },
    };
    scenario.timeout_seconds = one_of(random, &[1, 1, 2, 3, 5, 30]);
    scenario.retry_delay_ms = one_of(random, &[0, 0, 1, 50, 100, 500, 1000, 2500]);
    scenario.data_source_calls = random.u64(1..=20);
    scenario.default_cap = DefaultCapRules {
        scope: one_of(random, &[DefaultCapScope::Host, DefaultCapScope::Endpoint, DefaultCapScope::Domain]),
        is_replaced: random.bool(),
    };
    scenario.no_connection = one_of(random, &[NoConnection::Wait, NoConnection::Wait, NoConnection::Reject]);
    scenario.capped_call = one_of(random, &[CappedCall::Final, CappedCall::Retried]);
    TracedScenario { scenario, max_http_connections, calls }
}

/// The calls of a journey in each second.
fn pattern(calls: &[TracedCall], journey: usize) -> TrafficPattern {
    let mut seconds = vec![0];
    for call in calls.iter().filter(|call| call.journey == journey) {
        let second = usize::try_from(call.at / SECOND).expect("a second");
        seconds.resize(seconds.len().max(second + 1), 0);
        seconds[second] += 1;
    }
    TrafficPattern::new(seconds).expect("a pattern")
}
