//! Times and random numbers as JavaScript passes them.

use core::time::Duration;

/// The longest delay of a JavaScript timer in milliseconds. A longer one would end at once.
const MAX_TIMER_MILLIS: u32 = i32::MAX as u32;

/// `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// The time and a random number of one step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Milliseconds since the Unix epoch.
    pub(crate) now: f64,
    /// Milliseconds on a clock that should not go back.
    pub(crate) elapsed: f64,
    /// From 0 to 1, exclusive.
    pub(crate) random: f64,
}

/// An integer: the nearest one of the type for a number out of range, zero for NaN.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts saturate")]
pub(crate) const fn to_u64(number: f64) -> u64 {
    number as u64
}

/// A random number with all bits of the fraction.
pub(crate) fn random_bits(random: f64) -> u64 {
    to_u64(random * 18_446_744_073_709_551_616.0)
}

/// A time limit in milliseconds. `None` if it is not positive.
pub(crate) fn time_limit(millis: f64) -> Option<Duration> {
    (millis > 0.0).then(|| Duration::from_micros(to_u64(millis * 1000.0).max(1)))
}

/// Milliseconds, rounded up and capped at the largest integer that is exact in JavaScript.
pub(crate) fn whole_millis(duration: Duration) -> u64 {
    let fraction = u64::from(duration.subsec_micros().div_ceil(1000));
    duration.as_secs().saturating_mul(1000).saturating_add(fraction).min(MAX_SAFE_INTEGER)
}

/// Milliseconds, rounded up and capped at the maximum of JavaScript timers.
pub(crate) fn timer_millis(duration: Duration) -> u32 {
    u32::try_from(whole_millis(duration)).map_or(MAX_TIMER_MILLIS, |millis| millis.min(MAX_TIMER_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_positive() {
        assert_eq!(time_limit(1.5), Some(Duration::from_micros(1500)));
        assert_eq!(time_limit(1e-9), Some(Duration::from_micros(1)));
        assert_eq!(time_limit(f64::INFINITY), Some(Duration::from_micros(u64::MAX)));
        assert_eq!([0.0, -1.0, f64::NAN].map(time_limit), [None; 3]);
    }

    #[test]
    fn timers_are_rounded_up_and_capped() {
        let millis = [Duration::ZERO, Duration::from_micros(1), Duration::from_millis(7), Duration::MAX];
        assert_eq!(millis.map(timer_millis), [0, 1, 7, 2_147_483_647]);
        assert_eq!(millis.map(whole_millis), [0, 1, 7, 9_007_199_254_740_991]);
    }

    #[test]
    fn random_numbers_have_many_bits() {
        assert_eq!([0.0, 0.5, f64::NAN, 2.0].map(random_bits), [0, 1 << 63, 0, u64::MAX]);
    }
}
