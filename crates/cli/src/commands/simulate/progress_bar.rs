//! A simulation with a progress bar.

use std::ops::ControlFlow;

use ajo_simulator::{Progress, Scenario, SimulationMode, SimulationReport, simulate_with_progress};

use crate::command_error::CommandError;
use crate::progress_bar::DelayedBar;

/// Simulates a scenario. A signal ends the process: nothing has been written yet.
pub(crate) fn simulate_with_bar(scenario: &Scenario, mode: SimulationMode) -> Result<SimulationReport, CommandError> {
    let bar = DelayedBar::new("{bar:24} second {pos} of {len}");
    let mut show = |progress: Progress| {
        bar.update(progress.second, progress.seconds, String::new());
        ControlFlow::Continue(())
    };
    let report = simulate_with_progress(scenario, mode, &mut show);
    bar.clear();
    report.map_err(|error| CommandError::new(error.to_string()))
}
