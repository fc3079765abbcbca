//! A random part of a duration.

use core::time::Duration;

/// A random part of a duration, from none to all of it.
pub fn jitter(duration: Duration, random: u64) -> Duration {
    let nanos = u128::from(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    Duration::from_nanos(u64::try_from((nanos * u128::from(random)) >> 64).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_is_proportional_to_the_number() {
        let second = Duration::from_secs(1);
        assert_eq!(jitter(second, 0), Duration::ZERO);
        assert_eq!(jitter(second, u64::MAX / 2), Duration::from_nanos(499_999_999));
    }
}
