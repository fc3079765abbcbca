//! Requests over connections to the endpoint, and their results.

use crate::cohort::endpoint_steps::{EndpointSteps, MAX_GROUPS, Rounds};
use crate::cohort::group::{Cohort, RetrySteps};
use crate::cohort::latency_table::LatencyTable;
use crate::cohort::share::{Share, ShareRemainder};
use crate::cohort::units::Units;
use crate::cohort::window::mul_div;
use crate::endpoint::failures::EndpointFailures;
use crate::report::call_counts::CallOutcome;
use crate::report::recorder::Recorder;
use crate::scenario::{NoConnection, Scenario};
use crate::simulate::MAX_RETRIES;
use crate::time::Micros;

const ATTEMPTS: usize = MAX_RETRIES as usize + 1;

/// The connections, the endpoint, and its results.
pub(crate) struct Requests {
    step: Micros,
    connections: Option<Units>,
    rejects: bool,
    endpoint: EndpointSteps,
    latency: LatencyTable,
    failures: EndpointFailures,
    failure_share: Share,
    is_retried: bool,
    retry_delay: Micros,
    /// The remainders of each attempt number.
    in_time: [ShareRemainder; ATTEMPTS],
    failing: [ShareRemainder; ATTEMPTS],
}

/// A part of the batch that starts together.
#[derive(Clone, Copy)]
struct Part {
    /// The range of calls in the batch.
    from: u64,
    to: u64,
    /// The mean wait for a connection.
    wait: Micros,
    /// The start of the first request, and the time until the start of the last one.
    start: Micros,
    span: Micros,
}

impl Requests {
    pub(crate) fn new(scenario: &Scenario, step: Micros) -> Self {
        let latency = LatencyTable::new(&scenario.endpoint.latency);
        let connections = scenario.limits.connections(scenario.connections);
        let horizon = scenario.timeout() + 4 * step;
        let failure_share = match scenario.endpoint.failures {
            EndpointFailures::Probability(probability) => Share::from_probability(probability),
            EndpointFailures::FirstAttempts(_) => Share::from_probability(1.0),
        };
        Self {
            step,
            connections: connections.map(|connections| Units::new(connections.count, step, horizon)),
            rejects: scenario.no_connection == NoConnection::Reject,
            endpoint: EndpointSteps::new(scenario.endpoint.capacity, latency.mean(), step),
            latency,
            failures: scenario.endpoint.failures,
            failure_share,
            is_retried: scenario.endpoint.is_retried(),
            retry_delay: scenario.retry_delay(),
            in_time: Default::default(),
            failing: Default::default(),
        }
    }

    /// The retry of an attempt that ended at `ended`, if attempts and time are left.
    pub(crate) fn retry(&self, cohort: Cohort, ended: Micros) -> Option<Cohort> {
        let at = ended + self.retry_delay;
        let is_allowed = cohort.attempt < MAX_RETRIES && at < cohort.deadline;
        is_allowed.then_some(Cohort { attempt: cohort.attempt + 1, at, ..cohort })
    }

    /// Sends attempts, spread over the step at `now`, over free connections. Returns the number of parts.
    pub(crate) fn send(
        &mut self,
        now: Micros,
        batch: &[Cohort],
        retries: &mut RetrySteps,
        recorder: &mut Recorder,
    ) -> u64 {
        let total: u64 = batch.iter().map(|cohort| cohort.calls).sum();
        let Some(mut connections) = self.connections.take() else {
            let part = Part { from: 0, to: total, wait: 0, start: now, span: self.step };
            self.start(batch, total, part, retries, recorder, &mut |_, _, _| {});
            return 1;
        };
        let (mut from, mut parts) = (0, 0);
        while from < total {
            parts += 1;
            let at = now + mul_div(self.step, from, total);
            let part = |to| Part { from, to, wait: 0, start: at, span: mul_div(self.step, to - from, total) };
            let free = connections.next_free(at);
            if self.rejects && free > at {
                let calls = mul_div(total, free - at, self.step).clamp(1, total - from);
                let part = part(from + calls);
                recorder.connections_exceeded(calls);
                for (cohort, calls) in divide(batch, total, part) {
                    recorder.ended(cohort.at, 0, CallOutcome::Rejected, calls);
                }
                from = part.to;
                continue;
            }
            let least = (total.div_ceil(MAX_GROUPS)).min(total - from);
            let (free, units) = connections.reserve(at, if self.rejects { 1 } else { least }, total - from);
            let mut part = part((from + units.max(least)).min(total));
            self.plan(batch, total, &mut part, free, units);
            if part.wait > 0 {
                recorder.connections_exceeded(part.to - part.from);
            }
            if part.to - part.from > units {
                // Each connection carries several requests, one after the other.
                let end = part.start + part.span;
                let mut busy = 0;
                let mut started = 0;
                self.start(batch, total, part, retries, recorder, &mut |_, hold, calls| {
                    busy += hold * calls;
                    started += calls;
                });
                let last_arrival = now + mul_div(self.step, part.to, total);
                // Without a start, the connections stay free.
                let end = busy.checked_div(started).map_or(free, |hold| end.max(last_arrival + hold));
                connections.occupy(end.max(free), units);
            } else {
                let mut left = units;
                self.start(batch, total, part, retries, recorder, &mut |start, hold, calls| {
                    connections.occupy(start.max(free) + hold, calls.min(left));
                    left -= calls.min(left);
                });
                connections.occupy(free, left);
            }
            from = part.to;
        }
        self.connections = Some(connections);
        parts
    }

    /// The wait of a part on units that are free at `free`.
    fn plan(&self, batch: &[Cohort], total: u64, part: &mut Part, free: Micros, units: u64) {
        let (at, calls) = (part.start, part.to - part.from);
        let last = at + part.span;
        if calls <= units {
            let Rounds { wait, .. } = Rounds::new(at, last, free, calls, units, 0);
            if free > at {
                (part.start, part.span) = (free, 0);
            }
            part.wait = wait;
            return;
        }
        // The time that the first call has left, and that the last call has left when it starts. A call occupies a connection until
        // its response or its deadline.
        let left: u128 =
            batch.iter().map(|it| u128::from(it.deadline - it.at.min(it.deadline)) * u128::from(it.calls)).sum();
        let left = i128::try_from(left / u128::from(total)).unwrap_or(0);
        let first_wait = i128::from(free.saturating_sub(at));
        let (calls, units, span) = (i128::from(calls), i128::from(units), i128::from(part.span));
        let work = i128::from(self.latency.mean());
        let first_left = left - first_wait;
        let relaxed = first_left + span - work * calls / units;
        let last_left = if relaxed >= work { relaxed } else { (first_left + span) * units / (units + calls) };
        let last_wait = (left - last_left).max(0);
        part.wait = u64::try_from(i128::midpoint(first_wait, last_wait)).unwrap_or(0);
        part.start = free.max(at);
        part.span = u64::try_from(i128::from(last) + last_wait - i128::from(part.start)).unwrap_or(0);
    }

    /// Starts the calls of a part and decides their results. Calls `occupy` with the start, the mean time on a connection, and the
    /// number of requests.
    fn start(
        &mut self,
        batch: &[Cohort],
        total: u64,
        part: Part,
        retries: &mut RetrySteps,
        recorder: &mut Recorder,
        occupy: &mut dyn FnMut(Micros, Micros, u64),
    ) {
        let in_time = |cohort: &Cohort| cohort.at + part.wait < cohort.deadline;
        let started = divide(batch, total, part).filter(|(cohort, _)| in_time(cohort)).map(|(_, calls)| calls).sum();
        let work_wait = if started > 0 { self.endpoint.accept(part.start, part.span, started) } else { 0 };
        for (cohort, calls) in divide(batch, total, part) {
            if !in_time(&cohort) {
                recorder.ended(cohort.deadline, 0, CallOutcome::TimedOut, calls);
                continue;
            }
            let attempt = usize::from(cohort.attempt);
            let start = cohort.at + part.wait;
            let left = cohort.deadline - start;
            let within = if work_wait > left { 0 } else { self.latency.count_within(left - work_wait) };
            let share = Share::of(within as u64, self.latency.count() as u64);
            let responses = self.in_time[attempt].take(calls, share);
            let hold = if within == 0 { left } else { work_wait + self.latency.mean_up_to(left - work_wait) };
            recorder.sent(start, 0, attempt > 0, part.wait, calls);
            recorder.busy(hold, self.endpoint.busy(), calls);
            occupy(part.start, hold, calls);
            if responses < calls {
                recorder.ended(cohort.deadline, 0, CallOutcome::TimedOut, calls - responses);
            }
            if responses == 0 {
                continue;
            }
            let failing = match self.failures {
                EndpointFailures::FirstAttempts(attempts) if cohort.attempt >= attempts => 0,
                _ => self.failing[attempt].take(responses, self.failure_share),
            };
            if failing < responses {
                let latency = work_wait + self.latency.draw(within);
                recorder.latency(latency, responses - failing);
                recorder.ended(start + latency, 0, CallOutcome::Succeeded, responses - failing);
            }
            if failing > 0 {
                let ended = start + work_wait + self.latency.draw(within);
                let failed = Cohort { calls: failing, ..cohort };
                match self.retry(failed, ended).filter(|_| self.is_retried) {
                    Some(retry) => retries.push(retry),
                    None => recorder.ended(ended, 0, CallOutcome::Failed, failing),
                }
            }
        }
    }
}

/// The calls of each cohort in a part.
fn divide(batch: &[Cohort], total: u64, part: Part) -> impl Iterator<Item = (Cohort, u64)> {
    let calls = move |cohort: &Cohort| {
        let before = mul_div(cohort.calls, part.from, total);
        (*cohort, mul_div(cohort.calls, part.to, total) - before)
    };
    batch.iter().map(calls).filter(|(_, calls)| *calls > 0)
}
