//! The progress bar of a simulation.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ajo_simulator::{Progress, Scenario, SimulationMode, SimulationReport, simulate_with_progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::command_error::CommandError;

/// A shorter simulation has no progress bar.
const DELAY: Duration = Duration::from_secs(1);

/// Simulates a scenario. A longer simulation shows a progress bar on standard error, if that is a terminal. A signal ends the
/// process: nothing has been written yet.
pub(crate) fn simulate_with_bar(scenario: &Scenario, mode: SimulationMode) -> Result<SimulationReport, CommandError> {
    let bar = ProgressBar::hidden();
    let began = Instant::now();
    let mut show = |progress: Progress| {
        if bar.is_hidden() && began.elapsed() >= DELAY {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.set_length(progress.seconds as u64);
            // The template is constant and valid; the fallback is the default style.
            if let Ok(style) = ProgressStyle::with_template("{bar:24} second {pos} of {len}") {
                bar.set_style(style);
            }
        }
        bar.set_position((progress.second.min(progress.seconds)) as u64);
        ControlFlow::Continue(())
    };
    let report = simulate_with_progress(scenario, mode, &mut show);
    bar.finish_and_clear();
    report.map_err(|error| CommandError::new(error.to_string()))
}
