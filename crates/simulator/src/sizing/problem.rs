//! Goals that are not met, with numbers.

use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::sizing::attempts::{attempts_per_call, mean_seconds};
use crate::sizing::number_text::{count, duration, rate, thousands};
use crate::sizing::sizing_report::SizingOutcome;
use crate::sizing::sizing_request::{SizedTraffic, SizingRequest};

/// Calls of a pattern that a capping limit rejects.
#[expect(clippy::cast_precision_loss, reason = "rates are small")]
pub(super) fn rejected(request: &SizingRequest, outcome: &SizingOutcome, limit: u64) -> Option<String> {
    let SizedTraffic::Pattern(pattern) = &request.traffic else { return None };
    let peak = pattern.calls().iter().max().copied().map(u64::from).filter(|_| outcome.rejected > 0)?;
    Some(format!(
        "{} calls are rejected: the traffic peaks at {} calls/s, and the limit is {}/s: spread the traffic, or {}",
        thousands(outcome.rejected),
        thousands(peak),
        thousands(limit),
        needs(request, limit_needs(request, peak as f64))
    ))
}

/// Calls that are lost.
pub(super) fn lost(outcome: &SizingOutcome) -> Option<String> {
    if outcome.meets_goals || outcome.lost() == 0 {
        return None;
    }
    let counts =
        [(outcome.rejected, "rejected"), (outcome.dropped, "dropped after 6 h"), (outcome.timed_out, "timed out")];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", thousands(*count)))
        .collect();
    Some(format!("calls are lost: {}", counts.join(", ")))
}

/// Calls that end too late. `calls_per_second` is the rate of the recommended limit, and `tipping_point` the one of requests.
#[expect(clippy::cast_precision_loss, reason = "counts are below 2^52")]
pub(super) fn late(
    request: &SizingRequest,
    outcome: &SizingOutcome,
    calls_per_second: u64,
    tipping_point: u64,
) -> Option<String> {
    let within = request.goals.within_seconds.filter(|within| outcome.seconds > *within)?;
    let attempts = attempts_per_call(&request.endpoint);
    let needed = request.calls() as f64 / within as f64;
    let tipping_calls = tipping_point as f64 / attempts;
    // Waits and shares take more time than the calls alone.
    let factor = outcome.seconds as f64 / within as f64;
    let capacity = limit_needs(request, calls_per_second as f64 * factor);
    let comparison = if needed > tipping_calls {
        format!("more than the tipping point of {}/s", rate(tipping_calls))
    } else {
        format!("more than {} % of the tipping point of {}/s", request.margin_percent, rate(tipping_calls))
    };
    let margin = (f64::from(request.margin_percent) * factor).ceil();
    let margin = if margin <= 100.0 { format!(", --margin {margin}%") } else { String::new() };
    Some(format!(
        "{} calls at {}/s take {}; within {} they need {}/s, {comparison}: allow {}{margin}, or {}",
        thousands(request.calls()),
        thousands(calls_per_second),
        duration(outcome.seconds),
        duration(within),
        rate(needed),
        duration(outcome.seconds.div_ceil(60) * 60),
        needs(request, capacity),
    ))
}

/// The requests per second that an endpoint needs for a limit with this number of calls per second.
pub(super) fn limit_needs(request: &SizingRequest, calls_per_second: f64) -> f64 {
    calls_per_second * attempts_per_call(&request.endpoint) * 100.0 / f64::from(request.margin_percent)
}

/// The change that allows this number of requests per second: of the goal of parallel requests, or of the endpoint.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are positive and far below 2^52")]
pub(super) fn needs(request: &SizingRequest, requests_per_second: f64) -> String {
    // Without the error of the multiplication.
    let parallel = (requests_per_second * mean_seconds(&request.endpoint) - 1e-9).ceil() as u64;
    let goal = request.goals.max_parallel.filter(|max| u64::from(*max) < parallel);
    let goal = goal.map(|_| format!("--max-parallel {parallel}"));
    let endpoint = match request.endpoint.capacity {
        EndpointCapacity::Servers(workers) if goal.is_none() || u64::from(workers) < parallel => {
            Some(format!("an endpoint with {}", count(parallel, "worker")))
        }
        EndpointCapacity::RequestsPerSecond(capacity)
            if goal.is_none() || f64::from(capacity) < requests_per_second =>
        {
            Some(format!("an endpoint with a capacity of {}/s", rate(requests_per_second.ceil())))
        }
        _ => None,
    };
    goal.into_iter().chain(endpoint).collect::<Vec<_>>().join(" and ")
}
