//! The state of a simulation: where every call is.

use std::collections::{BTreeMap, VecDeque};

use crate::endpoint::Failures;
use crate::limit::{Limit, Over};
use crate::queue::Queue;
use crate::random_failures;
use crate::report::{Row, Totals};
use crate::scenario::Scenario;
use crate::window::Counter;

/// How long a call waits in the queue of throttling, in milliseconds. Documented: up to 6 hours.
pub const LONGEST_QUEUE_MS: u64 = 6 * 3_600_000;

/// How often a call is made again. Documented: a maximum of three retries after the first call.
pub const MOST_RETRIES: u8 = 3;

/// A step, in milliseconds; the calls of one come at its beginning. Ten a second show what happens within it, and a day is
/// still simulated in an instant.
const STEP_MS: u64 = 100;

/// The same where a limit has a short period that is not made of such steps.
const FINE_STEP_MS: u64 = 10;

/// From here on a period is long enough for steps that do not fit it exactly. Chosen here.
const LONG_PERIOD_MS: u64 = 10_000;

const SECOND_MS: u64 = 1000;

/// Calls that were first made at the same time and are now made for the same time again. Times are in milliseconds from the
/// beginning.
#[derive(Clone, Copy)]
struct Attempt {
    /// From then on their timeout counts.
    first: u64,
    retries: u8,
    calls: u64,
    /// The timeout ends before the endpoint answers.
    cancelled: bool,
}

/// All calls that have not ended, and the limits on their way.
pub(crate) struct Simulator {
    now: u64,
    step: u64,
    limits: Vec<(Limit, Counter)>,
    queue: Queue,
    /// What is at the endpoint, by the number of steps until it comes back.
    at_endpoint: VecDeque<Vec<Attempt>>,
    count_at_endpoint: u64,
    /// Retries that are due, by when their calls were first made and how often they were made again.
    due: BTreeMap<(u64, u8), u64>,
    latency: u64,
    failures: Failures,
    timeout: u64,
    random: fastrand::Rng,
    counts: Totals,
    longest_wait_ms: u64,
}

impl Simulator {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let limits = scenario.limits.on_the_way(scenario.window, scenario.endpoint);
        let fits = |limit: &Limit| limit.period_ms.is_multiple_of(STEP_MS) || limit.period_ms > LONG_PERIOD_MS;
        let step = if limits.iter().all(fits) { STEP_MS } else { FINE_STEP_MS };
        let timeout = scenario.timeout() * SECOND_MS;
        let latency = scenario.endpoint.latency_ms().div_ceil(step) * step;
        let longest = usize::try_from(latency.min(timeout) / step).unwrap_or_default();
        let counted = |limit: Limit| {
            let counter = Counter::new(limit.window, limit.calls, limit.period_ms, step);
            (limit, counter)
        };
        Self {
            now: 0,
            step,
            limits: limits.into_iter().map(counted).collect(),
            queue: Queue::default(),
            at_endpoint: vec![Vec::new(); longest + 1].into(),
            count_at_endpoint: 0,
            due: BTreeMap::new(),
            latency,
            failures: scenario.endpoint.failures(),
            timeout,
            random: fastrand::Rng::with_seed(scenario.seed),
            counts: Totals::default(),
            longest_wait_ms: 0,
        }
    }

    /// Whether every call has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.queue.length() == 0 && self.due.is_empty() && self.count_at_endpoint == 0
    }

    pub(crate) const fn longest_wait_ms(&self) -> u64 {
        self.longest_wait_ms
    }

    pub(crate) fn into_limits(self) -> Vec<Limit> {
        self.limits.into_iter().map(|(limit, _)| limit).collect()
    }

    /// One second passes, in which journeys make so many calls. Whoever came first has the first claim to a slot.
    pub(crate) fn second(&mut self, second: usize, offered: u64) -> Row {
        self.counts = Totals { offered, ..Totals::default() };
        let steps = SECOND_MS / self.step;
        for step in 0..steps {
            self.answers();
            self.retries();
            self.waiting();
            self.arrivals(offered * (step + 1) / steps - offered * step / steps);
            self.now += self.step;
            self.at_endpoint.rotate_left(1);
        }
        Row { second, queued: self.queue.length(), counts: self.counts }
    }

    /// What the endpoint answers now: success, failure, or nothing before the timeout.
    fn answers(&mut self) {
        let mut answered = std::mem::take(&mut self.at_endpoint[0]);
        for Attempt { first, retries, calls, cancelled } in answered.drain(..) {
            self.count_at_endpoint -= calls;
            if cancelled {
                self.counts.timed_out += calls;
                continue;
            }
            let failing = match self.failures {
                Failures::First(attempts) if retries < attempts => calls,
                Failures::First(_) => 0,
                Failures::Share(share) => random_failures::draw_failures(calls, share, &mut self.random),
            };
            self.counts.succeeded += calls - failing;
            if failing == 0 {
                continue;
            }
            if retries == MOST_RETRIES {
                self.counts.failed += failing;
            } else {
                *self.due.entry((first, retries + 1)).or_default() += failing;
            }
        }
        // The empty list keeps its room for later.
        self.at_endpoint[0] = answered;
    }

    /// Failed calls are made again. What throttling holds up stays due; what capping refuses has failed.
    fn retries(&mut self) {
        if self.due.is_empty() {
            return;
        }
        for ((first, retries), calls) in std::mem::take(&mut self.due) {
            if self.now >= first + self.timeout {
                self.counts.timed_out += calls;
                continue;
            }
            let slots = self.throttled(calls);
            if slots < calls {
                self.due.insert((first, retries), calls - slots);
            }
            let allowed = self.capped(slots);
            self.counts.retries += allowed;
            self.counts.retries_rejected += slots - allowed;
            self.counts.failed += slots - allowed;
            self.start(first, retries, allowed);
        }
    }

    /// Calls leave the queue: for the endpoint, or because they have waited too long.
    fn waiting(&mut self) {
        if self.queue.length() == 0 {
            return;
        }
        self.counts.expired += self.queue.expire(self.now, LONGEST_QUEUE_MS);
        let slots = self.throttled(self.queue.length());
        let waited = self.queue.pop(self.now, slots);
        self.longest_wait_ms = self.longest_wait_ms.max(waited.unwrap_or(0));
        self.counts.served_from_queue += self.let_through(slots);
    }

    /// Journeys make calls.
    fn arrivals(&mut self, calls: u64) {
        let slots = if self.queue.length() == 0 { self.throttled(calls) } else { 0 };
        self.queue.push(self.now, calls - slots);
        if let Some((limit, _)) = self.limits.first_mut() {
            limit.exceeded += calls - slots;
        }
        self.let_through(slots);
    }

    /// Calls that throttling has let through come to the other limits; how many are allowed.
    fn let_through(&mut self, calls: u64) -> u64 {
        let allowed = self.capped(calls);
        self.counts.allowed += allowed;
        self.counts.rejected += calls - allowed;
        self.start(self.now, 0, allowed);
        allowed
    }

    /// How many of so many calls throttling lets through now: all, where there is none.
    fn throttled(&mut self, calls: u64) -> u64 {
        match self.limits.first_mut() {
            Some((Limit { over: Over::Queued, .. }, counter)) => counter.take(self.now, calls),
            _ => calls,
        }
    }

    /// How many of so many calls no other limit rejects.
    fn capped(&mut self, mut calls: u64) -> u64 {
        for (limit, counter) in self.limits.iter_mut().filter(|(limit, _)| limit.over == Over::Rejected) {
            let slots = counter.take(self.now, calls);
            limit.exceeded += calls - slots;
            calls = slots;
        }
        calls
    }

    /// Calls reach the endpoint, which answers after its latency, or they are cancelled at their timeout.
    fn start(&mut self, first: u64, retries: u8, calls: u64) {
        if calls == 0 {
            return;
        }
        let left = first + self.timeout - self.now;
        let steps = usize::try_from(self.latency.min(left) / self.step).unwrap_or_default();
        self.at_endpoint[steps].push(Attempt { first, retries, calls, cancelled: self.latency > left });
        self.count_at_endpoint += calls;
    }
}
