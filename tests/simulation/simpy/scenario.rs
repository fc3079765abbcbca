//! A scenario with a trace, as JSON for the oracle.

use ajo_simulator::{CappedCall, DefaultCapScope, EndpointCapacity, NoConnection, Scenario, TracedCall};
use serde_json::{Value, json};

/// Maximum number of calls in a description.
const MAX_DESCRIBED_CALLS: usize = 60;

pub(crate) struct TracedScenario {
    pub(crate) scenario: Scenario,
    /// `maxHttpConnections` of the definition that applies.
    pub(crate) max_http_connections: Option<u32>,
    pub(crate) calls: Vec<TracedCall>,
}

impl TracedScenario {
    pub(crate) fn to_json(&self) -> Value {
        let Scenario { limits, endpoint, default_cap, .. } = &self.scenario;
        let (rate, servers) = match endpoint.capacity {
            EndpointCapacity::Unlimited => (None, None),
            EndpointCapacity::RequestsPerSecond(rate) => (Some(rate), None),
            EndpointCapacity::Servers(servers) => (None, Some(servers)),
        };
        let mut json = self.settings();
        json["service"] = json!(limits.service());
        json["throttling"] = json!(limits.throttling());
        json["capping"] = json!(limits.capping());
        json["max_http_connections"] = json!(self.max_http_connections);
        json["mean_latency"] = json!(endpoint.latency.mean());
        json["failure_status"] = json!(endpoint.failure_status);
        json["requests_per_second"] = json!(rate);
        json["servers"] = json!(servers);
        json["default_cap_replaced"] = json!(default_cap.is_replaced);
        json["default_cap_scope"] = json!(match default_cap.scope {
            DefaultCapScope::Host => "host",
            DefaultCapScope::Endpoint => "endpoint",
            DefaultCapScope::Domain => "domain",
        });
        json["calls"] = self.calls.iter().map(call_json).collect();
        json
    }

    fn settings(&self) -> Value {
        let scenario = &self.scenario;
        json!({
            "window": scenario.window,
            "connections": scenario.connections,
            "timeout_seconds": scenario.timeout_seconds,
            "retry_delay_ms": scenario.retry_delay_ms,
            "other_calls": scenario.other_calls.as_ref().map_or(&[][..], |pattern| pattern.calls()),
            "data_source_calls": scenario.data_source_calls,
            "no_connection": match scenario.no_connection {
                NoConnection::Wait => "wait",
                NoConnection::Reject => "reject",
            },
            "capped_call": match scenario.capped_call {
                CappedCall::Final => "final",
                CappedCall::Retried => "retried",
            },
            "journeys": scenario.journeys.len(),
        })
    }

    /// The JSON, with the first calls only.
    pub(crate) fn describe(&self) -> String {
        let mut json = self.to_json();
        let calls = json["calls"].as_array_mut().expect("calls");
        let left_out = calls.len().saturating_sub(MAX_DESCRIBED_CALLS);
        calls.truncate(MAX_DESCRIBED_CALLS);
        let more = if left_out > 0 { format!(" and {left_out} more calls") } else { String::new() };
        format!("{json}{more}")
    }
}

fn call_json(call: &TracedCall) -> Value {
    json!([call.at, call.journey, call.attempts.map(|attempt| (attempt.latency, attempt.is_failure))])
}
