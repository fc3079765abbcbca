//! Requests, and simulations of recommended limits.

use std::ops::ControlFlow;

use ajo_simulator::{
    CallCounts, ConfiguredLimits, EndpointCapacity, EndpointFailures, LimitOption, OptionKind, RecommendedLimits,
    Scenario, SimulatedEndpoint, SimulationMode, SizedParameter, SizedTraffic, SizingReport, SizingRequest,
    TrafficPattern, simulate, size,
};
use serde_json::json;

pub(crate) fn endpoint(capacity: EndpointCapacity, latency: &str) -> SimulatedEndpoint {
    SimulatedEndpoint { latency: latency.parse().expect("a latency"), capacity, ..SimulatedEndpoint::default() }
}

pub(crate) fn audience(profiles: u64) -> SizedTraffic {
    SizedTraffic::Audience { profiles, reading_rate: None }
}

/// A request with a short load, for speed.
pub(crate) fn request(endpoint: SimulatedEndpoint, traffic: SizedTraffic) -> SizingRequest {
    let mut request = SizingRequest::new(endpoint, traffic);
    request.min_load_seconds = 60;
    request
}

pub(crate) fn sized(request: &SizingRequest) -> SizingReport {
    size(request, &mut |_| ControlFlow::Continue(())).expect("a report")
}

pub(crate) fn option(report: &SizingReport, kind: OptionKind) -> &LimitOption {
    report.options.iter().find(|option| option.kind == kind).expect("an option")
}

pub(crate) fn parameter<'o>(option: &'o LimitOption, name: &str) -> &'o SizedParameter {
    option.parameters.iter().find(|parameter| parameter.name == name).unwrap_or_else(|| panic!("{name}"))
}

pub(crate) fn configured(limits: &RecommendedLimits) -> ConfiguredLimits {
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
pub(crate) fn run(request: &SizingRequest, limits: &RecommendedLimits, calls: Vec<u32>) -> (CallCounts, u64) {
    let mut scenario = Scenario::new(TrafficPattern::new(calls).expect("a pattern"), configured(limits));
    scenario.endpoint = request.endpoint.clone();
    scenario.timeout_seconds = request.timeout_seconds;
    scenario.window = request.window;
    scenario.seed = request.seed;
    let report = simulate(&scenario, SimulationMode::Exact).expect("a report");
    (report.totals, report.rows.len() as u64)
}

pub(crate) const fn lost(counts: &CallCounts) -> u64 {
    counts.rejected + counts.dropped + counts.timed_out
}

/// Requests at the rate of a capping limit, without failures.
pub(crate) fn lost_at_cap(request: &SizingRequest, report: &SizingReport, limits: RecommendedLimits) -> u64 {
    let mut request = request.clone();
    request.endpoint.failures = EndpointFailures::Probability(0.0);
    let rate = u32::try_from(limits.max_calls_count.expect("a cap")).expect("a rate");
    lost(&run(&request, &limits, vec![rate; report.load_seconds as usize]).0)
}

/// Twice as many calls as a throttling limit lets through.
pub(crate) fn lost_at_throttling(request: &SizingRequest, report: &SizingReport, limits: RecommendedLimits) -> u64 {
    let rate = limits.max_throughput.expect("a limit") as f64 / report.attempts_per_call;
    lost(&run(request, &limits, vec![(2.0 * rate).ceil() as u32; report.load_seconds.div_ceil(2) as usize]).0)
}
