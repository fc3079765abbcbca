//! Counts the slots of one limit.

use crate::exact::sliding_times::SlidingTimes;
use crate::limits::limit::Limit;
use crate::limits::window_kind::WindowKind;
use crate::time::{MILLISECOND, Micros};

/// The slots of one limit. Times never decrease.
pub(crate) struct Slots {
    calls: u64,
    period: Micros,
    state: SlotState,
}

enum SlotState {
    Fixed {
        period: u64,
        taken: u64,
    },
    /// The slots taken in the period that ends now.
    Sliding(SlidingTimes),
    /// Parts of a token: one token is `period` parts, and each microsecond adds `calls` parts.
    TokenBucket {
        parts: u128,
        at: Micros,
    },
}

impl Slots {
    pub(crate) fn new(limit: &Limit) -> Self {
        let period = limit.period_ms.saturating_mul(MILLISECOND).max(1);
        let state = match limit.window {
            WindowKind::Fixed => SlotState::Fixed { period: 0, taken: 0 },
            WindowKind::Sliding => SlotState::Sliding(SlidingTimes::new()),
            WindowKind::TokenBucket => {
                SlotState::TokenBucket { parts: u128::from(limit.calls) * u128::from(period), at: 0 }
            }
        };
        Self { calls: limit.calls, period, state }
    }

    /// The earliest time from `now` on at which a slot is free.
    pub(crate) fn next_free(&mut self, now: Micros) -> Micros {
        let (calls, period) = (self.calls, self.period);
        match &mut self.state {
            SlotState::Fixed { period: current, taken } => {
                if now / period != *current {
                    (*current, *taken) = (now / period, 0);
                }
                if *taken < calls { now } else { (*current + 1) * period }
            }
            SlotState::Sliding(taken) => {
                while taken.first().is_some_and(|at| now - at >= period) {
                    taken.pop();
                }
                if taken.len() < calls { now } else { taken.first().map_or(now, |at| at + period) }
            }
            SlotState::TokenBucket { parts, at } => {
                let full = u128::from(calls) * u128::from(period);
                *parts = (*parts + u128::from(now - *at) * u128::from(calls)).min(full);
                *at = now;
                match u128::from(period).saturating_sub(*parts) {
                    0 => now,
                    missing => now + u64::try_from(missing.div_ceil(u128::from(calls))).unwrap_or(u64::MAX / 2),
                }
            }
        }
    }

    /// Takes a slot that [`Self::next_free`] found free at `now`.
    pub(crate) fn take(&mut self, now: Micros) {
        match &mut self.state {
            SlotState::Fixed { taken, .. } => *taken += 1,
            SlotState::Sliding(taken) => taken.push(now),
            SlotState::TokenBucket { parts, .. } => *parts -= u128::from(self.period),
        }
    }
}
