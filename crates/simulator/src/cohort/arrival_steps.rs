//! The calls that arrive in each step.

use crate::time::{Micros, SECOND};
use crate::traffic::pattern::TrafficPattern;

/// Calls, spread evenly over each second.
pub(crate) struct ArrivalSteps {
    patterns: Vec<Vec<u32>>,
    step: Micros,
}

impl ArrivalSteps {
    pub(crate) fn new<'p>(patterns: impl Iterator<Item = &'p TrafficPattern>, step: Micros) -> Self {
        Self { patterns: patterns.map(|pattern| pattern.calls().to_vec()).collect(), step }
    }

    /// The calls that arrive in the step at `now`.
    pub(crate) fn calls(&self, now: Micros) -> u64 {
        let second = usize::try_from(now / SECOND).unwrap_or(usize::MAX);
        let (from, to) = (now % SECOND, now % SECOND + self.step);
        let calls = self.patterns.iter().map(|pattern| {
            let calls = u64::from(pattern.get(second).copied().unwrap_or(0));
            // Call k arrives at k/calls of the second.
            (calls * to).div_ceil(SECOND) - (calls * from).div_ceil(SECOND)
        });
        calls.sum()
    }
}
