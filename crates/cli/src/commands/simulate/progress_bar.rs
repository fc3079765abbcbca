//! A simulation with a progress bar.

use std::ops::ControlFlow;

use ajo_simulator::{Progress, Scenario, SimulationMode, SimulationReport, simulate_with_progress};

use crate::command_error::CommandError;
use crate::progress_bar::Activity;

/// Simulates a scenario. A signal ends the process: nothing has been written yet.
pub(crate) fn simulate_with_bar(scenario: &Scenario, mode: SimulationMode) -> Result<SimulationReport, CommandError> {
    let bar = Activity::start_bar("{bar:24} second {pos} of {len}");
    let mut show = |progress: Progress| {
        bar.set_position(progress.second as u64, progress.seconds as u64);
        ControlFlow::Continue(())
    };
    simulate_with_progress(scenario, mode, &mut show).map_err(|error| CommandError::new(error.to_string()))
}
