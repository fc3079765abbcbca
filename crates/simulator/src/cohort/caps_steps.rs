//! The caps, in steps.

use crate::call_rules::MAX_RETRIES;
use crate::cohort::group::Cohort;
use crate::cohort::share::{Share, ShareRemainder};
use crate::cohort::window::{WindowSteps, mul_div};
use crate::limits::limit::{Limit, LimitName};
use crate::report::recorder::Recorder;
use crate::time::Micros;

/// Caps that reject attempts without a free slot in each.
pub(crate) struct CapSteps {
    caps: Vec<CapStep>,
    /// The remainder of each attempt number.
    shares: [ShareRemainder; MAX_RETRIES as usize + 1],
}

struct CapStep {
    /// The index of the limit.
    limit: usize,
    window: WindowSteps,
    counts_other_calls: bool,
}

impl CapSteps {
    pub(crate) fn new<'l>(caps: impl Iterator<Item = (usize, &'l Limit)>, step: Micros, counts_others: bool) -> Self {
        let caps = caps.map(|(limit, cap)| CapStep {
            limit,
            window: WindowSteps::new(cap, step),
            counts_other_calls: counts_others && cap.name == LimitName::DefaultCap,
        });
        Self { caps: caps.collect(), shares: Default::default() }
    }

    pub(crate) fn advance(&mut self, now: Micros) {
        for cap in &mut self.caps {
            cap.window.advance(now);
        }
    }

    /// Removes the attempts that get no slot from `batch`, and adds them to `rejected`. Attempts that left the throttling queue
    /// at the same moment get slots in its order. All others, and calls to other endpoints, get slots in proportion to their number.
    pub(crate) fn pass(
        &mut self,
        batch: &mut [Cohort],
        others: u64,
        rejected: &mut Vec<Cohort>,
        recorder: &mut Recorder,
    ) {
        let attempts: u64 = batch.iter().map(|cohort| cohort.calls).sum();
        let mut passing = attempts;
        let mut passing_others = 0;
        for cap in &mut self.caps {
            let others = if cap.counts_other_calls { others } else { 0 };
            let all = cap.window.available(passing + others);
            let ours = mul_div(all, passing, passing + others);
            if cap.counts_other_calls {
                passing_others = all - ours;
            }
            if ours < passing {
                recorder.exceeded(cap.limit, passing - ours);
                passing = ours;
            }
        }
        for cap in &mut self.caps {
            let others = if cap.counts_other_calls { passing_others } else { 0 };
            cap.window.take(passing + others);
            recorder.slots_taken(cap.limit, passing + others);
        }
        let (mut left, mut ahead) = (passing, attempts);
        if left == ahead {
            return;
        }
        for cohort in batch.iter_mut().filter(|cohort| cohort.span == 0) {
            let calls = cohort.calls.min(left);
            (left, ahead) = (left - calls, ahead - cohort.calls);
            rejected.push(Cohort { calls: cohort.calls - calls, ..*cohort });
            cohort.calls = calls;
        }
        for cohort in batch.iter_mut().filter(|cohort| cohort.span > 0) {
            let after = ahead - cohort.calls;
            let share = self.shares[usize::from(cohort.attempt)].take(cohort.calls, Share::from_ratio(left, ahead));
            let calls = share.max(left.saturating_sub(after)).min(left);
            (left, ahead) = (left - calls, after);
            rejected.push(Cohort { calls: cohort.calls - calls, ..*cohort });
            cohort.calls = calls;
        }
    }
}
