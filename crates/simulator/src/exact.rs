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

use crate::call_rules::MAX_RETRIES;
use crate::endpoint::failures::EndpointFailures;
use crate::exact::arrival_times::ArrivalTimes;
use crate::exact::attempt_source::RandomAttempts;
use crate::exact::call_observer::NoObserver;
use crate::exact::engine::ExactEngine;
use crate::progress::{MAX_EXACT_REQUESTS, Progress, SimulationError};
use crate::report::recorder::Recorder;
use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;

/// Exact mode is the default up to this number of requests with expected retries: less than half a second. Cohort mode, too,
/// simulates each of them.
pub const DEFAULT_EXACT_REQUESTS: u64 = 3_000_000;

pub(crate) fn simulate(
    scenario: &Scenario,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<SimulationReport, SimulationError> {
    let requests = expected_requests(scenario);
    if requests > MAX_EXACT_REQUESTS {
        return Err(SimulationError::TooManyRequests { requests });
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

/// The work of a simulation: requests if no limit applies, and calls to other endpoints.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "calls are far below 2^52"
)]
pub(crate) fn expected_requests(scenario: &Scenario) -> u64 {
    let attempts = match scenario.endpoint.failures {
        _ if !scenario.endpoint.is_retried() => 1.0,
        EndpointFailures::FirstAttempts(failures) => f64::from(1 + failures.min(MAX_RETRIES)),
        EndpointFailures::Probability(failure) => (0..=MAX_RETRIES).fold(0.0, |rest, _| 1.0 + failure * rest),
    };
    let other_calls = caps::other_calls(scenario).into_iter().flatten().map(|calls| u64::from(*calls)).sum::<u64>();
    (scenario.offered_calls() as f64 * attempts) as u64 + other_calls
}
