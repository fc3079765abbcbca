//! Cohort mode: groups of calls that behave alike, in steps.
//!
//! With few calls, each call is a group of its own, which is the same as exact mode with even arrivals. With more, the calls of a
//! step are spread evenly over it, and shares of them fail, time out, or get a slot.

mod arrival_steps;
mod caps_steps;
mod endpoint_steps;
mod engine;
mod group;
mod latency_table;
mod requests;
mod share;
mod throttling_queue;
mod units;
mod window;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use crate::call_rules::MAX_QUEUE_MS;
use crate::cohort::engine::CohortEngine;
use crate::exact::{self, DEFAULT_EXACT_REQUESTS};
use crate::progress::{Progress, SimulationError};
use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;
use crate::time::MILLISECOND;
use crate::traffic::arrivals::Arrivals;

/// The number of steps until every call has ended is about this at most.
const MAX_STEPS: u64 = 1_000_000;

/// Step lengths in milliseconds. A second is a multiple of each.
const STEP_LENGTHS_MS: [u64; 7] = [1, 2, 5, 10, 20, 50, 100];

pub(crate) fn simulate(
    scenario: &Scenario,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<SimulationReport, SimulationError> {
    if exact::expected_requests(scenario) > DEFAULT_EXACT_REQUESTS {
        return simulate_in_steps(scenario, step_length_ms(scenario), progress);
    }
    let recorder = exact::record(&Scenario { arrivals: Arrivals::Even, ..scenario.clone() }, progress)?;
    Ok(recorder.into_report(scenario, SimulationMode::Cohort))
}

/// Simulates in steps of this length, one of [`STEP_LENGTHS_MS`], however few calls there are.
fn simulate_in_steps(
    scenario: &Scenario,
    step_ms: u64,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<SimulationReport, SimulationError> {
    let recorder = CohortEngine::new(scenario, step_ms * MILLISECOND).run(progress)?;
    Ok(recorder.into_report(scenario, SimulationMode::Cohort))
}

/// The shortest step that keeps to [`MAX_STEPS`].
fn step_length_ms(scenario: &Scenario) -> u64 {
    let seconds = scenario.seconds() as u64;
    let queue = scenario.limits.throttling().map_or(0, |calls| scenario.offered_calls() / calls.max(1));
    let seconds = seconds.max(queue.min(seconds + MAX_QUEUE_MS / 1000));
    let is_enough = |length: &u64| seconds * 1000 <= MAX_STEPS * length;
    STEP_LENGTHS_MS.into_iter().find(is_enough).unwrap_or(STEP_LENGTHS_MS[6])
}
