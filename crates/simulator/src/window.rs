//! How calls are counted against a limit.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How calls are counted. Adobe publishes it for the service of slow endpoints only (a sliding window), so for every other
/// limit it is inferred, and can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// In periods that follow one another, the first from second 0. The default: it is the plainest reading of "calls in a
    /// period", the page on slow endpoints tells its sliding window apart from a "next fixed interval", and it is the one that
    /// asks most of an endpoint, which can get twice the limit within one period's length.
    #[default]
    Fixed,
    /// In the period before each moment.
    Sliding,
    /// By tokens that come back evenly: a full bucket is one period's calls.
    TokenBucket,
}

impl Window {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fixed, Self::Sliding, Self::TokenBucket];

    /// Its name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Sliding => "sliding",
            Self::TokenBucket => "token_bucket",
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Window {
    type Err = String;

    /// Reads its name; a hyphen will do for the underscore.
    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|window| window.as_str() == text.replace('-', "_"));
        named.ok_or_else(|| "expected fixed, sliding or token-bucket".to_owned())
    }
}

/// Counts the calls of one limit. Time is in milliseconds from the beginning, and never goes back.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    calls: u64,
    period: u64,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Fixed {
        period: u64,
        taken: u64,
    },
    /// What was taken when, and the sum of it.
    Sliding {
        taken: VecDeque<(u64, u64)>,
        sum: u64,
    },
    /// In parts of a token: as many as the period has milliseconds, so that nothing is ever rounded.
    TokenBucket {
        parts: u128,
        at: u64,
    },
}

impl Counter {
    /// A counter for so many calls in so many milliseconds, asked every `step` milliseconds. A period shorter than a step
    /// cannot be told apart from a few of them together, so they are counted together; the rate is the same.
    pub(crate) fn new(window: Window, calls: u64, period: u64, step: u64) -> Self {
        let period = period.max(1);
        let together = step.div_ceil(period).max(1);
        let (calls, period) = (calls.saturating_mul(together), period.saturating_mul(together));
        let state = match window {
            Window::Fixed => State::Fixed { period: 0, taken: 0 },
            Window::Sliding => State::Sliding { taken: VecDeque::new(), sum: 0 },
            Window::TokenBucket => State::TokenBucket { parts: full(calls, period), at: 0 },
        };
        Self { calls, period, state }
    }

    /// Takes as many slots as are wanted and free.
    pub(crate) fn take(&mut self, now: u64, wanted: u64) -> u64 {
        if wanted == 0 {
            return 0;
        }
        let (calls, period) = (self.calls, self.period);
        match &mut self.state {
            State::Fixed { period: current, taken } => {
                if now / period != *current {
                    (*current, *taken) = (now / period, 0);
                }
                let granted = wanted.min(calls - *taken);
                *taken += granted;
                granted
            }
            State::Sliding { taken, sum } => {
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
            State::TokenBucket { parts, at } => {
                let come_back = u128::from(now - *at) * u128::from(calls);
                *parts = parts.saturating_add(come_back).min(full(calls, period));
                *at = now;
                let whole = u64::try_from(*parts / u128::from(period)).unwrap_or(u64::MAX);
                let granted = wanted.min(whole);
                *parts -= u128::from(granted) * u128::from(period);
                granted
            }
        }
    }
}

fn full(calls: u64, period: u64) -> u128 {
    u128::from(calls) * u128::from(period)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is granted of what is wanted at these moments.
    fn granted(window: Window, calls: u64, period: u64, wanted: &[(u64, u64)]) -> Vec<u64> {
        let mut counter = Counter::new(window, calls, period, 1);
        wanted.iter().map(|(now, wanted)| counter.take(*now, *wanted)).collect()
    }

    #[test]
    fn fixed_windows_begin_anew_at_multiples_of_the_period() {
        // Ten calls a second: at 900 ms they are used up, at 1000 ms there are ten more, at 2500 ms again.
        let wanted = [(0, 4), (900, 9), (999, 1), (1000, 12), (1999, 1), (2500, 10)];
        assert_eq!(granted(Window::Fixed, 10, 1000, &wanted), [4, 6, 0, 10, 0, 10]);
    }

    #[test]
    fn a_sliding_window_frees_a_slot_one_period_after_it_was_taken() {
        // The four of 0 ms come back at 1000 ms, the six of 900 ms at 1900 ms.
        let wanted = [(0, 4), (900, 9), (999, 1), (1000, 12), (1899, 1), (1900, 12), (2000, 5)];
        assert_eq!(granted(Window::Sliding, 10, 1000, &wanted), [4, 6, 0, 4, 0, 6, 4]);
    }

    #[test]
    fn a_bucket_starts_full_and_fills_evenly() {
        // One token comes back every 100 ms; the rest of one is kept, and never more than ten are in it.
        let wanted = [(0, 12), (50, 1), (100, 2), (350, 9), (400, 1), (5000, 20)];
        assert_eq!(granted(Window::TokenBucket, 10, 1000, &wanted), [10, 0, 1, 2, 1, 10]);
    }

    #[test]
    fn periods_shorter_than_a_step_are_counted_together() {
        for window in Window::ALL {
            let mut counter = Counter::new(window, 5, 10, 100);
            assert_eq!([counter.take(0, 60), counter.take(100, 60)], [50, 50], "{window}");
        }
    }

    #[test]
    fn the_largest_numbers_overflow_nothing() {
        for window in Window::ALL {
            let mut counter = Counter::new(window, u64::MAX, u64::MAX, 100);
            assert_eq!([counter.take(0, u64::MAX), counter.take(u64::MAX, 1)], [u64::MAX, 1], "{window}");
        }
    }

    #[test]
    fn its_names_are_read_back() {
        for window in Window::ALL {
            assert_eq!(window.to_string().parse(), Ok(window));
            assert_eq!(serde_json::to_value(window).expect("JSON"), window.as_str());
        }
        assert_eq!("token-bucket".parse(), Ok(Window::TokenBucket));
        "leaky".parse::<Window>().expect_err("no such window");
    }

    proptest! {
        #[test]
        fn no_limit_is_exceeded_in_any_window(
            calls in 1_u64..50,
            period in 1_u64..40,
            wanted in prop::collection::vec((0_u64..20, 0_u64..60), 1..80),
        ) {
            let mut now = 0;
            let wanted: Vec<(u64, u64)> = wanted.into_iter().map(|(later, wanted)| { now += later; (now, wanted) }).collect();
            for window in Window::ALL {
                let granted = granted(window, calls, period, &wanted);
                let sum = |inside: &dyn Fn(u64) -> bool| -> u64 {
                    wanted.iter().zip(&granted).filter(|((at, _), _)| inside(*at)).map(|(_, granted)| granted).sum()
                };
                for (from, _) in &wanted {
                    match window {
                        Window::Fixed => prop_assert!(sum(&|at| at / period == from / period) <= calls),
                        Window::Sliding => prop_assert!(sum(&|at| at >= *from && at < from + period) <= calls),
                        // In any time, a full bucket and what comes back meanwhile.
                        Window::TokenBucket => for (to, _) in &wanted {
                            let most = u128::from(calls) * u128::from(period + to.saturating_sub(*from));
                            let taken = u128::from(sum(&|at| at >= *from && at <= *to)) * u128::from(period);
                            prop_assert!(taken <= most);
                        }
                    }
                }
            }
        }

        #[test]
        fn what_is_free_is_granted(calls in 1_u64..50, wanted in 1_u64..100) {
            for window in Window::ALL {
                prop_assert_eq!(granted(window, calls, 1000, &[(0, wanted)]), [wanted.min(calls)]);
            }
        }
    }
}
