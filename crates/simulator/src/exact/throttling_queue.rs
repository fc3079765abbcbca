//! The throttling limit and its queue.

use std::collections::VecDeque;
use std::iter::Peekable;

use crate::call_rules::MAX_QUEUE_MS;
use crate::exact::arrival_times::Arrival;
use crate::exact::call::Call;
use crate::exact::slots::Slots;
use crate::limits::limit::Limit;
use crate::time::{MILLISECOND, Micros};

const MAX_WAIT: Micros = MAX_QUEUE_MS * MILLISECOND;

/// Attempts that wait for a slot: retries, then new calls, each in order of arrival.
pub(crate) struct ThrottlingQueue<A: Iterator<Item = Arrival>> {
    slots: Slots,
    retries: VecDeque<QueuedAttempt>,
    calls: QueuedCalls<A>,
    /// The time at which the queue gets the next slot, while an attempt waits.
    release: Option<Micros>,
}

/// An attempt, and the time at which it reached the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueuedAttempt {
    pub(crate) call: Call,
    pub(crate) since: Micros,
}

/// An attempt that leaves the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueueExit {
    /// It took a slot.
    Slot(QueuedAttempt),
    /// The new call reached the maximum wait at this time.
    Dropped(QueuedAttempt, Micros),
    /// The retry's call had reached its deadline.
    TimedOut(QueuedAttempt),
}

impl<A: Iterator<Item = Arrival> + Clone> ThrottlingQueue<A> {
    pub(crate) fn new(limit: &Limit) -> Self {
        let calls = QueuedCalls { first: None, later: None, len: 0 };
        Self { slots: Slots::new(limit), retries: VecDeque::new(), calls, release: None }
    }

    pub(crate) const fn release(&self) -> Option<Micros> {
        self.release
    }

    /// Takes a slot for an attempt if it need not wait.
    pub(crate) fn take_slot(&mut self, is_retry: bool, now: Micros) -> bool {
        let is_first = self.retries.is_empty() && (is_retry || self.calls.len == 0);
        let is_free = is_first && self.slots.next_free(now) <= now;
        if is_free {
            self.slots.take(now);
        }
        is_free
    }

    /// Adds a retry that cannot take a slot now.
    pub(crate) fn push_retry(&mut self, call: Call, now: Micros) {
        self.retries.push_back(QueuedAttempt { call, since: now });
        self.release.get_or_insert_with(|| self.slots.next_free(now));
    }

    /// Adds a new call that cannot take a slot now. `later` has the arrivals after it.
    pub(crate) fn push_call(&mut self, call: Call, now: Micros, later: &Peekable<A>) {
        self.calls.push(call, now, later);
        self.release.get_or_insert_with(|| self.slots.next_free(now));
    }

    /// Removes the next attempt that leaves the queue at or before `now`.
    pub(crate) fn pop(&mut self, now: Micros) -> Option<QueueExit> {
        if self.retries.front().is_some_and(|retry| retry.call.deadline <= now) {
            return self.retries.pop_front().map(QueueExit::TimedOut);
        }
        if let Some(drop_at) = self.calls.first.map(|first| first.since + MAX_WAIT)
            && drop_at <= now
        {
            return self.calls.pop().map(|first| QueueExit::Dropped(first, drop_at));
        }
        if self.retries.is_empty() && self.calls.len == 0 {
            self.release = None;
            return None;
        }
        let free = self.slots.next_free(now);
        if free > now {
            self.release = Some(free);
            return None;
        }
        self.slots.take(now);
        self.retries.pop_front().or_else(|| self.calls.pop()).map(QueueExit::Slot)
    }
}

/// New calls that wait. While one waits, every call that arrives waits too. So these calls follow each other, and a second run
/// through the arrivals finds them without a list: six hours of calls would not fit in memory.
struct QueuedCalls<A: Iterator<Item = Arrival>> {
    first: Option<QueuedAttempt>,
    /// The arrivals after the first, also future ones.
    later: Option<Peekable<A>>,
    len: u64,
}

impl<A: Iterator<Item = Arrival> + Clone> QueuedCalls<A> {
    fn push(&mut self, call: Call, now: Micros, later: &Peekable<A>) {
        if self.len == 0 {
            self.first = Some(QueuedAttempt { call, since: now });
            self.later = Some(later.clone());
        }
        self.len += 1;
    }

    fn pop(&mut self) -> Option<QueuedAttempt> {
        let first = self.first.take()?;
        self.len -= 1;
        if self.len > 0 {
            let next = self.later.as_mut().and_then(Iterator::next);
            self.first = next.map(|Arrival { at, journey }| QueuedAttempt {
                call: Call::new(first.call.number + 1, journey),
                since: at,
            });
        }
        Some(first)
    }
}
