//! Calls that behave alike.

use crate::cohort::window::mul_div;
use crate::time::Micros;

/// Calls with the same next attempt, spread evenly over a short time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cohort {
    /// The number of the next attempt; 0 is the first.
    pub(crate) attempt: u8,
    /// The time at which the first of the calls is ready for it.
    pub(crate) at: Micros,
    /// The end of the first call's timeout.
    pub(crate) deadline: Micros,
    /// The time from the first call to the last one.
    pub(crate) span: Micros,
    pub(crate) calls: u64,
}

/// The number of different deadlines of the retries in a step is about this at most.
const DEADLINES: u64 = 16;

/// The retries that are due in each step, as a ring.
pub(crate) struct RetrySteps {
    steps: Vec<Vec<Cohort>>,
    step: Micros,
    /// Retries whose deadlines differ by less than this are similar.
    deadlines: Micros,
    now: Micros,
    calls: u64,
}

impl RetrySteps {
    /// A retry comes before the timeout.
    pub(crate) fn new(step: Micros, timeout: Micros) -> Self {
        let steps = usize::try_from(timeout / step + 5).expect("a timeout is short");
        Self { steps: vec![Vec::new(); steps], step, deadlines: step.max(timeout / DEADLINES), now: 0, calls: 0 }
    }

    fn slot(&self, time: Micros) -> usize {
        usize::try_from(time / self.step % self.steps.len() as u64).unwrap_or(0)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.calls == 0
    }

    pub(crate) const fn advance(&mut self, now: Micros) {
        self.now = now;
    }

    /// Adds retries to the nearest step from `first` on, and to similar ones.
    pub(crate) fn push(&mut self, cohort: Cohort, first: Micros) {
        let slot = self.slot((cohort.at + self.step / 2).max(first));
        self.calls += cohort.calls;
        let length = self.deadlines;
        let similar = self.steps[slot]
            .iter_mut()
            .find(|it| it.attempt == cohort.attempt && it.deadline.abs_diff(cohort.deadline) < length);
        match similar {
            Some(other) => other.merge(cohort),
            None => self.steps[slot].push(cohort),
        }
    }

    /// Moves the retries of the current step to `batch`.
    pub(crate) fn take(&mut self, batch: &mut Vec<Cohort>) {
        let slot = self.slot(self.now);
        for cohort in self.steps[slot].drain(..) {
            self.calls -= cohort.calls;
            batch.push(cohort);
        }
    }
}

impl Cohort {
    /// Adds calls; times become means.
    fn merge(&mut self, other: Self) {
        let calls = self.calls + other.calls;
        let mean = |first: Micros, second: Micros| {
            let difference = mul_div(first.abs_diff(second), other.calls, calls);
            if second > first { first + difference } else { first - difference }
        };
        *self = Self {
            at: mean(self.at, other.at),
            deadline: mean(self.deadline, other.deadline),
            span: mean(self.span, other.span),
            calls,
            ..*self
        };
    }
}
