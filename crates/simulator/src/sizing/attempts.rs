//! Closed forms of attempts and rates.

use crate::call_rules::MAX_RETRIES;
use crate::endpoint::failures::EndpointFailures;
use crate::endpoint::simulated_endpoint::{EndpointCapacity, SimulatedEndpoint};
use crate::sizing::number_text::{self, decimal, thousands};
use crate::sizing::sizing_report::ClosedForm;
use crate::time::SECOND;

/// The mean number of requests for a call: 1 + p + p² + p³ if each attempt fails with probability p.
pub(super) fn attempts_per_call(endpoint: &SimulatedEndpoint) -> f64 {
    if !endpoint.is_retried() {
        return 1.0;
    }
    match endpoint.failures {
        EndpointFailures::Probability(failure) => 1.0 + failure + failure.powi(2) + failure.powi(3),
        EndpointFailures::FirstAttempts(attempts) => f64::from(attempts.min(MAX_RETRIES)) + 1.0,
    }
}

/// The mean latency in seconds.
#[expect(clippy::cast_precision_loss, reason = "a second is 10^6 microseconds")]
pub(super) fn mean_seconds(endpoint: &SimulatedEndpoint) -> f64 {
    endpoint.latency.mean() / SECOND as f64
}

/// The requests per second that the endpoint and a number of connections carry, by Little's law.
pub(super) fn tipping_point(endpoint: &SimulatedEndpoint, connections: Option<u32>) -> ClosedForm {
    let seconds = mean_seconds(endpoint);
    let endpoint_rate = match endpoint.capacity {
        EndpointCapacity::Unlimited => ClosedForm { value: f64::INFINITY, formula: "no limit".to_owned() },
        EndpointCapacity::RequestsPerSecond(rate) => {
            ClosedForm { value: f64::from(rate), formula: format!("capacity {}/s", thousands(u64::from(rate))) }
        }
        EndpointCapacity::Servers(servers) => parallel_rate(servers, "worker", seconds),
    };
    let carried = connections.map(|count| parallel_rate(count, "connection", seconds));
    carried.filter(|carried| carried.value < endpoint_rate.value).unwrap_or(endpoint_rate)
}

/// The largest steady load that loses no request: higher than the tipping point of an endless load, because the requests of the
/// end may wait until the timeout.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "rates and durations are positive and small"
)]
pub(super) fn highest_load(closed_form: &ClosedForm, timeout_seconds: u64, load_seconds: u64) -> u64 {
    (closed_form.value * (1.0 + timeout_seconds as f64 / load_seconds as f64)) as u64
}

fn parallel_rate(count: u32, name: &str, seconds: f64) -> ClosedForm {
    let formula = format!("{} ÷ {} s", number_text::count(u64::from(count), name), decimal(seconds));
    ClosedForm { value: f64::from(count) / seconds, formula }
}
