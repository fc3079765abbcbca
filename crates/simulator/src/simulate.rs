//! Runs a scenario.

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::{cohort, exact};

/// Maximum number of retries. Documented: three after the first call.
pub const MAX_RETRIES: u8 = 3;

/// Maximum time in the throttling queue, in milliseconds. Documented: up to 6 hours.
pub const MAX_QUEUE_MS: u64 = 6 * 3_600_000;

/// Maximum number of requests in exact mode, with expected retries: 5 to 20 s of CPU time.
pub const MAX_EXACT_REQUESTS: u64 = 100_000_000;

/// Exact mode is the default up to this number of requests: less than a second.
pub const DEFAULT_EXACT_REQUESTS: u64 = 2_000_000;

/// The method of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SimulationMode {
    /// Groups of calls that behave alike, in steps. For counts, queues, and overload over a long time.
    Cohort,
    /// Each call. For percentiles and random arrivals.
    Exact,
}

impl SimulationMode {
    pub const ALL: [Self; 2] = [Self::Cohort, Self::Exact];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cohort => "cohort",
            Self::Exact => "exact",
        }
    }

    /// Exact mode up to [`DEFAULT_EXACT_REQUESTS`], otherwise cohort mode.
    pub fn for_scenario(scenario: &Scenario) -> Self {
        if exact::expected_requests(scenario) <= DEFAULT_EXACT_REQUESTS { Self::Exact } else { Self::Cohort }
    }
}

impl fmt::Display for SimulationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for SimulationMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        named.ok_or_else(|| "expected cohort or exact".to_owned())
    }
}

/// A simulation without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    #[error(
        "exact mode simulates at most {MAX_EXACT_REQUESTS} requests, and this traffic has about {requests} with retries and \
         other calls; use cohort mode or less traffic"
    )]
    TooManyRequests { requests: u64 },
    #[error("the simulation was canceled")]
    Canceled,
}

/// The progress of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The simulated second.
    pub second: usize,
    /// The length of the traffic. The simulation may continue after it, until every call has ended.
    pub seconds: usize,
    /// The work so far, in operations of about a nanosecond. The number is the same on every machine.
    pub work: u64,
}

/// Simulates a scenario until every call has ended.
pub fn simulate(scenario: &Scenario, mode: SimulationMode) -> Result<SimulationReport, SimulationError> {
    simulate_with_progress(scenario, mode, &mut |_| ControlFlow::Continue(()))
}

/// Simulates a scenario like [`simulate`], and calls `progress` at the start and then at least every 10 ms on a usual machine.
/// `progress` can cancel.
pub fn simulate_with_progress(
    scenario: &Scenario,
    mode: SimulationMode,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<SimulationReport, SimulationError> {
    match mode {
        SimulationMode::Exact => exact::simulate(scenario, progress),
        SimulationMode::Cohort => cohort::simulate(scenario, progress),
    }
}
