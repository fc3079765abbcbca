//! A scenario as JSON.

use serde::Deserialize;
use serde_json::Value;

use crate::endpoint::endpoint_error::SimulatedEndpointError;
use crate::endpoint::failures::EndpointFailures;
use crate::limits::configured_limits::{ConfiguredLimits, ServiceType};
use crate::limits::default_cap::DefaultCapRules;
use crate::limits::window_kind::WindowKind;
use crate::report::simulation_report::SimulationReport;
use crate::scenario::{DEFAULT_TIMEOUT_SECONDS, Scenario, TIMEOUT_SECONDS_RANGE};
use crate::simulate::{SimulationMode, simulate};
use crate::traffic::pattern::TrafficPattern;
use crate::traffic::pattern_error::MAX_SECONDS;

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
    /// Runs the simulation with the deployed definition of `uid`.
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
            None => scenario.endpoint.failures,
        };
        scenario.endpoint.failures = failures;
        if let Some(latency) = self.latency_ms {
            scenario.endpoint.latency =
                latency.to_string().parse().map_err(|error: SimulatedEndpointError| error.to_string())?;
        }
        scenario.endpoint.validate().map_err(|error| error.to_string())?;
        scenario.timeout_seconds = self.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS);
        if !TIMEOUT_SECONDS_RANGE.contains(&scenario.timeout_seconds) {
            return Err("timeoutSeconds must be from 1 to 30".to_owned());
        }
        scenario.window = self.window;
        scenario.default_cap = default_cap;
        scenario.seed = self.seed;
        let report = simulate(&scenario, SimulationMode::for_scenario(&scenario)).map_err(|error| error.to_string())?;
        Ok(report.with_max_rows(self.rows.unwrap_or(DEFAULT_ROWS).min(MAX_ROWS)))
    }
}
