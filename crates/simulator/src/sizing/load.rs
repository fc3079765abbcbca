//! The scenarios of a sizing.

use serde_json::{Value, json};

use crate::endpoint::failures::EndpointFailures;
use crate::limits::configured_limits::ConfiguredLimits;
use crate::scenario::Scenario;
use crate::sizing::attempts::attempts_per_call;
use crate::sizing::sizing_report::RecommendedLimits;
use crate::sizing::sizing_request::SizingRequest;
use crate::traffic::pattern::TrafficPattern;
use crate::traffic::pattern_error::{MAX_CALLS_PER_SECOND, MAX_SECONDS};

/// A second, the period of recommended capping limits.
pub(super) const PERIOD_MS: u64 = 1000;

/// The length of a load: as long as the traffic takes at this rate of calls, within bounds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "it is clamped"
)]
pub(super) fn load_seconds(request: &SizingRequest, calls_per_second: f64) -> u64 {
    let seconds = (request.calls() as f64 / calls_per_second).ceil() as u64;
    seconds.max(u64::from(request.min_load_seconds)).clamp(1, MAX_SECONDS as u64)
}

/// The traffic through limits.
pub(super) fn traffic(request: &SizingRequest, pattern: TrafficPattern, limits: RecommendedLimits) -> Scenario {
    Scenario { arrivals: request.arrivals, ..scenario(request, pattern, limits) }
}

fn scenario(request: &SizingRequest, pattern: TrafficPattern, limits: RecommendedLimits) -> Scenario {
    let configured = ConfiguredLimits::from_definitions(None, &definitions(&limits)).expect("the limits are valid");
    let mut scenario = Scenario::new(pattern, configured);
    scenario.endpoint = request.endpoint.clone();
    scenario.window = request.window;
    scenario.timeout_seconds = request.timeout_seconds;
    scenario.seed = request.seed;
    scenario
}

/// Requests at exactly the rate of a capping limit, so that the limit rejects none. All that is lost, the endpoint or its
/// connections lose. Without failures, because retries would exceed the limit.
pub(super) fn requests(request: &SizingRequest, seconds: u64, limits: RecommendedLimits) -> Scenario {
    let rate = limits.max_calls_count.unwrap_or_default();
    let mut scenario = scenario(request, steady(rate, seconds), limits);
    scenario.endpoint.failures = EndpointFailures::Probability(0.0);
    scenario
}

/// Calls at a steady rate through a capping limit, with failures and retries.
pub(super) fn calls(request: &SizingRequest, seconds: u64, rate: u64, limits: RecommendedLimits) -> Scenario {
    traffic(request, steady(rate, seconds), limits)
}

/// Calls at twice the rate of a throttling limit for half of the time. Its queue is never empty, so the limit is used fully.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "rates are small"
)]
pub(super) fn queued_calls(request: &SizingRequest, seconds: u64, limits: RecommendedLimits) -> Scenario {
    let rate = limits.max_throughput.unwrap_or_default() as f64 / attempts_per_call(&request.endpoint);
    scenario(request, steady((rate * 2.0).ceil() as u64, seconds.div_ceil(2)), limits)
}

fn steady(rate: u64, seconds: u64) -> TrafficPattern {
    let rate = u32::try_from(rate).unwrap_or(u32::MAX).min(MAX_CALLS_PER_SECOND);
    let seconds = usize::try_from(seconds).unwrap_or(MAX_SECONDS).clamp(1, MAX_SECONDS);
    TrafficPattern::new(vec![rate; seconds]).expect("the pattern is valid")
}

fn definitions(limits: &RecommendedLimits) -> Vec<Value> {
    let (url, methods) = ("https://endpoint.example/*", ["POST"]);
    let capping = limits.max_calls_count.map(|calls| {
        let mut service = json!({"rating": {"maxCallsCount": calls, "periodInMs": limits.period_in_ms}});
        if let Some(connections) = limits.max_http_connections {
            service["maxHttpConnections"] = connections.into();
        }
        json!({"url": url, "methods": methods, "services": {"action": service}})
    });
    let throttling =
        limits.max_throughput.map(|calls| json!({"urlPattern": url, "methods": methods, "maxThroughput": calls}));
    capping.into_iter().chain(throttling).collect()
}
