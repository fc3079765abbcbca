//! The function that runs a simulation. A command shows a progress bar; the MCP server stops it after a while.

use std::ops::ControlFlow;

use ajo_simulator::{
    Scenario, SimulationMode, SimulationReport, SizingError, SizingReport, SizingRequest, simulate_with_progress, size,
};

use crate::command_error::CommandError;

pub(crate) type RunSimulation<'r> = &'r dyn Fn(&Scenario, SimulationMode) -> Result<SimulationReport, CommandError>;

pub(crate) type RunSizing<'r> = &'r dyn Fn(&SizingRequest) -> Result<SizingReport, SizingError>;

/// Simulates a scenario to its end, and shows nothing.
pub(crate) fn simulate_quietly(scenario: &Scenario, mode: SimulationMode) -> Result<SimulationReport, CommandError> {
    simulate_until(scenario, mode, &|| false)
}

/// Simulates a scenario, unless `is_stopped` becomes true.
pub(crate) fn simulate_until(
    scenario: &Scenario,
    mode: SimulationMode,
    is_stopped: &dyn Fn() -> bool,
) -> Result<SimulationReport, CommandError> {
    let report = simulate_with_progress(scenario, mode, &mut |_| control(is_stopped));
    report.map_err(|error| CommandError::new(error.to_string()))
}

/// Sizes limits, unless `is_stopped` becomes true.
pub(crate) fn size_until(request: &SizingRequest, is_stopped: &dyn Fn() -> bool) -> Result<SizingReport, SizingError> {
    size(request, &mut |_| control(is_stopped))
}

fn control(is_stopped: &dyn Fn() -> bool) -> ControlFlow<()> {
    if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

#[cfg(test)]
mod tests {
    use ajo_simulator::ConfiguredLimits;

    use super::*;

    #[test]
    fn stopped_simulation_fails() {
        let traffic = "100x600".parse().expect("traffic");
        let scenario = Scenario::new(traffic, ConfiguredLimits::for_actions(None, None, None));
        let error = simulate_until(&scenario, SimulationMode::Cohort, &|| true).expect_err("stopped");
        assert!(error.message.contains("canceled"), "{}", error.message);
        simulate_until(&scenario, SimulationMode::Cohort, &|| false).expect("it ends");
    }
}
