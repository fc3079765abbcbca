//! Moves calls through queue, caps, connections, and the endpoint.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::ControlFlow;

use crate::exact::arrival_times::Arrival;
use crate::exact::attempt_source::AttemptSource;
use crate::exact::call_observer::CallObserver;
use crate::exact::slots::Slots;
use crate::exact::stations::{EndpointStation, Units};
use crate::limits::configured_limits::effective_limits;
use crate::limits::limit::OverLimit;
use crate::report::call_counts::CallOutcome;
use crate::report::recorder::Recorder;
use crate::scenario::{CappedCall, NoConnection, Scenario};
use crate::simulate::{MAX_QUEUE_MS, MAX_RETRIES, Progress, SimulationError};
use crate::time::{MILLISECOND, Micros, SECOND};

/// Operations per call, about a nanosecond each.
const CALL_WORK: u64 = 200;

/// A call in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    number: u64,
    journey: usize,
    /// The number of the next attempt; 0 is the first.
    attempt: u8,
    /// The arrival; for a retry, the time it became due.
    since: Micros,
    /// The end of the timeout; unknown before the first attempt.
    deadline: Option<Micros>,
}

/// A retry, in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Retry {
    at: Micros,
    sequence: u64,
    call: Call,
}

pub(crate) struct ExactEngine<'s, A, S, O> {
    scenario: &'s Scenario,
    arrivals: A,
    attempts: S,
    observer: O,
    retries: BinaryHeap<Reverse<Retry>>,
    retry_sequence: u64,
    /// The throttling limit, with its index.
    throttling: Option<(usize, Slots)>,
    caps: Vec<(usize, Slots)>,
    /// Waiting retries, then waiting new calls.
    queued_retries: VecDeque<Call>,
    queued: VecDeque<Call>,
    /// The time at which the queue gets the next slot.
    release: Option<Micros>,
    connections: Option<Units>,
    endpoint: EndpointStation,
    recorder: Recorder,
    timeout: Micros,
}

impl<'s, A: Iterator<Item = Arrival>, S: AttemptSource, O: CallObserver> ExactEngine<'s, A, S, O> {
    /// `arrivals` are in order of time.
    pub(crate) fn new(scenario: &'s Scenario, arrivals: A, attempts: S, observer: O) -> Self {
        let (mut throttling, mut caps) = (None, Vec::new());
        for (index, limit) in effective_limits(scenario).iter().enumerate() {
            match limit.over_limit {
                OverLimit::Queued => throttling = Some((index, Slots::new(limit))),
                OverLimit::Rejected => caps.push((index, Slots::new(limit))),
            }
        }
        let connections = scenario.limits.connections(scenario.connections);
        Self {
            scenario,
            arrivals,
            attempts,
            observer,
            retries: BinaryHeap::new(),
            retry_sequence: 0,
            throttling,
            caps,
            queued_retries: VecDeque::new(),
            queued: VecDeque::new(),
            release: None,
            connections: connections.map(|connections| Units::new(connections.count)),
            endpoint: EndpointStation::new(scenario.endpoint.capacity),
            recorder: Recorder::new(scenario),
            timeout: scenario.timeout(),
        }
    }

    pub(crate) fn run(
        mut self,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(Recorder, O), SimulationError> {
        let (mut number, mut work, mut next_report) = (0, 0, 0);
        let mut next_arrival = self.arrivals.next();
        let seconds = self.scenario.seconds();
        loop {
            let retry = self.retries.peek().map(|Reverse(retry)| retry.at);
            let next = [self.release, retry, next_arrival.map(|arrival| arrival.at)].into_iter().flatten().min();
            let Some(now) = next else { return Ok((self.recorder, self.observer)) };
            work += CALL_WORK;
            if work >= next_report {
                let second = usize::try_from(now / SECOND).unwrap_or(usize::MAX);
                if progress(Progress { second, seconds, work }).is_break() {
                    return Err(SimulationError::Canceled);
                }
                next_report = work + 5_000_000;
            }
            // At the same time: slots of the queue, retries, then arrivals.
            if self.release == Some(now) {
                self.serve_queue(now);
            } else if retry == Some(now) {
                if let Some(Reverse(retry)) = self.retries.pop() {
                    self.submit(retry.call, now);
                }
            } else if let Some(arrival) = next_arrival {
                next_arrival = self.arrivals.next();
                self.recorder.offered(now, arrival.journey, 1);
                let call = Call { number, journey: arrival.journey, attempt: 0, since: now, deadline: None };
                number += 1;
                self.submit(call, now);
            }
        }
    }

    /// Passes an attempt to the throttling queue, or to the caps.
    fn submit(&mut self, call: Call, now: Micros) {
        let Some((index, slots)) = &mut self.throttling else { return self.admit(call, now) };
        let is_first = call.attempt == 0;
        let waits =
            !self.queued_retries.is_empty() || is_first && !self.queued.is_empty() || slots.next_free(now) > now;
        if !waits {
            slots.take(now);
            self.recorder.slots_taken(*index, 1);
            if is_first {
                self.recorder.throttling_wait(0, 1);
            }
            return self.admit(call, now);
        }
        if is_first {
            self.recorder.exceeded(*index, 1);
            self.recorder.enter_queue(now, call.journey, 1);
            self.queued.push_back(call);
        } else {
            self.queued_retries.push_back(call);
        }
        self.serve_queue(now);
    }

    /// Sends waiting calls while slots are free.
    fn serve_queue(&mut self, now: Micros) {
        self.release = None;
        loop {
            while let Some(call) = self.queued_retries.front().copied()
                && let Some(deadline) = call.deadline
                && deadline <= now
            {
                self.queued_retries.pop_front();
                self.observer.waited_in_queue(call.number, deadline - call.since);
                self.end(call, CallOutcome::TimedOut, deadline);
            }
            while let Some(call) = self.queued.front().copied()
                && call.since + MAX_QUEUE_MS * MILLISECOND <= now
            {
                let at = call.since + MAX_QUEUE_MS * MILLISECOND;
                self.queued.pop_front();
                self.recorder.leave_queue(at, 1);
                self.observer.waited_in_queue(call.number, at - call.since);
                self.end(call, CallOutcome::Dropped, at);
            }
            if self.queued_retries.is_empty() && self.queued.is_empty() {
                return;
            }
            let Some((index, slots)) = &mut self.throttling else { return };
            let free = slots.next_free(now);
            if free > now {
                self.release = Some(free);
                return;
            }
            slots.take(now);
            self.recorder.slots_taken(*index, 1);
            if let Some(call) = self.queued_retries.pop_front() {
                self.observer.waited_in_queue(call.number, now - call.since);
                self.admit(call, now);
            } else if let Some(call) = self.queued.pop_front() {
                self.recorder.leave_queue(now, 1);
                self.recorder.throttling_wait(now - call.since, 1);
                self.observer.waited_in_queue(call.number, now - call.since);
                self.admit(call, now);
            }
        }
    }

    /// Passes an attempt to the caps.
    fn admit(&mut self, mut call: Call, now: Micros) {
        let deadline = *call.deadline.get_or_insert(now + self.timeout);
        for (index, slots) in &mut self.caps {
            if slots.next_free(now) > now {
                self.recorder.exceeded(*index, 1);
                return self.reject(call, now, deadline);
            }
        }
        for (index, slots) in &mut self.caps {
            slots.take(now);
            self.recorder.slots_taken(*index, 1);
        }
        self.send(call, now, deadline);
    }

    /// Handles an attempt that a cap rejected.
    fn reject(&mut self, call: Call, now: Micros, deadline: Micros) {
        if self.scenario.capped_call == CappedCall::Retried && self.retry(call, now, deadline) {
            return;
        }
        self.end(call, CallOutcome::Rejected, now);
    }

    /// Sends an attempt when a connection is free.
    fn send(&mut self, call: Call, now: Micros, deadline: Micros) {
        let start = self.connections.as_ref().map_or(now, |connections| connections.next_free(now));
        if start > now {
            self.recorder.connections_exceeded(1);
            if self.scenario.no_connection == NoConnection::Reject {
                return self.end(call, CallOutcome::Rejected, now);
            }
        }
        self.observer.waited_for_connection(call.number, start.min(deadline) - now);
        if start >= deadline {
            return self.end(call, CallOutcome::TimedOut, deadline);
        }
        let result = self.attempts.attempt(call.number, call.attempt);
        let (response, busy) = self.endpoint.accept(start, result.latency);
        let end = response.min(deadline);
        if let Some(connections) = &mut self.connections {
            connections.occupy(end);
        }
        self.recorder.sent(start, call.journey, call.attempt > 0, start - now, 1);
        self.observer.sent(call.number);
        self.recorder.busy(end - start, busy, 1);
        if response > deadline {
            self.end(call, CallOutcome::TimedOut, deadline);
        } else if !result.is_failure {
            self.recorder.latency(response - start, 1);
            self.end(call, CallOutcome::Succeeded, response);
        } else if !self.scenario.endpoint.is_retried() || !self.retry(call, response, deadline) {
            self.end(call, CallOutcome::Failed, response);
        }
    }

    /// Schedules a retry after an attempt that ended at `ended`, unless the attempts or the time are used up.
    fn retry(&mut self, call: Call, ended: Micros, deadline: Micros) -> bool {
        let at = ended + self.scenario.retry_delay();
        if call.attempt == MAX_RETRIES || at >= deadline {
            return false;
        }
        self.retry_sequence += 1;
        let call = Call { attempt: call.attempt + 1, since: at, deadline: Some(deadline), ..call };
        self.retries.push(Reverse(Retry { at, sequence: self.retry_sequence, call }));
        true
    }

    fn end(&mut self, call: Call, outcome: CallOutcome, at: Micros) {
        self.recorder.ended(at, call.journey, outcome, 1);
        self.observer.ended(call.number, outcome, at);
    }
}
