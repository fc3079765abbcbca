//! The throttling queue, in steps.

use std::collections::VecDeque;

use crate::call_rules::MAX_QUEUE_MS;
use crate::cohort::group::Cohort;
use crate::cohort::window::WindowSteps;
use crate::limits::limit::Limit;
use crate::limits::window_kind::WindowKind;
use crate::report::call_counts::CallOutcome;
use crate::report::recorder::Recorder;
use crate::time::{MILLISECOND, Micros};

const MAX_WAIT: Micros = MAX_QUEUE_MS * MILLISECOND;

/// Waiting retries, then waiting new calls, each in order of arrival.
pub(crate) struct ThrottlingSteps {
    /// The index of the limit.
    limit: usize,
    window: WindowSteps,
    /// Whether waiting attempts get their slots at the same moment, the start of a period.
    is_burst: bool,
    step: Micros,
    retries: VecDeque<Cohort>,
    new_calls: VecDeque<Cohort>,
}

impl ThrottlingSteps {
    pub(crate) fn new(limit: usize, throttling: &Limit, step: Micros) -> Self {
        let window = WindowSteps::new(throttling, step);
        Self {
            limit,
            window,
            is_burst: throttling.window == WindowKind::Fixed,
            step,
            retries: VecDeque::new(),
            new_calls: VecDeque::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.retries.is_empty() && self.new_calls.is_empty()
    }

    /// Starts a step: calls that waited too long leave.
    pub(crate) fn advance(&mut self, now: Micros, recorder: &mut Recorder) {
        self.window.advance(now);
        while let Some(calls) = self.new_calls.front().copied().filter(|calls| calls.at + MAX_WAIT <= now) {
            self.new_calls.pop_front();
            let at = calls.at + MAX_WAIT;
            recorder.leave_queue(at, calls.calls);
            recorder.ended(at, 0, CallOutcome::Dropped, calls.calls);
        }
    }

    /// Replaces the ready attempts by the attempts that get a slot in this step.
    pub(crate) fn pass(&mut self, now: Micros, batch: &mut Vec<Cohort>, recorder: &mut Recorder) {
        let free = self.window.available(u64::MAX);
        let mut left = free;
        self.retries.extend(batch.iter().filter(|cohort| cohort.attempt > 0));
        batch.retain(|cohort| cohort.attempt == 0);
        let arrivals = batch.pop();
        let released_span = if self.is_burst { 0 } else { self.step };
        self.retries.retain(|retry| {
            let is_late = retry.deadline <= now;
            if is_late {
                recorder.ended(retry.deadline, 0, CallOutcome::TimedOut, retry.calls);
            }
            !is_late
        });
        while let Some(cohort) = take_front(&mut self.retries, &mut left) {
            let has_waited = cohort.at + self.step <= now;
            batch.push(if has_waited { Cohort { at: now, span: released_span, ..cohort } } else { cohort });
        }
        let (mut new_calls, mut spans) = (0, 0);
        while let Some(cohort) = take_front(&mut self.new_calls, &mut left) {
            recorder.leave_queue(now, cohort.calls);
            recorder.throttling_wait(now - cohort.at, cohort.calls);
            new_calls += cohort.calls;
            spans += released_span * cohort.calls;
        }
        if let Some(arrivals) = arrivals {
            let calls = arrivals.calls.min(left);
            left -= calls;
            new_calls += calls;
            spans += arrivals.span * calls;
            let waiting = arrivals.calls - calls;
            if calls > 0 {
                recorder.throttling_wait(0, calls);
            }
            if waiting > 0 {
                recorder.exceeded(self.limit, waiting);
                recorder.enter_queue(now, 0, waiting);
                self.new_calls.push_back(Cohort { calls: waiting, ..arrivals });
            }
        }
        if let Some(span) = spans.checked_div(new_calls) {
            batch.push(Cohort { attempt: 0, at: now, deadline: 0, span, calls: new_calls });
        }
        self.window.take(free - left);
        recorder.slots_taken(self.limit, free - left);
    }
}

/// Takes calls of the first cohort.
fn take_front(queue: &mut VecDeque<Cohort>, left: &mut u64) -> Option<Cohort> {
    let first = queue.front_mut().filter(|_| *left > 0)?;
    let calls = first.calls.min(*left);
    let taken = Cohort { calls, ..*first };
    first.calls -= calls;
    *left -= calls;
    if first.calls == 0 {
        queue.pop_front();
    }
    Some(taken)
}
