//! Counts calls against a limit.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The method of counting calls. Adobe documents it for the default cap and for slow endpoints: a sliding window. For configured
/// limits it is inferred, and can be selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// Consecutive periods, the first from second 0. This is the default because it is the simplest reading of "calls in a
    /// period", and because Adobe's page on slow endpoints contrasts its sliding window with a "next fixed interval". It is also
    /// the worst case for an endpoint, which can get twice the limit within the length of one period.
    #[default]
    Fixed,
    /// The period before each moment.
    Sliding,
    /// Tokens that refill evenly; a full bucket holds one period's calls.
    TokenBucket,
}

impl WindowKind {
    pub const ALL: [Self; 3] = [Self::Fixed, Self::Sliding, Self::TokenBucket];

    /// The name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Sliding => "sliding",
            Self::TokenBucket => "token_bucket",
        }
    }
}

impl fmt::Display for WindowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for WindowKind {
    type Err = String;

    /// Parses the name; a hyphen is accepted for the underscore.
    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|window| window.as_str() == text.replace('-', "_"));
        named.ok_or_else(|| "expected fixed, sliding or token-bucket".to_owned())
    }
}

/// Counts the calls of one limit. Times are in milliseconds from the start and never decrease.
#[derive(Clone, Debug)]
pub(crate) struct WindowCounter {
    calls: u64,
    period: u64,
    state: WindowState,
}

#[derive(Clone, Debug)]
enum WindowState {
    Fixed {
        period: u64,
        taken: u64,
    },
    /// Times and numbers of taken slots, and their sum.
    Sliding {
        taken: VecDeque<(u64, u64)>,
        sum: u64,
    },
    /// Fractions of a token, one per millisecond of the period, so that nothing is rounded.
    TokenBucket {
        parts: u128,
        at: u64,
    },
}

impl WindowCounter {
    /// Creates a counter that is queried every `step` milliseconds. A period shorter than a step is extended to several periods
    /// with the same rate.
    pub(crate) fn new(window: WindowKind, calls: u64, period: u64, step: u64) -> Self {
        let period = period.max(1);
        let factor = step.div_ceil(period).max(1);
        let (calls, period) = (calls.saturating_mul(factor), period.saturating_mul(factor));
        let state = match window {
            WindowKind::Fixed => WindowState::Fixed { period: 0, taken: 0 },
            WindowKind::Sliding => WindowState::Sliding { taken: VecDeque::new(), sum: 0 },
            WindowKind::TokenBucket => WindowState::TokenBucket { parts: bucket_capacity(calls, period), at: 0 },
        };
        Self { calls, period, state }
    }

    /// Takes up to `wanted` free slots and returns the number taken.
    pub(crate) fn take(&mut self, now: u64, wanted: u64) -> u64 {
        if wanted == 0 {
            return 0;
        }
        let (calls, period) = (self.calls, self.period);
        match &mut self.state {
            WindowState::Fixed { period: current, taken } => {
                if now / period != *current {
                    (*current, *taken) = (now / period, 0);
                }
                let granted = wanted.min(calls - *taken);
                *taken += granted;
                granted
            }
            WindowState::Sliding { taken, sum } => {
                while let Some((at, count)) = taken.front()
                    && now - at >= period
                {
                    *sum -= count;
                    taken.pop_front();
                }
                let granted = wanted.min(calls - *sum);
                if granted > 0 {
                    *sum += granted;
                    taken.push_back((now, granted));
                }
                granted
            }
            WindowState::TokenBucket { parts, at } => {
                let refill = u128::from(now - *at) * u128::from(calls);
                *parts = parts.saturating_add(refill).min(bucket_capacity(calls, period));
                *at = now;
                let whole = u64::try_from(*parts / u128::from(period)).unwrap_or(u64::MAX);
                let granted = wanted.min(whole);
                *parts -= u128::from(granted) * u128::from(period);
                granted
            }
        }
    }
}

fn bucket_capacity(calls: u64, period: u64) -> u128 {
    u128::from(calls) * u128::from(period)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slots granted for requests at these times.
    fn granted(window: WindowKind, calls: u64, period: u64, wanted: &[(u64, u64)]) -> Vec<u64> {
        let mut counter = WindowCounter::new(window, calls, period, 1);
        wanted.iter().map(|(now, wanted)| counter.take(*now, *wanted)).collect()
    }

    #[test]
    fn fixed_window_restarts_every_period() {
        // Ten calls per second: used up at 900 ms, ten more at 1000 ms and at 2500 ms.
        let wanted = [(0, 4), (900, 9), (999, 1), (1000, 12), (1999, 1), (2500, 10)];
        assert_eq!(granted(WindowKind::Fixed, 10, 1000, &wanted), [4, 6, 0, 10, 0, 10]);
    }

    #[test]
    fn sliding_window_frees_slot_after_period() {
        // The four slots of 0 ms are free again at 1000 ms, the six of 900 ms at 1900 ms.
        let wanted = [(0, 4), (900, 9), (999, 1), (1000, 12), (1899, 1), (1900, 12), (2000, 5)];
        assert_eq!(granted(WindowKind::Sliding, 10, 1000, &wanted), [4, 6, 0, 4, 0, 6, 4]);
    }

    #[test]
    fn bucket_starts_full_and_refills_evenly() {
        // One token per 100 ms; fractions are preserved, and the bucket never holds more than ten.
        let wanted = [(0, 12), (50, 1), (100, 2), (350, 9), (400, 1), (5000, 20)];
        assert_eq!(granted(WindowKind::TokenBucket, 10, 1000, &wanted), [10, 0, 1, 2, 1, 10]);
    }

    #[test]
    fn short_periods_are_merged() {
        for window in WindowKind::ALL {
            let mut counter = WindowCounter::new(window, 5, 10, 100);
            assert_eq!([counter.take(0, 60), counter.take(100, 60)], [50, 50], "{window}");
        }
    }

    #[test]
    fn largest_numbers_do_not_overflow() {
        for window in WindowKind::ALL {
            let mut counter = WindowCounter::new(window, u64::MAX, u64::MAX, 100);
            assert_eq!([counter.take(0, u64::MAX), counter.take(u64::MAX, 1)], [u64::MAX, 1], "{window}");
        }
    }

    #[test]
    fn names_round_trip() {
        for window in WindowKind::ALL {
            assert_eq!(window.to_string().parse(), Ok(window));
            assert_eq!(serde_json::to_value(window).expect("JSON"), window.as_str());
        }
        assert_eq!("token-bucket".parse(), Ok(WindowKind::TokenBucket));
        "leaky".parse::<WindowKind>().expect_err("no such window");
    }

    proptest! {
        #[test]
        fn no_window_exceeds_limit(
            calls in 1_u64..50,
            period in 1_u64..40,
            wanted in prop::collection::vec((0_u64..20, 0_u64..60), 1..80),
        ) {
            let mut now = 0;
            let wanted: Vec<(u64, u64)> = wanted.into_iter().map(|(later, wanted)| { now += later; (now, wanted) }).collect();
            for window in WindowKind::ALL {
                let granted = granted(window, calls, period, &wanted);
                let sum = |inside: &dyn Fn(u64) -> bool| -> u64 {
                    wanted.iter().zip(&granted).filter(|((at, _), _)| inside(*at)).map(|(_, granted)| granted).sum()
                };
                for (from, _) in &wanted {
                    match window {
                        WindowKind::Fixed => prop_assert!(sum(&|at| at / period == from / period) <= calls),
                        WindowKind::Sliding => prop_assert!(sum(&|at| at >= *from && at < from + period) <= calls),
                        // In any interval, at most a full bucket plus the refill.
                        WindowKind::TokenBucket => for (to, _) in &wanted {
                            let max = u128::from(calls) * u128::from(period + to.saturating_sub(*from));
                            let taken = u128::from(sum(&|at| at >= *from && at <= *to)) * u128::from(period);
                            prop_assert!(taken <= max);
                        }
                    }
                }
            }
        }

        #[test]
        fn free_slots_are_granted(calls in 1_u64..50, wanted in 1_u64..100) {
            for window in WindowKind::ALL {
                prop_assert_eq!(granted(window, calls, 1000, &[(0, wanted)]), [wanted.min(calls)]);
            }
        }
    }
}
