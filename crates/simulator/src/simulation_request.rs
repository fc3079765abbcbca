//! A scenario as JSON.

use serde::Deserialize;
use serde_json::Value;

use crate::configured_limits::{ConfiguredLimits, ServiceType};
use crate::default_cap::DefaultCapRules;
use crate::report::SimulationReport;
use crate::scenario::{DEFAULT_TIMEOUT_SECONDS, Scenario, TIMEOUT_SECONDS_RANGE};
use crate::simulate::simulate_bounded;
use crate::simulated_endpoint::{EndpointFailures, SimulatedEndpoint, SimulatedEndpointError};
use crate::traffic_pattern::TrafficPattern;
use crate::traffic_pattern_error::MAX_SECONDS;
use crate::window::WindowKind;

/// Default number of rows: enough for a chart.
const DEFAULT_ROWS: usize = 600;

/// Maximum number of rows: one per second of a day.
const MAX_ROWS: usize = MAX_SECONDS;

/// The body of a simulation request in the emulator's control API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SimulationRequest {
    traffic: TrafficInput,
    /// A deployed configuration.
    pub uid: Option<String>,
    /// A definition that need not be deployed. With `uid`, it must be for the other API.
    definition: Option<Value>,
    service: Option<ServiceType>,
    #[serde(default)]
    window: WindowKind,
    latency_ms: Option<u64>,
    failures: Option<FailuresInput>,
    timeout_seconds: Option<u64>,
    #[serde(default)]
    seed: u64,
    rows: Option<usize>,
}

/// A pattern as a string, or the calls of each second.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "traffic must be a string such as 100x60, or a list of integers, one per second")]
enum TrafficInput {
    String(String),
    Numbers(Vec<u32>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "failures must be a probability from 0 to 1, or a string such as first:2")]
enum FailuresInput {
    Probability(f64),
    String(String),
}

impl SimulationRequest {
    /// Runs the simulation with the deployed definition of `uid`, within [`MAX_SIMULATION_WORK`](crate::MAX_SIMULATION_WORK).
    pub fn simulate(self, deployed: Option<Value>, default_cap: DefaultCapRules) -> Result<SimulationReport, String> {
        let pattern = match self.traffic {
            TrafficInput::String(text) => text.parse(),
            TrafficInput::Numbers(calls) => TrafficPattern::new(calls),
        };
        let definitions: Vec<Value> = deployed.into_iter().chain(self.definition).collect();
        let limits =
            ConfiguredLimits::from_definitions(self.service, &definitions).map_err(|error| error.to_string())?;
        let mut scenario = Scenario::new(pattern.map_err(|error| error.to_string())?, limits);
        let failures = match self.failures {
            Some(FailuresInput::Probability(share)) => EndpointFailures::Probability(share),
            Some(FailuresInput::String(text)) => {
                text.parse().map_err(|error: SimulatedEndpointError| error.to_string())?
            }
            None => scenario.endpoint.failures(),
        };
        let latency = self.latency_ms.unwrap_or(scenario.endpoint.latency_ms());
        scenario.endpoint = SimulatedEndpoint::new(latency, failures).map_err(|error| error.to_string())?;
        scenario.timeout_seconds = self.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS);
        if !TIMEOUT_SECONDS_RANGE.contains(&scenario.timeout_seconds) {
            return Err("timeoutSeconds must be from 1 to 30".to_owned());
        }
        scenario.window = self.window;
        scenario.default_cap = default_cap;
        scenario.seed = self.seed;
        let report = simulate_bounded(&scenario).map_err(|error| error.to_string())?;
        Ok(report.with_max_rows(self.rows.unwrap_or(DEFAULT_ROWS).min(MAX_ROWS)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn simulate(request: Value) -> Result<SimulationReport, String> {
        let request: SimulationRequest = serde_json::from_value(request).map_err(|error| error.to_string())?;
        request.simulate(None, DefaultCapRules::default())
    }

    #[test]
    fn all_fields_but_traffic_are_optional() {
        let report = simulate(json!({"traffic": [300, 300]})).expect("a report");
        assert_eq!((report.totals.allowed, report.window, report.timeout_seconds), (600, WindowKind::Fixed, 30));
        let definition = json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": 200});
        let report = simulate(json!({
            "traffic": "300x1000", "definition": definition, "service": "action", "window": "token_bucket",
            "latencyMs": 200, "failures": 0.5, "timeoutSeconds": 5, "seed": 7, "rows": 10,
        }));
        let report = report.expect("a report");
        assert_eq!((report.window, report.seed, report.timeout_seconds), (WindowKind::TokenBucket, 7, 5));
        assert!(report.rows.len() <= 10 && report.totals.retries > 0, "{report:?}");
    }

    #[test]
    fn invalid_request_is_rejected() {
        let cases = [
            (json!({}), "missing field `traffic`"),
            (json!({"traffic": "1x1", "calls": 1}), "unknown field `calls`"),
            (json!({"traffic": 1}), "traffic must be a string such as 100x60, or a list of integers, one per second"),
            (json!({"traffic": "1y1"}), "part 1 of the traffic, `1y1`"),
            (json!({"traffic": []}), "the traffic is empty"),
            (json!({"traffic": "1x1", "window": "leaky"}), "unknown variant `leaky`"),
            (json!({"traffic": "1x1", "latencyMs": 0}), "the latency must be from 1 to 600000 ms"),
            (json!({"traffic": "1x1", "failures": 2}), "failures must be a probability from 0 to 1"),
            (json!({"traffic": "1x1", "failures": "often"}), "failures must be a probability from 0 to 1"),
            (json!({"traffic": "1x1", "timeoutSeconds": 31}), "timeoutSeconds must be from 1 to 30"),
            (json!({"traffic": "1x1", "definition": {}}), "unknown kind of definition"),
        ];
        for (request, expected) in cases {
            let problem = simulate(request.clone()).expect_err("invalid");
            assert!(problem.starts_with(expected), "{request}: {problem}");
        }
    }
}
