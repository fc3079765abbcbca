//! Jitter for delays.

use core::time::Duration;

/// Scales a duration by `random / 2^64`: a uniform `random` gives a uniform delay between zero and `duration`.
pub fn jitter(duration: Duration, random: u64) -> Duration {
    let nanos = duration.as_secs().saturating_mul(1_000_000_000).saturating_add(duration.subsec_nanos().into());
    // The upper half of the random number suffices. Each product has 64 bits.
    let random = random >> 32;
    let (high, low) = (nanos >> 32, nanos & u64::from(u32::MAX));
    Duration::from_nanos(high * random + ((low * random) >> 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_proportional_to_random() {
        let second = Duration::from_secs(1);
        assert_eq!(jitter(second, 0), Duration::ZERO);
        assert_eq!(jitter(second, u64::MAX / 2), Duration::from_nanos(499_999_999));
        assert_eq!(jitter(second, u64::MAX), Duration::from_nanos(999_999_999));
        assert_eq!(jitter(second * 3600, 1 << 63), second * 1800);
        assert!(jitter(Duration::MAX, u64::MAX) > second * (1 << 31), "it does not overflow");
    }
}
