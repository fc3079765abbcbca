//! Runs a scenario.

use std::ops::ControlFlow;

use crate::exact::DEFAULT_EXACT_REQUESTS;
use crate::progress::{Progress, SimulationError};
use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;
use crate::{cohort, exact};

impl SimulationMode {
    /// Exact mode up to [`DEFAULT_EXACT_REQUESTS`], otherwise cohort mode.
    pub fn for_scenario(scenario: &Scenario) -> Self {
        if exact::expected_requests(scenario) <= DEFAULT_EXACT_REQUESTS { Self::Exact } else { Self::Cohort }
    }
}

/// Simulates a scenario until every call has ended.
pub fn simulate(scenario: &Scenario, mode: SimulationMode) -> Result<SimulationReport, SimulationError> {
    simulate_with_progress(scenario, mode, &mut |_| ControlFlow::Continue(()))
}

/// Simulates a scenario like [`simulate`], and calls `progress` at the start and then at least every 10 ms on a usual machine.
/// `progress` can cancel.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use ajo_simulator::{ConfiguredLimits, Progress, Scenario, SimulationError, SimulationMode, simulate_with_progress};
///
/// let scenario = Scenario::new("1000x3600".parse()?, ConfiguredLimits::default());
/// let mut stop_early = |progress: Progress| {
///     if progress.work > 1_000_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
/// };
/// let result = simulate_with_progress(&scenario, SimulationMode::Exact, &mut stop_early);
/// assert_eq!(result, Err(SimulationError::Canceled));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
