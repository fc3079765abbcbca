//! A simulation as JSON.

use std::fmt::Display;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::endpoint::failures::EndpointFailures;
use crate::endpoint::simulated_endpoint::{EndpointCapacity, SimulatedEndpoint};
use crate::limits::configured_limits::{ConfiguredLimits, DATA_SOURCE_CALLS, ServiceType};
use crate::limits::default_cap::DefaultCapRules;
use crate::limits::window_kind::WindowKind;
use crate::progress::SimulationError;
use crate::report::expectation::{Expectation, ExpectationResult};
use crate::report::simulation_report::SimulationReport;
use crate::scenario::{
    CappedCall, DEFAULT_TIMEOUT_SECONDS, MAX_RETRY_DELAY_MS, NoConnection, Scenario, TIMEOUT_SECONDS_RANGE,
};
use crate::simulate::simulate_with_progress;
use crate::simulation_mode::SimulationMode;
use crate::traffic::arrivals::{Arrivals, Journey};
use crate::traffic::pattern::TrafficPattern;
use crate::traffic::pattern_error::MAX_SECONDS;

/// Default number of rows: enough for a chart.
const DEFAULT_ROWS: usize = 600;

/// Maximum number of rows: one per second of a day.
const MAX_ROWS: usize = MAX_SECONDS;

/// Maximum work of a request, in operations: about 2 seconds.
const MAX_WORK: u64 = 2_000_000_000;

/// Maximum number of journeys; each needs memory for every second of its traffic.
const MAX_JOURNEYS: usize = 50;

/// The body of a simulation request in the emulator's control API. All fields but the traffic are optional.
///
/// ```
/// use ajo_simulator::{SimulationRequest, SimulationResponse, UnknownBehavior};
/// use serde_json::json;
///
/// let request: SimulationRequest = serde_json::from_value(json!({
///     "traffic": "300x10",
///     "definition": {
///         "url": "https://api.example.org/*",
///         "methods": ["GET"],
///         "services": {"action": {"rating": {"maxCallsCount": 200, "periodInMs": 1000}}},
///     },
///     "expect": ["rejected = 0"],
/// }))?;
/// let response: SimulationResponse = request.simulate(None, UnknownBehavior::default())?;
/// assert_eq!(response.report.totals.rejected, 1000);
/// assert!(!response.expectations[0].met);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SimulationRequest {
    /// The traffic of one journey. Instead of `journeys`.
    traffic: Option<TrafficInput>,
    journeys: Option<Vec<JourneyInput>>,
    #[serde(default)]
    arrivals: Arrivals,
    /// A deployed configuration.
    pub uid: Option<String>,
    /// A definition that need not be deployed. With `uid`, it must be for the other API.
    definition: Option<Value>,
    service: Option<ServiceType>,
    /// By default, the mode that suits the traffic.
    mode: Option<SimulationMode>,
    #[serde(default)]
    window: WindowKind,
    connections: Option<u32>,
    latency: Option<LatencyInput>,
    failures: Option<FailuresInput>,
    failure_status: Option<u16>,
    /// Requests per second. Instead of `servers`.
    capacity: Option<u32>,
    servers: Option<u32>,
    timeout_seconds: Option<u64>,
    #[serde(default)]
    retry_delay_ms: u64,
    other_calls: Option<TrafficInput>,
    data_source_cap: Option<u64>,
    no_connection: Option<NoConnection>,
    capped_call: Option<CappedCall>,
    #[serde(default)]
    expect: Vec<String>,
    #[serde(default)]
    seed: u64,
    rows: Option<usize>,
}

/// The readings of Adobe's documents that a request does not select itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnknownBehavior {
    pub default_cap: DefaultCapRules,
    pub no_connection: NoConnection,
    pub capped_call: CappedCall,
}

/// A report, and the results of the expectations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SimulationResponse {
    #[serde(flatten)]
    pub report: SimulationReport,
    pub expectations: Vec<ExpectationResult>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JourneyInput {
    name: String,
    traffic: TrafficInput,
}

/// A pattern as a string, or the calls of each second.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "traffic must be a string such as 100x60, or a list of integers, one per second")]
enum TrafficInput {
    String(String),
    Numbers(Vec<u32>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "latency must be a number of milliseconds, or a string such as p50=80,p95=300,p99=900")]
enum LatencyInput {
    Number(f64),
    String(String),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "failures must be a probability from 0 to 1, or a string such as first:2")]
enum FailuresInput {
    Probability(f64),
    String(String),
}

impl SimulationRequest {
    /// Runs the simulation with the deployed definition of `uid`. It stops with an error after about 2 seconds of work.
    pub fn simulate(
        self,
        deployed: Option<Value>,
        unknown_behavior: UnknownBehavior,
    ) -> Result<SimulationResponse, String> {
        let expectations = self.expect.iter().map(|text| text.parse()).collect::<Result<Vec<Expectation>, _>>();
        let expectations = expectations.map_err(text)?;
        let rows = self.rows.unwrap_or(DEFAULT_ROWS).min(MAX_ROWS);
        let given_mode = self.mode;
        let scenario = self.into_scenario(deployed, unknown_behavior)?;
        let mode = given_mode.unwrap_or_else(|| SimulationMode::for_scenario(&scenario));
        let report = simulate_with_progress(&scenario, mode, &mut |progress| {
            if progress.work > MAX_WORK { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let report = report.map_err(|error| match (error, mode) {
            (SimulationError::Canceled, SimulationMode::Exact) => {
                "the simulation takes longer than 2 seconds; use the mode `cohort`, or less traffic".to_owned()
            }
            (SimulationError::Canceled, SimulationMode::Cohort) => {
                "the simulation takes longer than 2 seconds; use less traffic".to_owned()
            }
            _ => error.to_string(),
        })?;
        let expectations = expectations.into_iter().map(|expectation| expectation.check(&report)).collect();
        Ok(SimulationResponse { report: report.with_max_rows(rows), expectations })
    }

    fn into_scenario(self, deployed: Option<Value>, unknown: UnknownBehavior) -> Result<Scenario, String> {
        let definitions: Vec<Value> = deployed.into_iter().chain(self.definition).collect();
        let limits = ConfiguredLimits::from_definitions(self.service, &definitions).map_err(text)?;
        let endpoint = read_endpoint(self.latency, self.failures, self.failure_status, self.capacity, self.servers)?;
        let scenario = Scenario {
            journeys: read_journeys(self.traffic, self.journeys)?,
            arrivals: self.arrivals,
            limits,
            window: self.window,
            connections: self.connections,
            endpoint,
            timeout_seconds: self.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS),
            retry_delay_ms: self.retry_delay_ms,
            other_calls: self.other_calls.map(TrafficInput::into_pattern).transpose()?,
            data_source_calls: self.data_source_cap.unwrap_or(DATA_SOURCE_CALLS),
            default_cap: unknown.default_cap,
            no_connection: self.no_connection.unwrap_or(unknown.no_connection),
            capped_call: self.capped_call.unwrap_or(unknown.capped_call),
            seed: self.seed,
        };
        check_ranges(&scenario)?;
        Ok(scenario)
    }
}

impl TrafficInput {
    fn into_pattern(self) -> Result<TrafficPattern, String> {
        let pattern = match self {
            Self::String(text) => text.parse(),
            Self::Numbers(calls) => TrafficPattern::new(calls),
        };
        pattern.map_err(text)
    }
}

fn read_journeys(traffic: Option<TrafficInput>, journeys: Option<Vec<JourneyInput>>) -> Result<Vec<Journey>, String> {
    let given = match (traffic, journeys) {
        (Some(traffic), None) => vec![JourneyInput { name: "journey".to_owned(), traffic }],
        (None, Some(journeys)) if !journeys.is_empty() => journeys,
        _ => return Err("either traffic or journeys is required".to_owned()),
    };
    if given.len() > MAX_JOURNEYS {
        return Err(format!("at most {MAX_JOURNEYS} journeys can be simulated"));
    }
    let journey = |it: JourneyInput| it.traffic.into_pattern().map(|pattern| Journey { name: it.name, pattern });
    given.into_iter().map(journey).collect()
}

fn read_endpoint(
    latency: Option<LatencyInput>,
    failures: Option<FailuresInput>,
    failure_status: Option<u16>,
    capacity: Option<u32>,
    servers: Option<u32>,
) -> Result<SimulatedEndpoint, String> {
    let mut endpoint = SimulatedEndpoint::default();
    match latency {
        Some(LatencyInput::Number(millis)) => endpoint.latency = millis.to_string().parse().map_err(text)?,
        Some(LatencyInput::String(given)) => endpoint.latency = given.parse().map_err(text)?,
        None => {}
    }
    match failures {
        Some(FailuresInput::Probability(share)) => endpoint.failures = EndpointFailures::Probability(share),
        Some(FailuresInput::String(given)) => endpoint.failures = given.parse().map_err(text)?,
        None => {}
    }
    endpoint.failure_status = failure_status.unwrap_or(endpoint.failure_status);
    endpoint.capacity = match (capacity, servers) {
        (Some(_), Some(_)) => return Err("the endpoint has either a capacity or servers".to_owned()),
        (Some(rate), None) => EndpointCapacity::RequestsPerSecond(rate),
        (None, Some(servers)) => EndpointCapacity::Servers(servers),
        (None, None) => EndpointCapacity::Unlimited,
    };
    endpoint.validate().map_err(text)?;
    Ok(endpoint)
}

fn check_ranges(scenario: &Scenario) -> Result<(), String> {
    if !TIMEOUT_SECONDS_RANGE.contains(&scenario.timeout_seconds) {
        return Err("timeoutSeconds must be from 1 to 30".to_owned());
    }
    if scenario.retry_delay_ms > MAX_RETRY_DELAY_MS {
        return Err(format!("retryDelayMs must be at most {MAX_RETRY_DELAY_MS}"));
    }
    if scenario.connections == Some(0) {
        return Err("connections must be at least 1".to_owned());
    }
    if scenario.data_source_calls == 0 {
        return Err("dataSourceCap must be at least 1".to_owned());
    }
    Ok(())
}

fn text(error: impl Display) -> String {
    error.to_string()
}
