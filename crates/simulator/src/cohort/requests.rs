//! Requests over connections to the endpoint, and their results.

use crate::cohort::endpoint_steps::{EndpointSteps, MAX_GROUPS, Rounds};
use crate::cohort::group::{Cohort, RetrySteps};
use crate::cohort::latency_table::{LatencySequence, LatencyTable};
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
    /// The latencies of successful and of failed requests, by attempt number.
    successes: [LatencySequence; ATTEMPTS],
    failed: [LatencySequence; ATTEMPTS],
}

/// Calls that start together.
#[derive(Clone, Copy)]
struct Part {
    calls: u64,
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
            successes: [0, 1, 2, 3].map(LatencySequence::new),
            failed: [4, 5, 6, 7].map(LatencySequence::new),
        }
    }

    /// The retry of an attempt that ended at `ended`, if attempts and time are left.
    pub(crate) fn retry(&self, cohort: Cohort, ended: Micros) -> Option<Cohort> {
        let at = ended + self.retry_delay;
        let is_allowed = cohort.attempt < MAX_RETRIES && at < cohort.deadline;
        is_allowed.then_some(Cohort { attempt: cohort.attempt + 1, at, ..cohort })
    }

    /// Sends the attempts of the step at `now` over free connections. Returns the number of parts.
    pub(crate) fn send(
        &mut self,
        now: Micros,
        batch: &mut [Cohort],
        retries: &mut RetrySteps,
        recorder: &mut Recorder,
    ) -> u64 {
        let total: u64 = batch.iter().map(|cohort| cohort.calls).sum();
        let batch_span = batch.iter().map(|cohort| cohort.span * cohort.calls).sum::<u64>() / total;
        let Some(mut connections) = self.connections.take() else {
            let part = Part { calls: total, wait: 0, start: now, span: batch_span };
            self.start(batch, part, now, retries, recorder, &mut |_, _| {});
            return 1;
        };
        // The time that a call has left if it does not wait.
        let time = |cohort: &Cohort| u128::from(cohort.deadline.saturating_sub(cohort.at)) * u128::from(cohort.calls);
        let time = batch.iter().map(time).sum::<u128>() / u128::from(total);
        let (mut from, mut parts, mut cohorts) = (0, 0, Vec::new());
        while from < total {
            parts += 1;
            let at = now + mul_div(batch_span, from, total);
            let part = |calls| Part { calls, wait: 0, start: at, span: mul_div(batch_span, calls, total) };
            if self.rejects {
                let (free, units) = connections.next_free(at);
                let middle = Micros::midpoint(at, at + mul_div(batch_span, units, total));
                if free > middle {
                    let calls = mul_div(total, free - middle, batch_span).clamp(1, total - from);
                    recorder.connections_exceeded(calls);
                    divide(batch, calls, &mut cohorts);
                    for cohort in &cohorts {
                        recorder.ended(cohort.at, 0, CallOutcome::Rejected, cohort.calls);
                    }
                    from += calls;
                    continue;
                }
            }
            let group = if self.rejects { 1 } else { total.div_ceil(MAX_GROUPS).min(total - from) };
            let (free, units) = connections.reserve(at, group, total - from);
            let mut part = part(units.max(group));
            self.plan(time, &mut part, free, units);
            if part.wait > 0 {
                recorder.connections_exceeded(part.calls);
            }
            divide(batch, part.calls, &mut cohorts);
            from += part.calls;
            if part.calls > units {
                // Each connection carries several requests, one after the other.
                let (mut busy, mut started) = (0, 0);
                self.start(&cohorts, part, now, retries, recorder, &mut |hold, calls| {
                    busy += hold * calls;
                    started += calls;
                });
                let last_arrival = now + mul_div(batch_span, from, total);
                // Without a start, the connections stay free.
                let hold = busy.checked_div(started);
                let end = hold.map_or(free, |hold| (part.start + part.span).max(last_arrival + hold));
                connections.occupy(end.max(free), units);
            } else {
                let (mut left, start) = (units, free.max(at + part.span / 2));
                self.start(&cohorts, part, now, retries, recorder, &mut |hold, calls| {
                    connections.occupy(start + hold, calls);
                    left -= calls;
                });
                connections.occupy(free, left);
            }
        }
        self.connections = Some(connections);
        parts
    }

    /// The wait of a part on units that are free at `free`.
    fn plan(&self, time: u128, part: &mut Part, free: Micros, units: u64) {
        let (at, calls) = (part.start, part.calls);
        let last = at + part.span;
        let work = self.latency.mean();
        if calls <= units {
            part.wait = Rounds::new(at, last, free, calls, units, work).wait;
            part.start = free.max(at);
            return;
        }
        // The time that the first call has left, and that the last call has left when it starts. A call occupies a connection until
        // its response or its deadline.
        let left = i128::try_from(time).unwrap_or(0);
        let first_wait = i128::from(free.saturating_sub(at));
        let (calls, units, span, work) =
            (i128::from(calls), i128::from(units), i128::from(part.span), i128::from(work));
        let first_left = left - first_wait;
        let relaxed = first_left + span - work * calls / units;
        let last_left = if relaxed >= work { relaxed } else { (first_left + span) * units / (units + calls) };
        let last_wait = (left - last_left).max(0);
        part.wait = u64::try_from(i128::midpoint(first_wait, last_wait)).unwrap_or(0);
        part.start = free.max(at);
        part.span = u64::try_from(i128::from(last) + last_wait - i128::from(part.start)).unwrap_or(0);
    }

    /// Starts the calls of a part and decides their results. Calls `occupy` with the mean time on a connection and the number of
    /// requests.
    fn start(
        &mut self,
        cohorts: &[Cohort],
        part: Part,
        now: Micros,
        retries: &mut RetrySteps,
        recorder: &mut Recorder,
        occupy: &mut dyn FnMut(Micros, u64),
    ) {
        let in_time = |cohort: &Cohort| cohort.at + part.wait < cohort.deadline;
        let started = cohorts.iter().filter(|cohort| in_time(cohort)).map(|cohort| cohort.calls).sum();
        let work_wait = if started > 0 { self.endpoint.accept(part.start, part.span, started) } else { 0 };
        for cohort in cohorts {
            let calls = cohort.calls;
            if !in_time(cohort) {
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
            occupy(hold, calls);
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
                let latency = work_wait + self.latency.draw(within, &mut self.successes[attempt]);
                recorder.latency(latency, responses - failing);
                recorder.ended(start + latency, 0, CallOutcome::Succeeded, responses - failing);
            }
            if failing > 0 {
                let ended = start + work_wait + self.latency.draw(within, &mut self.failed[attempt]);
                let failed = Cohort { calls: failing, ..*cohort };
                match self.retry(failed, ended).filter(|_| self.is_retried) {
                    Some(retry) => retries.push(retry, now + self.step),
                    None => recorder.ended(ended, 0, CallOutcome::Failed, failing),
                }
            }
        }
    }
}

/// Moves `calls` calls from `batch` to `part`, from each cohort in proportion.
fn divide(batch: &mut [Cohort], calls: u64, part: &mut Vec<Cohort>) {
    part.clear();
    let mut ahead: u64 = batch.iter().map(|cohort| cohort.calls).sum();
    let mut left = calls;
    for cohort in batch.iter_mut().filter(|cohort| cohort.calls > 0) {
        let after = ahead - cohort.calls;
        let nearest = (mul_div(2 * cohort.calls, left, ahead) + 1) / 2;
        let taken = nearest.max(left.saturating_sub(after)).min(cohort.calls).min(left);
        if taken > 0 {
            part.push(Cohort { calls: taken, ..*cohort });
        }
        cohort.calls -= taken;
        (left, ahead) = (left - taken, after);
    }
}
