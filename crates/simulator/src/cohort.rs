//! Cohort mode: groups of calls that behave alike, in steps.

use std::ops::ControlFlow;

use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulate::{Progress, SimulationError, SimulationMode};

pub(crate) fn simulate(
    scenario: &Scenario,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<SimulationReport, SimulationError> {
    crate::exact::simulate(scenario, progress).map(|report| SimulationReport { mode: SimulationMode::Cohort, ..report })
}
