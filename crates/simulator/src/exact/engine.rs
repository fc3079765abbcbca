//! Moves calls through queue, caps, connections, and the endpoint.

use std::iter::Peekable;
use std::ops::ControlFlow;

use crate::call_rules::MAX_RETRIES;
use crate::exact::arrival_times::Arrival;
use crate::exact::attempt_source::AttemptSource;
use crate::exact::call::Call;
use crate::exact::call_observer::CallObserver;
use crate::exact::caps::Caps;
use crate::exact::retries::ScheduledRetries;
use crate::exact::stations::{EndpointStation, Units};
use crate::exact::throttling_queue::{QueueExit, QueuedAttempt, ThrottlingQueue};
use crate::limits::effective_limits::effective_limits;
use crate::limits::limit::OverLimit;
use crate::progress::{Progress, SimulationError};
use crate::report::call_counts::CallOutcome;
use crate::report::recorder::Recorder;
use crate::scenario::{CappedCall, NoConnection, Scenario};
use crate::time::{Micros, SECOND};

/// Operations per event, about a nanosecond each.
const EVENT_WORK: u64 = 100;

/// The number of events between two calls of `progress`: a few milliseconds.
const EVENTS_PER_REPORT: u64 = 1 << 15;

/// The state of a simulation. Events are slots of the throttling queue, retries, and arrivals. An attempt that passes the caps
/// is followed to its end at once: connections and the endpoint work in the order in which attempts pass the caps, so later
/// attempts have no effect on it.
pub(crate) struct ExactEngine<'s, A: Iterator<Item = Arrival>, S, O> {
    scenario: &'s Scenario,
    arrivals: Peekable<A>,
    /// The number of calls that have arrived.
    arrived: u32,
    attempts: S,
    observer: O,
    retries: ScheduledRetries,
    /// The throttling queue, with the index of its limit.
    throttling: Option<(usize, ThrottlingQueue<A>)>,
    caps: Caps<'s>,
    connections: Option<Units>,
    endpoint: EndpointStation,
    recorder: Recorder,
    timeout: Micros,
    retry_delay: Micros,
    is_retried: bool,
}

impl<'s, A: Iterator<Item = Arrival> + Clone, S: AttemptSource, O: CallObserver> ExactEngine<'s, A, S, O> {
    /// `arrivals` are in order of time.
    pub(crate) fn new(scenario: &'s Scenario, arrivals: A, attempts: S, observer: O) -> Self {
        let limits = effective_limits(scenario);
        let throttling = limits.iter().enumerate().find(|(_, limit)| limit.over_limit == OverLimit::Queued);
        let connections = scenario.limits.connections(scenario.connections);
        Self {
            scenario,
            arrivals: arrivals.peekable(),
            arrived: 0,
            attempts,
            observer,
            retries: ScheduledRetries::new(),
            throttling: throttling.map(|(index, limit)| (index, ThrottlingQueue::new(limit))),
            caps: Caps::new(scenario, &limits),
            connections: connections.map(|connections| Units::new(connections.count)),
            endpoint: EndpointStation::new(scenario.endpoint.capacity),
            recorder: Recorder::new(scenario),
            timeout: scenario.timeout(),
            retry_delay: scenario.retry_delay(),
            is_retried: scenario.endpoint.is_retried(),
        }
    }

    pub(crate) fn run(
        mut self,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(Recorder, O), SimulationError> {
        let (mut work, seconds) = (0, self.scenario.seconds());
        loop {
            let now = self.next_event().unwrap_or(0);
            let second = usize::try_from(now / SECOND).unwrap_or(usize::MAX);
            if progress(Progress { second, seconds, work, lost: self.recorder.lost() }).is_break() {
                return Err(SimulationError::Canceled);
            }
            for _ in 0..EVENTS_PER_REPORT {
                if !self.step() {
                    self.caps.take_other_calls(seconds as u64 * SECOND, &mut self.recorder);
                    return Ok((self.recorder, self.observer));
                }
            }
            work += EVENTS_PER_REPORT * EVENT_WORK;
        }
    }

    fn release(&self) -> Option<Micros> {
        self.throttling.as_ref().and_then(|(_, queue)| queue.release())
    }

    fn next_event(&mut self) -> Option<Micros> {
        let arrival = self.arrivals.peek().map(|arrival| arrival.at);
        [self.release(), self.retries.next(), arrival].into_iter().flatten().min()
    }

    /// Handles the next event; `false` after the last one. At the same time, slots of the queue come first, then retries, then
    /// arrivals.
    fn step(&mut self) -> bool {
        let Some(now) = self.next_event() else { return false };
        if self.release() == Some(now) {
            self.serve_queue(now);
        } else if self.retries.next() == Some(now) {
            if let Some(call) = self.retries.pop() {
                self.submit(call, now);
            }
        } else if let Some(Arrival { journey, .. }) = self.arrivals.next() {
            self.recorder.offered(now, journey as usize, 1);
            let call = Call::new(self.arrived, journey);
            self.arrived += 1;
            self.submit(call, now);
        }
        true
    }

    /// Passes an attempt to the throttling queue, or to the caps.
    fn submit(&mut self, call: Call, now: Micros) {
        if let Some((limit, queue)) = &mut self.throttling {
            if !queue.take_slot(call.is_retry(), now) {
                if call.is_retry() {
                    return queue.push_retry(call, now);
                }
                self.recorder.exceeded(*limit, 1);
                self.recorder.enter_queue(now, call.journey as usize, 1);
                return queue.push_call(call, now, &self.arrivals);
            }
            self.recorder.slots_taken(*limit, 1);
            if !call.is_retry() {
                self.recorder.throttling_wait(0, 1);
            }
        }
        self.admit(call, now);
    }

    /// Takes the next attempt out of the throttling queue, if one can leave it now.
    fn serve_queue(&mut self, now: Micros) {
        let Some((limit, queue)) = &mut self.throttling else { return };
        match queue.pop(now) {
            None => {}
            Some(QueueExit::Slot(QueuedAttempt { call, since })) => {
                self.recorder.slots_taken(*limit, 1);
                self.observer.waited_in_queue(call.number, now - since);
                if !call.is_retry() {
                    self.recorder.leave_queue(now, 1);
                    self.recorder.throttling_wait(now - since, 1);
                }
                self.admit(call, now);
            }
            Some(QueueExit::Dropped(QueuedAttempt { call, since }, at)) => {
                self.recorder.leave_queue(at, 1);
                self.observer.waited_in_queue(call.number, at - since);
                self.end(call, CallOutcome::Dropped, at);
            }
            Some(QueueExit::TimedOut(QueuedAttempt { call, since })) => {
                self.observer.waited_in_queue(call.number, call.deadline - since);
                self.end(call, CallOutcome::TimedOut, call.deadline);
            }
        }
    }

    /// Passes an attempt to the caps.
    fn admit(&mut self, mut call: Call, now: Micros) {
        if !call.is_retry() {
            call.deadline = now + self.timeout;
        }
        if self.caps.take_slots(now, &mut self.recorder) {
            self.send(call, now);
        } else if self.scenario.capped_call == CappedCall::Final || !self.retry(call, now) {
            self.end(call, CallOutcome::Rejected, now);
        }
    }

    /// Sends an attempt when a connection is free.
    fn send(&mut self, call: Call, now: Micros) {
        let start = self.connections.as_ref().map_or(now, |connections| connections.next_free(now));
        if start > now {
            self.recorder.connections_exceeded(1);
            if self.scenario.no_connection == NoConnection::Reject {
                return self.end(call, CallOutcome::Rejected, now);
            }
        }
        self.observer.waited_for_connection(call.number, start.min(call.deadline) - now);
        if start >= call.deadline {
            return self.end(call, CallOutcome::TimedOut, call.deadline);
        }
        let result = self.attempts.attempt(call.number, call.attempt);
        let (response, busy) = self.endpoint.accept(start, result.latency);
        let end = response.min(call.deadline);
        if let Some(connections) = &mut self.connections {
            connections.occupy(start, end);
        }
        self.recorder.sent(start, call.journey as usize, call.is_retry(), start - now, 1);
        self.recorder.busy(end - start, busy, 1);
        self.observer.sent(call.number);
        if response > call.deadline {
            self.end(call, CallOutcome::TimedOut, call.deadline);
        } else if !result.is_failure {
            self.recorder.latency(response - start, 1);
            self.end(call, CallOutcome::Succeeded, response);
        } else if !self.is_retried || !self.retry(call, response) {
            self.end(call, CallOutcome::Failed, response);
        }
    }

    /// Schedules a retry after an attempt that ended at `ended`, unless the attempts or the time are used up.
    fn retry(&mut self, call: Call, ended: Micros) -> bool {
        let at = ended + self.retry_delay;
        if call.attempt == MAX_RETRIES || at >= call.deadline {
            return false;
        }
        self.retries.push(at, Call { attempt: call.attempt + 1, ..call });
        true
    }

    fn end(&mut self, call: Call, outcome: CallOutcome, at: Micros) {
        self.recorder.ended(at, call.journey as usize, outcome, 1);
        self.observer.ended(call.number, outcome, at);
    }
}
