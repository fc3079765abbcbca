//! The result of a sizing.

use serde::Serialize;

use crate::assumptions::assumption::Assumption;
use crate::endpoint::simulated_endpoint::SimulatedEndpoint;
use crate::limits::window_kind::WindowKind;
use crate::simulation_mode::SimulationMode;
use crate::sizing::sizing_request::SizingGoals;
use crate::traffic::arrivals::Arrivals;

/// Recommended limits and traffic. The JSON format is stable for a given `version`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SizingReport {
    pub version: u32,
    pub endpoint: SimulatedEndpoint,
    pub traffic: SizedTrafficReport,
    pub goals: SizingGoals,
    pub margin_percent: u32,
    pub timeout_seconds: u64,
    pub window: WindowKind,
    pub arrivals: Arrivals,
    pub seed: u64,
    /// The requests per second that the endpoint handles, without regard to connections.
    pub capacity: ClosedForm,
    /// The mean number of requests for a call, because failures are retried.
    pub attempts_per_call: f64,
    /// The length of the load that measured the tipping points.
    pub load_seconds: u64,
    /// Calls that exceed the timeout however few there are: the endpoint's latency alone is above it. Up to twice as many do not
    /// count as lost.
    pub unavoidable_timeouts: u64,
    /// Throttling and capping.
    pub options: Vec<LimitOption>,
    /// The option that meets all goals; throttling if both do. `None` if the goals are impossible.
    pub recommended: Option<OptionKind>,
    /// The number of simulations.
    pub simulations: u64,
    /// The assumptions of the sizing; each option has more.
    pub assumptions: Vec<Assumption>,
}

/// The traffic that was sized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SizedTrafficReport {
    pub calls: u64,
    pub is_audience: bool,
    /// The reading rate that was given.
    pub reading_rate: Option<u32>,
    /// Maximum number of calls in a second, of a pattern.
    pub peak_per_second: Option<u32>,
}

/// A value from a formula.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClosedForm {
    pub value: f64,
    pub formula: String,
}

/// The API that limits the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionKind {
    Throttling,
    Capping,
}

/// One way to limit the calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LimitOption {
    pub kind: OptionKind,
    /// `None`: no value is possible.
    pub limits: Option<RecommendedLimits>,
    /// The recommended shape of the traffic of an audience.
    pub traffic: Option<RecommendedTraffic>,
    pub parameters: Vec<SizedParameter>,
    /// The result of the traffic with the recommended values.
    pub outcome: Option<SizingOutcome>,
    /// The result of the same traffic with random arrivals (a Poisson process), if it was sized with even arrivals.
    pub random_outcome: Option<SizingOutcome>,
    /// The assumptions of the simulation of the traffic.
    pub assumptions: Vec<Assumption>,
    /// Which goal has to give, with numbers. Empty if all goals are met.
    pub problems: Vec<String>,
}

/// Limits to configure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecommendedLimits {
    /// Calls per second of a throttling configuration.
    pub max_throughput: Option<u64>,
    /// Calls of a capping configuration …
    pub max_calls_count: Option<u64>,
    /// … in this period.
    pub period_in_ms: Option<u64>,
    pub max_http_connections: Option<u32>,
}

/// The shape of the traffic of an audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecommendedTraffic {
    /// Profiles per second.
    pub reading_rate: u32,
    /// Branches of a percentage split; 1: no split.
    pub branches: u32,
    /// The share of each branch in percent.
    pub shares: Vec<u32>,
    /// The wait of each branch after the one before it. The first does not wait.
    pub wait_seconds: u64,
    /// The time to read the audience.
    pub reading_seconds: u64,
}

/// One recommended value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SizedParameter {
    pub name: &'static str,
    /// Empty for a number of things that the name tells.
    pub unit: &'static str,
    pub recommended: u64,
    pub closed_form: ClosedForm,
    /// The share of the tipping point that is recommended; `None`: the recommended value follows from others.
    pub margin_percent: Option<u32>,
    /// The last value that lost nothing in simulation: the largest (it can be the maximum of the parameter); of connections,
    /// branches and waits the smallest. `None`: the next value loses nothing either.
    pub tipping_point: Option<u64>,
    /// Whether the tipping point is the maximum of the parameter.
    pub is_maximum: bool,
    pub steps: StepOutcomes,
}

/// The results at the recommended value and one step away.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StepOutcomes {
    pub below: Option<SizingOutcome>,
    pub at: Option<SizingOutcome>,
    pub above: Option<SizingOutcome>,
    /// One step above the tipping point.
    #[serde(rename = "aboveTippingPoint")]
    pub above_tipping_point: Option<SizingOutcome>,
}

/// The result of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SizingOutcome {
    /// The value of the parameter.
    pub value: u64,
    pub mode: SimulationMode,
    pub offered: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub rejected: u64,
    pub dropped: u64,
    pub timed_out: u64,
    /// The time until the last call ended.
    pub seconds: u64,
    /// The longest wait in the throttling queue, in milliseconds.
    pub max_throttling_wait_ms: f64,
    /// The longest wait for a connection, in milliseconds.
    pub max_connection_wait_ms: f64,
    /// Whether no call was lost and all ended in time.
    pub meets_goals: bool,
}

impl SizingOutcome {
    /// Calls that a limit or the load lost.
    pub const fn lost(&self) -> u64 {
        self.rejected + self.dropped + self.timed_out
    }
}

impl ClosedForm {
    #[expect(clippy::cast_precision_loss, reason = "values are far below 2^52")]
    pub(super) fn new(value: u64, formula: String) -> Self {
        Self { value: value as f64, formula }
    }

    /// The value without decimals.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "values are positive")]
    pub(super) fn floor(&self) -> u64 {
        self.value as u64
    }
}

impl LimitOption {
    pub(super) const fn new(kind: OptionKind) -> Self {
        Self {
            kind,
            limits: None,
            traffic: None,
            parameters: Vec::new(),
            outcome: None,
            random_outcome: None,
            assumptions: Vec::new(),
            problems: Vec::new(),
        }
    }
}
