//! Small scenarios and traces.

use ajo_simulator::{
    AttemptResult, CallOutcome, ConfiguredLimits, EndedCall, LatencyDistribution, Micros, Scenario, TracedCall,
    simulate_trace,
};
use serde_json::{Value, json};

pub(crate) const MILLISECOND: Micros = 1000;
pub(crate) const SECOND: Micros = 1_000_000;

pub(crate) fn capping(calls: u64, period_ms: u64) -> Value {
    let rating = json!({"rating": {"maxCallsCount": calls, "periodInMs": period_ms}});
    json!({"url": "https://a.example/*", "methods": ["POST"], "services": {"action": rating}})
}

/// 200 calls a second, the smallest throttling limit.
pub(crate) fn throttling() -> Value {
    json!({"urlPattern": "https://a.example/*", "methods": ["POST"], "maxThroughput": 200})
}

/// One second of traffic, a timeout of 5 s, and unlimited connections.
pub(crate) fn scenario(definitions: &[Value]) -> Scenario {
    let limits = ConfiguredLimits::from_definitions(None, definitions).expect("limits");
    let traffic = "1x1".parse().expect("a pattern");
    Scenario { timeout_seconds: 5, connections: Some(1_000_000), ..Scenario::new(traffic, limits) }
}

/// A scenario whose endpoint always responds after this time. Traces do not use it.
pub(crate) fn with_latency(scenario: Scenario, millis: u64) -> Scenario {
    let mut scenario = scenario;
    scenario.endpoint.latency = LatencyDistribution::constant(millis).expect("a latency");
    scenario
}

/// A call at a time in microseconds, with a latency in milliseconds, whose first attempts fail.
pub(crate) fn call(at: Micros, latency: Micros, failures: usize) -> TracedCall {
    let attempt = |index| AttemptResult { latency: latency * MILLISECOND, is_failure: index < failures };
    TracedCall { at, journey: 0, attempts: [0, 1, 2, 3].map(attempt) }
}

/// Calls at the same time that succeed after 10 ms.
pub(crate) fn burst(at: Micros, calls: usize) -> Vec<TracedCall> {
    vec![call(at, 10, 0); calls]
}

pub(crate) fn run(scenario: &Scenario, calls: &[TracedCall]) -> Vec<EndedCall> {
    simulate_trace(scenario, calls).1
}

/// The outcome and the time of each end.
pub(crate) fn ends(scenario: &Scenario, calls: &[TracedCall]) -> Vec<(CallOutcome, Micros)> {
    run(scenario, calls).iter().map(|end| (end.outcome, end.at)).collect()
}
