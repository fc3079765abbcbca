//! The shape of an audience's traffic: a reading rate, and a percentage split with waits.

use crate::sizing::sizing_report::RecommendedTraffic;
use crate::traffic::pattern::TrafficPattern;
use crate::traffic::pattern_error::MAX_SECONDS;

/// A percentage split has whole percents, so at most this many branches.
pub(super) const MAX_BRANCHES: u32 = 100;

/// Waits are multiples of this, in seconds.
pub(super) const WAIT_STEP: u64 = 30;

/// The share of the largest branch in percent.
const fn largest_share(branches: u32) -> u32 {
    100_u32.div_ceil(branches)
}

/// The fewest branches with which the largest gets at most `calls_per_second`.
pub(super) fn branches(reading_rate: u32, calls_per_second: u64) -> Option<u32> {
    (1..=MAX_BRANCHES).find(|count| {
        u64::from(reading_rate) * u64::from(largest_share(*count)) <= calls_per_second.saturating_mul(100)
    })
}

/// The highest reading rate with which the largest branch gets at most `calls_per_second`.
pub(super) fn highest_reading_rate(branches: u32, calls_per_second: u64) -> u64 {
    calls_per_second.saturating_mul(100) / u64::from(largest_share(branches))
}

/// A split into equal branches. Each starts when the one before it has read the audience, rounded up as in Adobe's example,
/// where 20 seconds of reading have waits of 30 seconds.
pub(super) fn split(profiles: u64, reading_rate: u32, branches: u32) -> RecommendedTraffic {
    let largest = largest_share(branches);
    let more = 100 - (largest - 1) * branches;
    let shares = (0..branches).map(|branch| if branch < more { largest } else { largest - 1 }).collect();
    let reading_seconds = profiles.div_ceil(u64::from(reading_rate));
    let wait_seconds = if branches == 1 { 0 } else { reading_seconds.div_ceil(WAIT_STEP) * WAIT_STEP };
    RecommendedTraffic { reading_rate, branches, shares, wait_seconds, reading_seconds }
}

impl RecommendedTraffic {
    /// The calls of each second, one for each profile; `None` if they take more than a day.
    pub fn pattern(&self, profiles: u64) -> Option<TrafficPattern> {
        let seconds = usize::try_from(self.reading_seconds).ok()?;
        let wait = usize::try_from(self.wait_seconds).ok()?;
        let length = wait.checked_mul(self.branches as usize - 1)?.checked_add(seconds)?;
        if length > MAX_SECONDS {
            return None;
        }
        let mut calls = vec![0_u32; length];
        let mut rest = profiles;
        for (branch, share) in self.shares.iter().enumerate() {
            let sent_until =
                |second: usize| (second as u64 * u64::from(self.reading_rate)).min(profiles) * u64::from(*share) / 100;
            for second in 0..seconds {
                let count = sent_until(second + 1) - sent_until(second);
                calls[branch * wait + second] += u32::try_from(count).ok()?;
                rest -= count;
            }
        }
        // Profiles that rounding left over, fewer than the branches.
        let each = (self.reading_rate * self.shares[0] / 100).max(1);
        while rest > 0 {
            let count = each.min(u32::try_from(rest).unwrap_or(each));
            calls.push(count);
            rest -= u64::from(count);
        }
        TrafficPattern::new(calls).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adobes_example_needs_five_branches() {
        assert_eq!(branches(500, 100), Some(5));
        let traffic = split(10_000, 500, 5);
        assert_eq!((traffic.shares.as_slice(), traffic.reading_seconds, traffic.wait_seconds), (&[20; 5][..], 20, 30));
        let pattern = traffic.pattern(10_000).expect("a pattern");
        assert_eq!((pattern.total(), pattern.calls().len()), (10_000, 4 * 30 + 20));
        assert!(pattern.calls().iter().all(|calls| [0, 100].contains(calls)), "{pattern:?}");
    }

    #[test]
    fn largest_branch_stays_below_rate() {
        for rate in [5, 7, 33, 99, 200, 499, 500, 1500] {
            let count = branches(500, rate).expect("branches");
            let reading_rate = highest_reading_rate(count, rate);
            assert!(reading_rate >= 500, "{rate}");
            let traffic = split(123_457, u32::try_from(reading_rate).expect("a rate"), count);
            assert_eq!(traffic.shares.iter().sum::<u32>(), 100);
            let Some(pattern) = traffic.pattern(123_457) else { continue };
            assert_eq!(pattern.total(), 123_457);
            assert!(pattern.calls().iter().all(|calls| u64::from(*calls) <= rate), "{rate}");
        }
        assert_eq!(branches(500, 4), None);
    }
}
