//! A scenario as JSON.

use serde::Deserialize;
use serde_json::Value;

use crate::configured_limits::{Limits, Service};
use crate::endpoint::{Endpoint, EndpointError, Failures};
use crate::pattern::Pattern;
use crate::pattern_error::MOST_SECONDS;
use crate::report::Report;
use crate::scenario::{DEFAULT_TIMEOUT_SECONDS, Scenario, TIMEOUT_SECONDS};
use crate::simulate::simulate;
use crate::window::Window;

/// Rows of a report where nothing is said of them. Chosen here: as many as a chart on a page shows.
const ROWS: usize = 600;

/// Most rows of a report. Chosen here: a day's seconds.
const MOST_ROWS: usize = MOST_SECONDS;

/// The body of a simulation in the emulator's control API.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SimulationRequest {
    traffic: Traffic,
    /// A deployed configuration.
    pub uid: Option<String>,
    /// A definition that need not be deployed; of the other kind than the configuration, where that is named too.
    definition: Option<Value>,
    service: Option<Service>,
    #[serde(default)]
    window: Window,
    latency_ms: Option<u64>,
    failures: Option<Failing>,
    timeout_seconds: Option<u64>,
    #[serde(default)]
    seed: u64,
    rows: Option<usize>,
}

/// A pattern as text, or its numbers.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "traffic is a text such as 100x60, or a list of whole numbers, one for each second")]
enum Traffic {
    Text(String),
    Numbers(Vec<u32>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "failures is a share from 0 to 1, or a text such as first:2")]
enum Failing {
    Share(f64),
    Text(String),
}

impl SimulationRequest {
    /// Simulates it, with the deployed definition that it names.
    pub fn simulate(self, deployed: Option<Value>) -> Result<Report, String> {
        let pattern = match self.traffic {
            Traffic::Text(text) => text.parse(),
            Traffic::Numbers(calls) => Pattern::new(calls),
        };
        let definitions: Vec<Value> = deployed.into_iter().chain(self.definition).collect();
        let limits = Limits::of(self.service, &definitions).map_err(|error| error.to_string())?;
        let mut scenario = Scenario::new(pattern.map_err(|error| error.to_string())?, limits);
        let failures = match self.failures {
            Some(Failing::Share(share)) => Failures::Share(share),
            Some(Failing::Text(text)) => text.parse().map_err(|error: EndpointError| error.to_string())?,
            None => scenario.endpoint.failures(),
        };
        let latency = self.latency_ms.unwrap_or(scenario.endpoint.latency_ms());
        scenario.endpoint = Endpoint::new(latency, failures).map_err(|error| error.to_string())?;
        scenario.timeout_seconds = self.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS);
        if !TIMEOUT_SECONDS.contains(&scenario.timeout_seconds) {
            return Err("timeoutSeconds is from 1 to 30".to_owned());
        }
        scenario.window = self.window;
        scenario.seed = self.seed;
        Ok(simulate(&scenario).in_rows(self.rows.unwrap_or(ROWS).min(MOST_ROWS)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn simulate(request: Value) -> Result<Report, String> {
        let request: SimulationRequest = serde_json::from_value(request).map_err(|error| error.to_string())?;
        request.simulate(None)
    }

    #[test]
    fn everything_can_be_said_and_most_need_not_be() {
        let report = simulate(json!({"traffic": [300, 300]})).expect("a report");
        assert_eq!((report.totals.allowed, report.window, report.timeout_seconds), (600, Window::Fixed, 30));
        let definition = json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": 200});
        let report = simulate(json!({
            "traffic": "300x1000", "definition": definition, "service": "action", "window": "token_bucket",
            "latencyMs": 200, "failures": 0.5, "timeoutSeconds": 5, "seed": 7, "rows": 10,
        }));
        let report = report.expect("a report");
        assert_eq!((report.window, report.seed, report.timeout_seconds), (Window::TokenBucket, 7, 5));
        assert!(report.rows.len() <= 10 && report.totals.retries > 0, "{report:?}");
    }

    #[test]
    fn what_cannot_be_played_is_told() {
        let cases = [
            (json!({}), "missing field `traffic`"),
            (json!({"traffic": "1x1", "calls": 1}), "unknown field `calls`"),
            (
                json!({"traffic": 1}),
                "traffic is a text such as 100x60, or a list of whole numbers, one for each second",
            ),
            (json!({"traffic": "1y1"}), "part 1 of the traffic, `1y1`"),
            (json!({"traffic": []}), "the traffic is empty"),
            (json!({"traffic": "1x1", "window": "leaky"}), "unknown variant `leaky`"),
            (json!({"traffic": "1x1", "latencyMs": 0}), "an endpoint takes from 1 to 600000 ms"),
            (json!({"traffic": "1x1", "failures": 2}), "failures are a share from 0 to 1"),
            (json!({"traffic": "1x1", "failures": "often"}), "failures are a share from 0 to 1"),
            (json!({"traffic": "1x1", "timeoutSeconds": 31}), "timeoutSeconds is from 1 to 30"),
            (json!({"traffic": "1x1", "definition": {}}), "the definition is neither one of capping"),
        ];
        for (request, expected) in cases {
            let problem = simulate(request.clone()).expect_err("refused");
            assert!(problem.starts_with(expected), "{request}: {problem}");
        }
    }
}
