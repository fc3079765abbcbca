//! Jitter for delays.

use core::time::Duration;

/// Scales a duration by `random / 2^64`: a uniform `random` gives a uniform delay between zero and `duration`.
pub fn jitter(duration: Duration, random: u64) -> Duration {
    let nanos = u128::from(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    Duration::from_nanos(u64::try_from((nanos * u128::from(random)) >> 64).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_proportional_to_random() {
        let second = Duration::from_secs(1);
        assert_eq!(jitter(second, 0), Duration::ZERO);
        assert_eq!(jitter(second, u64::MAX / 2), Duration::from_nanos(499_999_999));
    }
}
