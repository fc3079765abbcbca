//! Requests over connections to the endpoint, and their results.

use crate::call_rules::MAX_RETRIES;
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
use crate::time::Micros;

const ATTEMPTS: usize = MAX_RETRIES as usize + 1;

/// The number of latencies for the failures of a cohort, unless there are many.
const RETRY_GROUPS: u64 = 4;
const MANY_RETRIES: u64 = 16;

/// The maximum number of groups into which calls of the same moment are divided.
const MAX_BURST_GROUPS: u64 = 256;

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
    holds: LatencySequence,
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
            holds: LatencySequence::new(8),
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
        let time: u128 = batch.iter().map(|it| u128::from(it.deadline - it.at) * u128::from(it.calls)).sum();
        let time = u64::try_from(time / u128::from(total)).unwrap_or(0);
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
            let groups = if batch_span == 0 { MAX_BURST_GROUPS } else { MAX_GROUPS };
            let group = if self.rejects { 1 } else { total.div_ceil(groups).min(total - from) };
            let (free, units) = connections.reserve(at, group, total - from);
            let mut part = part(units.max(match time.saturating_sub(free.saturating_sub(at)) {
                // Calls with the same deadline: none starts after it.
                left @ 1.. if batch_span == 0 => group.min(units * (left / self.latency.mean()).max(1)),
                _ => group,
            }));
            divide(batch, part.calls, &mut cohorts);
            from += part.calls;
            let is_sequence = self.plan(&cohorts, &mut part, free, units);
            if part.wait > 0 {
                recorder.connections_exceeded(part.calls);
            }
            if is_sequence {
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
                    connections.occupy(start + hold, calls.min(left));
                    left -= calls.min(left);
                });
                connections.occupy(free, left);
            }
        }
        self.connections = Some(connections);
        parts
    }

    /// Plans the wait of a part for connections that are free at `free`. Returns whether connections carry several calls, one after
    /// the other.
    fn plan(&self, cohorts: &[Cohort], part: &mut Part, free: Micros, units: u64) -> bool {
        let at = part.start;
        let last = at + part.span;
        let work = self.latency.mean();
        let first_wait = free.saturating_sub(at);
        // The others time out without a connection.
        let in_time = cohorts.iter().filter(|cohort| cohort.at + first_wait < cohort.deadline);
        let (calls, time) = in_time.fold((0, 0), |(calls, time), cohort| {
            (calls + cohort.calls, time + u128::from(cohort.deadline - cohort.at) * u128::from(cohort.calls))
        });
        if calls <= units {
            part.wait = Rounds::new(at, last, free, calls, units, work).wait;
            part.start = free.max(at);
            return false;
        }
        // The time that the first call has left, and that the last call has left when it starts. A call occupies a connection until
        // its response or its deadline.
        let left = i128::try_from(time / u128::from(calls)).unwrap_or(0);
        let first_wait = i128::from(first_wait);
        let (calls, units, span, work) =
            (i128::from(calls), i128::from(units), i128::from(part.span), i128::from(work));
        let first_left = left - first_wait;
        let relaxed = first_left + span - work * calls / units;
        let last_left = if relaxed >= work { relaxed } else { (first_left + span) * units / (units + calls) };
        let last_wait = (left - last_left).max(0);
        part.wait = u64::try_from(i128::midpoint(first_wait, last_wait)).unwrap_or(0);
        part.start = free.max(at);
        part.span = u64::try_from(i128::from(last) + last_wait - i128::from(part.start)).unwrap_or(0);
        true
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
            let share = Share::from_ratio(within as u64, self.latency.count() as u64);
            let responses = self.in_time[attempt].take(calls, share);
            let hold = if within == 0 { left } else { work_wait + self.latency.mean_up_to(left - work_wait) };
            recorder.sent(start, 0, attempt > 0, part.wait, calls);
            recorder.busy(hold, self.endpoint.busy(), calls);
            if responses > 0 {
                if self.latency.count() > 1 && responses <= 64 {
                    let groups = responses.min(8);
                    for group in 0..groups {
                        let latency = self.latency.draw(within, &mut self.holds);
                        occupy(work_wait + latency, responses * (group + 1) / groups - responses * group / groups);
                    }
                } else {
                    occupy(work_wait + self.latency.mean_within(within), responses);
                }
            }
            if responses < calls {
                // A canceled request keeps its connection until then.
                occupy(left, calls - responses);
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
            // Different latencies, so that the retries of a group do not compete with each other for slots.
            let groups = match failing {
                2..=MANY_RETRIES if self.latency.count() > 1 => failing.min(RETRY_GROUPS),
                _ => failing.min(1),
            };
            for group in 0..groups {
                let calls = failing * (group + 1) / groups - failing * group / groups;
                let ended = start + work_wait + self.latency.draw(within, &mut self.failed[attempt]);
                let failed = Cohort { calls, ..*cohort };
                match self.retry(failed, ended).filter(|_| self.is_retried) {
                    Some(retry) => retries.push(retry, now + self.step),
                    None => recorder.ended(ended, 0, CallOutcome::Failed, calls),
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
        let nearest = mul_div(2 * cohort.calls, left, ahead).div_ceil(2);
        let taken = nearest.max(left.saturating_sub(after)).min(cohort.calls).min(left);
        if taken > 0 {
            part.push(Cohort { calls: taken, ..*cohort });
        }
        cohort.calls -= taken;
        (left, ahead) = (left - taken, after);
    }
}
