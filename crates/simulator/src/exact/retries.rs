//! Retries that become due later.

use crate::exact::call::Call;
use crate::exact::time_queue::TimeQueue;
use crate::time::Micros;

/// Scheduled retries in order of time; at the same time, in the order in which they were scheduled.
pub(crate) struct ScheduledRetries {
    retries: TimeQueue<Retry>,
    scheduled: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Retry {
    at: Micros,
    number: u64,
    call: Call,
}

impl ScheduledRetries {
    pub(crate) const fn new() -> Self {
        Self { retries: TimeQueue::new(), scheduled: 0 }
    }

    pub(crate) fn push(&mut self, at: Micros, call: Call) {
        self.retries.push(Retry { at, number: self.scheduled, call });
        self.scheduled += 1;
    }

    /// The time of the next retry.
    pub(crate) fn next(&self) -> Option<Micros> {
        self.retries.peek().map(|retry| retry.at)
    }

    pub(crate) fn pop(&mut self) -> Option<Call> {
        self.retries.pop().map(|retry| retry.call)
    }
}
