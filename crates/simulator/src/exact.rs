//! Exact mode: each call, in order of time.

mod arrival_times;
pub(crate) mod attempt_source;
mod call;
mod call_observer;
mod caps;
mod engine;
mod retries;
mod sliding_times;
mod slots;
mod stations;
mod throttling_queue;
mod time_queue;
pub(crate) mod trace;

use std::ops::ControlFlow;

use crate::exact::arrival_times::ArrivalTimes;
use crate::exact::attempt_source::RandomAttempts;
use crate::exact::call_observer::NoObserver;
use crate::exact::engine::ExactEngine;
use crate::report::recorder::Recorder;
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
    Ok(record(scenario, progress)?.into_report(scenario, SimulationMode::Exact))
}

/// Simulates any number of calls.
pub(crate) fn record(
    scenario: &Scenario,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Recorder, SimulationError> {
    let (arrivals, attempts) = (ArrivalTimes::new(scenario), RandomAttempts::new(scenario));
    let (recorder, NoObserver) = ExactEngine::new(scenario, arrivals, attempts, NoObserver).run(progress)?;
    Ok(recorder)
}
