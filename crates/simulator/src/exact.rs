//! Exact mode: each call, in order of time.

mod arrival_times;
mod attempt_source;
mod engine;
mod slots;
mod stations;

use std::ops::ControlFlow;

use crate::exact::attempt_source::RandomAttempts;
use crate::exact::engine::ExactEngine;
use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulate::{MAX_EXACT_CALLS, Progress, SimulationError, SimulationMode};

pub(crate) fn simulate(
    scenario: &Scenario,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<SimulationReport, SimulationError> {
    let calls = scenario.offered_calls();
    if calls > MAX_EXACT_CALLS {
        return Err(SimulationError::TooManyCalls { calls });
    }
    let recorder = ExactEngine::new(scenario, RandomAttempts::new(scenario)).run(progress)?;
    Ok(recorder.into_report(scenario, SimulationMode::Exact))
}
