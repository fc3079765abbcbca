//! Simulates given calls with given responses.

use std::ops::ControlFlow;

use crate::exact::arrival_times::Arrival;
use crate::exact::attempt_source::{AttemptResult, AttemptSource};
use crate::exact::call_observer::CallObserver;
use crate::exact::engine::ExactEngine;
use crate::report::call_counts::CallOutcome;
use crate::report::simulation_report::SimulationReport;
use crate::scenario::Scenario;
use crate::simulation_mode::SimulationMode;
use crate::time::Micros;

/// A call, and the endpoint's response to each of its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TracedCall {
    /// The arrival.
    pub at: Micros,
    /// The index of its journey in the scenario.
    pub journey: usize,
    /// One response per attempt. An attempt that a cap rejects counts too, but its response is not used.
    pub attempts: [AttemptResult; 4],
}

/// The end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedCall {
    pub outcome: CallOutcome,
    pub at: Micros,
    /// The time in the throttling queue, added up over its attempts.
    pub throttling_wait: Micros,
    /// The time until a connection was free, or until the timeout, added up over its attempts.
    pub connection_wait: Micros,
    /// The number of requests sent.
    pub requests: u8,
}

/// Simulates `calls` in exact mode. They replace the scenario's arrivals, latency, and failures. Returns the report and the end
/// of each call.
///
/// # Panics
///
/// If `calls` are not in order of time, or a journey does not exist.
pub fn simulate_trace(scenario: &Scenario, calls: &[TracedCall]) -> (SimulationReport, Vec<EndedCall>) {
    assert!(calls.is_sorted_by_key(|call| call.at), "the calls of a trace must be in order of time");
    let arrivals =
        calls.iter().map(|call| Arrival { at: call.at, journey: u32::try_from(call.journey).expect("a journey") });
    let engine = ExactEngine::new(scenario, arrivals, TracedAttempts { calls }, EndedCalls::new(calls.len()));
    let (recorder, ends) = engine.run(&mut |_| ControlFlow::Continue(())).expect("nothing cancels it");
    (recorder.into_report(scenario, SimulationMode::Exact), ends.calls)
}

struct TracedAttempts<'t> {
    calls: &'t [TracedCall],
}

impl AttemptSource for TracedAttempts<'_> {
    fn attempt(&mut self, call: u32, attempt: u8) -> AttemptResult {
        self.calls[call as usize].attempts[usize::from(attempt)]
    }
}

/// Collects the ends of calls by number.
struct EndedCalls {
    calls: Vec<EndedCall>,
}

impl EndedCalls {
    fn new(calls: usize) -> Self {
        // Every call has an end, which replaces this one.
        let end =
            EndedCall { outcome: CallOutcome::Dropped, at: 0, throttling_wait: 0, connection_wait: 0, requests: 0 };
        Self { calls: vec![end; calls] }
    }
}

impl CallObserver for EndedCalls {
    fn waited_in_queue(&mut self, call: u32, wait: Micros) {
        self.calls[call as usize].throttling_wait += wait;
    }

    fn waited_for_connection(&mut self, call: u32, wait: Micros) {
        self.calls[call as usize].connection_wait += wait;
    }

    fn sent(&mut self, call: u32) {
        self.calls[call as usize].requests += 1;
    }

    fn ended(&mut self, call: u32, outcome: CallOutcome, at: Micros) {
        let end = &mut self.calls[call as usize];
        (end.outcome, end.at) = (outcome, at);
    }
}
