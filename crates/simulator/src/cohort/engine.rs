//! Moves groups of calls through queue, caps, connections, and the endpoint, step by step.

use std::ops::ControlFlow;

use crate::cohort::arrival_steps::ArrivalSteps;
use crate::cohort::caps_steps::CapSteps;
use crate::cohort::group::{Cohort, RetrySteps};
use crate::cohort::requests::Requests;
use crate::cohort::throttling_queue::ThrottlingSteps;
use crate::limits::default_cap::DefaultCapScope;
use crate::limits::effective_limits::effective_limits;
use crate::limits::limit::OverLimit;
use crate::progress::{Progress, SimulationError};
use crate::report::call_counts::CallOutcome;
use crate::report::recorder::Recorder;
use crate::scenario::{CappedCall, Scenario};
use crate::time::{Micros, SECOND};

/// Operations per step, and per cohort in it, about a nanosecond each.
const STEP_WORK: u64 = 30;
const COHORT_WORK: u64 = 150;

/// The work between two calls of `progress`: a few milliseconds.
const WORK_PER_REPORT: u64 = 5_000_000;

/// The state of a simulation.
pub(crate) struct CohortEngine<'s> {
    scenario: &'s Scenario,
    step: Micros,
    now: Micros,
    arrivals: ArrivalSteps,
    others: ArrivalSteps,
    throttling: Option<ThrottlingSteps>,
    caps: CapSteps,
    retries: RetrySteps,
    requests: Requests,
    recorder: Recorder,
    work: u64,
    /// Ready attempts and rejected attempts; reused, to allocate once.
    batch: Vec<Cohort>,
    rejected: Vec<Cohort>,
}

impl<'s> CohortEngine<'s> {
    pub(crate) fn new(scenario: &'s Scenario, step: Micros) -> Self {
        let limits = effective_limits(scenario);
        let (throttling, caps): (Vec<_>, Vec<_>) =
            limits.iter().enumerate().partition(|(_, limit)| limit.over_limit == OverLimit::Queued);
        let counts_others = scenario.default_cap.scope != DefaultCapScope::Endpoint;
        let patterns = scenario.journeys.iter().map(|journey| &journey.pattern);
        Self {
            scenario,
            step,
            now: 0,
            arrivals: ArrivalSteps::new(patterns, step),
            others: ArrivalSteps::new(scenario.other_calls.iter(), step),
            throttling: throttling.first().map(|(index, limit)| ThrottlingSteps::new(*index, limit, step)),
            caps: CapSteps::new(caps.into_iter(), step, counts_others),
            retries: RetrySteps::new(step, scenario.timeout()),
            requests: Requests::new(scenario, step),
            recorder: Recorder::new(scenario),
            work: 0,
            batch: Vec::new(),
            rejected: Vec::new(),
        }
    }

    pub(crate) fn run(
        mut self,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Recorder, SimulationError> {
        let (seconds, mut next_report) = (self.scenario.seconds(), 0);
        let end = seconds as u64 * SECOND;
        while self.now < end || !self.retries.is_empty() || self.throttling.as_ref().is_some_and(|it| !it.is_empty()) {
            if self.work >= next_report {
                let second = usize::try_from(self.now / SECOND).unwrap_or(usize::MAX);
                if progress(Progress { second, seconds, work: self.work, lost: self.recorder.lost() }).is_break() {
                    return Err(SimulationError::Canceled);
                }
                next_report = self.work + WORK_PER_REPORT;
            }
            self.step();
            self.now += self.step;
        }
        Ok(self.recorder)
    }

    fn step(&mut self) {
        self.work += STEP_WORK;
        let now = self.now;
        self.retries.advance(now);
        self.caps.advance(now);
        if let Some(throttling) = &mut self.throttling {
            throttling.advance(now, &mut self.recorder);
        }
        let mut others = self.others.calls(now);
        let mut arrivals = self.arrivals.calls(now);
        if arrivals > 0 {
            self.recorder.offered(now, 0, arrivals);
        }
        // Attempts can be retried within the same step, up to three times.
        loop {
            let mut batch = std::mem::take(&mut self.batch);
            batch.clear();
            self.retries.take(&mut batch);
            if arrivals > 0 {
                batch.push(Cohort { attempt: 0, at: now, deadline: 0, span: self.step, calls: arrivals });
            }
            if let Some(throttling) = &mut self.throttling {
                throttling.pass(now, &mut batch, &mut self.recorder);
            }
            let is_done = batch.is_empty() && others == 0;
            if !is_done {
                self.work += COHORT_WORK * batch.len() as u64;
                self.admit(&mut batch, others);
            }
            (others, arrivals) = (0, 0);
            self.batch = batch;
            if is_done {
                return;
            }
        }
    }

    /// Passes attempts to the caps, and those with slots to the endpoint.
    fn admit(&mut self, batch: &mut Vec<Cohort>, others: u64) {
        let timeout = self.scenario.timeout();
        for cohort in batch.iter_mut().filter(|cohort| cohort.attempt == 0) {
            cohort.deadline = cohort.at + timeout;
        }
        let mut rejected = std::mem::take(&mut self.rejected);
        self.caps.pass(batch, others, &mut rejected, &mut self.recorder);
        for cohort in rejected.drain(..).filter(|cohort| cohort.calls > 0) {
            let retry = match self.scenario.capped_call {
                CappedCall::Retried => self.requests.retry(cohort, cohort.at),
                CappedCall::Final => None,
            };
            match retry {
                Some(retry) => self.retries.push(retry, self.now),
                None => self.recorder.ended(cohort.at, 0, CallOutcome::Rejected, cohort.calls),
            }
        }
        self.rejected = rejected;
        batch.retain(|cohort| cohort.calls > 0);
        if !batch.is_empty() {
            self.work += self.requests.send(self.now, batch, &mut self.retries, &mut self.recorder) * COHORT_WORK;
        }
    }
}
