//! The state of a simulation: the calls in progress.

use std::collections::{BTreeMap, VecDeque};

use crate::limit::{Limit, OverLimit};
use crate::random_failures;
use crate::report::{CallCounts, ReportRow};
use crate::scenario::Scenario;
use crate::simulated_endpoint::EndpointFailures;
use crate::throttling_queue::ThrottlingQueue;
use crate::window::WindowCounter;

/// Maximum time in the throttling queue, in milliseconds. Documented: up to 6 hours.
pub const MAX_QUEUE_MS: u64 = 6 * 3_600_000;

/// Maximum number of retries. Documented: three after the first call.
pub const MAX_RETRIES: u8 = 3;

/// Length of a step in milliseconds; calls arrive at its start. Ten steps per second show bursts within it, and a day still
/// simulates quickly.
const STEP_MS: u64 = 100;

/// Step length for limits with a short period that is not a multiple of [`STEP_MS`].
const FINE_STEP_MS: u64 = 10;

/// Periods above this tolerate steps that do not divide them exactly.
const LONG_PERIOD_MS: u64 = 10_000;

const SECOND_MS: u64 = 1000;

/// The operations of a step, and of each batch of calls in it.
const STEP_WORK: u64 = 20;
const BATCH_WORK: u64 = 20;

/// Calls with the same start time and the same number of retries. Times are in milliseconds from the start.
#[derive(Clone, Copy)]
struct AttemptBatch {
    /// The start of their timeout.
    first: u64,
    retries: u8,
    calls: u64,
    /// Whether the timeout ends before the endpoint responds.
    is_cancelled: bool,
}

/// All calls in progress, and the limits that apply to them.
pub(crate) struct Simulator {
    now: u64,
    step: u64,
    limits: Vec<(Limit, WindowCounter)>,
    queue: ThrottlingQueue,
    /// Calls at the endpoint, by the number of steps until the response.
    at_endpoint: VecDeque<Vec<AttemptBatch>>,
    count_at_endpoint: u64,
    /// Retries that are due, by start time of the call and retry number.
    due_retries: BTreeMap<(u64, u8), u64>,
    latency: u64,
    failures: EndpointFailures,
    timeout: u64,
    random: fastrand::Rng,
    counts: CallCounts,
    longest_wait_ms: u64,
    /// The operations so far; see [`Self::work`].
    work: u64,
}

impl Simulator {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let limits = scenario.limits.effective_limits(scenario.window, scenario.endpoint, scenario.default_cap);
        let fits = |limit: &Limit| limit.period_ms.is_multiple_of(STEP_MS) || limit.period_ms > LONG_PERIOD_MS;
        let step = if limits.iter().all(fits) { STEP_MS } else { FINE_STEP_MS };
        let timeout = scenario.effective_timeout_seconds() * SECOND_MS;
        let latency = scenario.endpoint.latency_ms().div_ceil(step) * step;
        let longest = usize::try_from(latency.min(timeout) / step).unwrap_or_default();
        let with_counter = |limit: Limit| {
            let counter = WindowCounter::new(limit.window, limit.calls, limit.period_ms, step);
            (limit, counter)
        };
        Self {
            now: 0,
            step,
            limits: limits.into_iter().map(with_counter).collect(),
            queue: ThrottlingQueue::default(),
            at_endpoint: vec![Vec::new(); longest + 1].into(),
            count_at_endpoint: 0,
            due_retries: BTreeMap::new(),
            latency,
            failures: scenario.endpoint.failures(),
            timeout,
            random: fastrand::Rng::with_seed(scenario.seed),
            counts: CallCounts::default(),
            longest_wait_ms: 0,
            work: 0,
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.queue.length() == 0 && self.due_retries.is_empty() && self.count_at_endpoint == 0
    }

    pub(crate) const fn longest_wait_ms(&self) -> u64 {
        self.longest_wait_ms
    }

    /// The operations so far, each of them about a nanosecond. The number is the same on every machine.
    pub(crate) const fn work(&self) -> u64 {
        self.work
    }

    pub(crate) fn into_limits(self) -> Vec<Limit> {
        self.limits.into_iter().map(|(limit, _)| limit).collect()
    }

    /// Simulates one second with this many new calls. Earlier calls are served first.
    pub(crate) fn run_second(&mut self, second: usize, offered: u64) -> ReportRow {
        self.counts = CallCounts { offered, ..CallCounts::default() };
        let steps = SECOND_MS / self.step;
        self.work = self.work.saturating_add(steps * STEP_WORK);
        for step in 0..steps {
            self.process_responses();
            self.retry_failed_calls();
            self.drain_queue();
            self.accept_arrivals(offered * (step + 1) / steps - offered * step / steps);
            self.now += self.step;
            self.at_endpoint.rotate_left(1);
        }
        ReportRow { second, queued: self.queue.length(), counts: self.counts }
    }

    /// Handles responses that are due: success, failure, or cancellation at the timeout.
    fn process_responses(&mut self) {
        let mut responses = std::mem::take(&mut self.at_endpoint[0]);
        for AttemptBatch { first, retries, calls, is_cancelled: cancelled } in responses.drain(..) {
            self.count_at_endpoint -= calls;
            self.work = self.work.saturating_add(BATCH_WORK);
            if cancelled {
                self.counts.timed_out += calls;
                continue;
            }
            let failing = match self.failures {
                EndpointFailures::FirstAttempts(attempts) if retries < attempts => calls,
                EndpointFailures::FirstAttempts(_) => 0,
                EndpointFailures::Probability(probability) => {
                    self.work = self.work.saturating_add(random_failures::count_draws(calls, probability));
                    random_failures::draw_failures(calls, probability, &mut self.random)
                }
            };
            self.counts.succeeded += calls - failing;
            if failing == 0 {
                continue;
            }
            if retries == MAX_RETRIES {
                self.counts.failed += failing;
            } else {
                *self.due_retries.entry((first, retries + 1)).or_default() += failing;
            }
        }
        // Put the empty list back to reuse its allocation.
        self.at_endpoint[0] = responses;
    }

    /// Retries failed calls. A retry without a throttling slot stays due; one rejected by capping fails.
    fn retry_failed_calls(&mut self) {
        if self.due_retries.is_empty() {
            return;
        }
        self.work = self.work.saturating_add(self.due_retries.len() as u64 * BATCH_WORK);
        for ((first, retries), calls) in std::mem::take(&mut self.due_retries) {
            if self.now >= first + self.timeout {
                self.counts.timed_out += calls;
                continue;
            }
            let slots = self.take_throttling_slots(calls);
            if slots < calls {
                self.due_retries.insert((first, retries), calls - slots);
            }
            let allowed = self.take_capping_slots(slots);
            self.counts.retries += allowed;
            self.counts.retries_rejected += slots - allowed;
            self.counts.failed += slots - allowed;
            self.send_to_endpoint(first, retries, allowed);
        }
    }

    /// Takes calls from the queue, for the endpoint or because they waited too long.
    fn drain_queue(&mut self) {
        if self.queue.length() == 0 {
            return;
        }
        self.counts.expired += self.queue.expire(self.now, MAX_QUEUE_MS);
        let slots = self.take_throttling_slots(self.queue.length());
        let waited = self.queue.pop(self.now, slots);
        self.longest_wait_ms = self.longest_wait_ms.max(waited.unwrap_or(0));
        self.counts.served_from_queue += self.send_new_calls(slots);
    }

    /// Accepts new calls from journeys.
    fn accept_arrivals(&mut self, calls: u64) {
        let slots = if self.queue.length() == 0 { self.take_throttling_slots(calls) } else { 0 };
        self.queue.push(self.now, calls - slots);
        if let Some((limit, _)) = self.limits.first_mut() {
            limit.exceeded += calls - slots;
        }
        self.send_new_calls(slots);
    }

    /// Passes calls to the capping limits and returns the number allowed.
    fn send_new_calls(&mut self, calls: u64) -> u64 {
        let allowed = self.take_capping_slots(calls);
        self.counts.allowed += allowed;
        self.counts.rejected += calls - allowed;
        self.send_to_endpoint(self.now, 0, allowed);
        allowed
    }

    /// The number of calls that throttling lets through now; all without throttling.
    fn take_throttling_slots(&mut self, calls: u64) -> u64 {
        match self.limits.first_mut() {
            Some((Limit { over_limit: OverLimit::Queued, .. }, counter)) => counter.take(self.now, calls),
            _ => calls,
        }
    }

    /// The number of calls that no capping limit rejects.
    fn take_capping_slots(&mut self, mut calls: u64) -> u64 {
        for (limit, counter) in self.limits.iter_mut().filter(|(limit, _)| limit.over_limit == OverLimit::Rejected) {
            let slots = counter.take(self.now, calls);
            limit.exceeded += calls - slots;
            calls = slots;
        }
        calls
    }

    /// Sends calls to the endpoint; they end after its latency or at their timeout.
    fn send_to_endpoint(&mut self, first: u64, retries: u8, calls: u64) {
        if calls == 0 {
            return;
        }
        let left = first + self.timeout - self.now;
        let steps = usize::try_from(self.latency.min(left) / self.step).unwrap_or_default();
        self.at_endpoint[steps].push(AttemptBatch { first, retries, calls, is_cancelled: self.latency > left });
        self.count_at_endpoint += calls;
    }
}
