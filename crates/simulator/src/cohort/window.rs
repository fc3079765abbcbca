//! The slots of one limit, in steps.

use crate::limits::limit::Limit;
use crate::limits::window_kind::WindowKind;
use crate::time::{MILLISECOND, Micros};

/// The maximum number of parts of a sliding window. Longer parts than a step make an error of up to 1/16384 of the period.
const MAX_PARTS: u64 = 1 << 14;

/// Limits above this never apply; it keeps products within 64 bits.
const MAX_CALLS: u64 = 1 << 40;

/// The slots of one limit. The calls of a step are spread evenly over it.
pub(crate) struct WindowSteps {
    calls: u64,
    period: Micros,
    step: Micros,
    now: Micros,
    state: WindowState,
}

enum WindowState {
    /// A period that is not shorter than a step.
    Fixed {
        period: u64,
        taken: u64,
        /// Slots of the next period, and calls for the first part of the step, in a step with the border of two periods.
        border: Option<u64>,
    },
    /// Several periods per step, each with the same calls. Parts of a call; one call is `period` parts.
    ShortPeriod {
        parts: u128,
    },
    Sliding(SlidingSteps),
    /// Parts of a token: one token is `period` parts, and each microsecond adds `calls` parts.
    TokenBucket {
        parts: u128,
    },
}

/// Slots in a sliding window that is not shorter than a step. A slot is `length` shares.
struct SlidingSteps {
    /// The shares that become free in each part of the period, as a ring.
    free: Vec<u128>,
    used: u128,
    part: u64,
    /// The length of a part: a step or several.
    length: Micros,
    /// The period in parts, and the rest.
    parts: u64,
    rest: Micros,
}

impl WindowSteps {
    pub(crate) fn new(limit: &Limit, step: Micros) -> Self {
        let period = limit.period_ms.saturating_mul(MILLISECOND).max(1);
        let calls = limit.calls.min(MAX_CALLS);
        let state = match limit.window {
            WindowKind::Fixed | WindowKind::Sliding if period < step => WindowState::ShortPeriod { parts: 0 },
            WindowKind::Fixed => WindowState::Fixed { period: 0, taken: 0, border: None },
            WindowKind::Sliding => WindowState::Sliding(SlidingSteps::new(period, step)),
            WindowKind::TokenBucket => WindowState::TokenBucket { parts: u128::from(calls) * u128::from(period) },
        };
        Self { calls, period, step, now: 0, state }
    }

    /// Starts the step at `now`.
    pub(crate) fn advance(&mut self, now: Micros) {
        let (calls, period, step) = (u128::from(self.calls), u128::from(self.period), self.step);
        self.now = now;
        match &mut self.state {
            WindowState::Fixed { period: current, taken, border } => {
                *border = None;
                if now / self.period != *current {
                    (*current, *taken) = (now / self.period, 0);
                }
            }
            WindowState::ShortPeriod { parts } => *parts = *parts % period + calls * u128::from(step),
            WindowState::Sliding(sliding) => sliding.advance(now),
            WindowState::TokenBucket { parts } => *parts = (*parts).min(calls * period) + calls * u128::from(step),
        }
    }

    /// The number of `calls`, spread over the step, that get a slot in it.
    pub(crate) fn available(&mut self, calls: u64) -> u64 {
        let free = match &mut self.state {
            WindowState::Fixed { period, taken, border } => {
                let next = (*period + 1) * self.period;
                let free = self.calls.saturating_sub(*taken);
                if next >= self.now + self.step || border.is_some() {
                    return calls.min(free);
                }
                // The border of two periods is within the step.
                let before = mul_div(calls, next - self.now, self.step).min(calls);
                let allowed = before.min(free) + (calls - before).min(self.calls);
                *border = Some(before.min(free));
                return allowed;
            }
            WindowState::ShortPeriod { parts } | WindowState::TokenBucket { parts } => *parts / u128::from(self.period),
            WindowState::Sliding(sliding) => sliding.available(self.calls),
        };
        calls.min(u64::try_from(free).unwrap_or(u64::MAX))
    }

    /// Takes slots that are [`Self::available`].
    pub(crate) fn take(&mut self, slots: u64) {
        match &mut self.state {
            WindowState::Fixed { period, taken, border: Some(before) }
                if (*period + 1) * self.period < self.now + self.step =>
            {
                *period += 1;
                *taken = slots.saturating_sub(*before);
            }
            WindowState::Fixed { taken, .. } => *taken += slots,
            WindowState::ShortPeriod { parts } | WindowState::TokenBucket { parts } => {
                *parts = parts.saturating_sub(u128::from(slots) * u128::from(self.period));
            }
            WindowState::Sliding(sliding) => sliding.take(slots),
        }
    }
}

impl SlidingSteps {
    fn new(period: Micros, step: Micros) -> Self {
        let steps = (period / step).div_ceil(MAX_PARTS).max(1);
        let length = steps * step;
        // With long parts, the period is rounded to whole parts.
        let (parts, rest) =
            if steps == 1 { (period / length, period % length) } else { ((period + length / 2) / length, 0) };
        let ring = usize::try_from(parts + 2).expect("at most MAX_PARTS");
        Self { free: vec![0; ring], used: 0, part: 0, length, parts, rest }
    }

    fn slot(&self, part: u64) -> usize {
        usize::try_from(part % self.free.len() as u64).unwrap_or(0)
    }

    fn advance(&mut self, now: Micros) {
        while self.part < now / self.length {
            self.part += 1;
            let slot = self.slot(self.part);
            self.used -= std::mem::take(&mut self.free[slot]);
        }
    }

    fn available(&self, calls: u64) -> u128 {
        (u128::from(calls) * u128::from(self.length)).saturating_sub(self.used) / u128::from(self.length)
    }

    fn take(&mut self, slots: u64) {
        let shares = u128::from(slots) * u128::from(self.length);
        let rest = u128::from(slots) * u128::from(self.rest);
        self.used += shares;
        let slot = self.slot(self.part + self.parts);
        self.free[slot] += shares - rest;
        let slot = self.slot(self.part + self.parts + 1);
        self.free[slot] += rest;
    }
}

/// `count · part ÷ whole`.
pub(crate) fn mul_div(count: u64, part: u64, whole: u64) -> u64 {
    let whole = whole.max(1);
    match count.checked_mul(part) {
        // Much faster than with 128 bits.
        Some(product) => product / whole,
        None => u64::try_from(u128::from(count) * u128::from(part) / u128::from(whole)).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::limit::{LimitName, OverLimit};

    /// The slots taken in each step by this many calls.
    fn taken(window: WindowKind, calls: u64, period_ms: u64, demand: &[u64]) -> Vec<u64> {
        let limit = Limit { name: LimitName::Capping, calls, period_ms, window, over_limit: OverLimit::Rejected };
        let mut steps = WindowSteps::new(&limit, 100_000);
        let mut now = 0;
        let take = |demand: &u64| {
            steps.advance(now);
            now += 100_000;
            let slots = steps.available(*demand);
            steps.take(slots);
            slots
        };
        demand.iter().map(take).collect()
    }

    #[test]
    fn whole_steps_are_exact() {
        assert_eq!(taken(WindowKind::Fixed, 10, 300, &[6, 6, 6, 6, 3, 3]), [6, 4, 0, 6, 3, 1]);
        assert_eq!(taken(WindowKind::Sliding, 10, 300, &[6, 6, 6, 6, 3, 3]), [6, 4, 0, 6, 3, 1]);
        assert_eq!(taken(WindowKind::Sliding, 10, 300, &[0, 9, 9, 9, 9, 9]), [0, 9, 1, 0, 9, 1]);
        // Three tokens are added during each 100 ms (rounded down), from 10.
        assert_eq!(taken(WindowKind::TokenBucket, 10, 300, &[9, 9, 9, 9]), [9, 7, 4, 3]);
    }

    #[test]
    fn period_borders_divide_steps() {
        // Periods of 250 ms: half of the third step is in the first one.
        assert_eq!(taken(WindowKind::Fixed, 10, 250, &[8, 8, 8, 8, 8]), [8, 2, 4, 6, 0]);
        // In a steady state, each window has its full number of calls.
        for (window, period) in
            WindowKind::ALL.into_iter().flat_map(|window| [7, 70, 100, 130, 250].map(|it| (window, it)))
        {
            let sum: u64 = taken(window, 60, period, &[10_000; 1000]).iter().sum();
            let expected = 60 * 100_000 / period;
            assert!(sum.abs_diff(expected) * 1000 < expected * 4, "{window} {period}: {sum}, not {expected}");
        }
    }

    #[test]
    fn long_windows_have_few_parts() {
        let mut demand = vec![30; 30];
        demand.resize(20_000, 1);
        let day: u64 = taken(WindowKind::Sliding, 1000, 86_400_000, &demand).iter().sum();
        assert_eq!(day, 1000);
        let sliding = SlidingSteps::new(86_400_000_000, 1000);
        assert!(sliding.free.len() < 20_000, "{}", sliding.free.len());
    }
}
