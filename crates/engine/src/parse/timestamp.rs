//! Points in time.

use core::time::Duration;

/// A point in time, in milliseconds since the Unix epoch.
///
/// This is wall-clock time and not `Instant`: tokens also expire while a laptop sleeps, and they are shared between
/// processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Creates a timestamp from milliseconds since the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Adds a duration, saturating at the maximum.
    #[must_use]
    pub const fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(whole_millis(duration)))
    }

    /// Subtracts a duration, saturating at zero.
    #[must_use]
    pub const fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(whole_millis(duration)))
    }

    /// The time since an earlier timestamp; zero if it is not earlier.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// The milliseconds of a duration without their fraction, at most `u64::MAX`.
const fn whole_millis(duration: Duration) -> u64 {
    // Not `as_millis`, which needs 128 bits.
    duration.as_secs().saturating_mul(1000).saturating_add(duration.subsec_millis() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        let last = Timestamp::from_millis(u64::MAX);
        assert_eq!(last.saturating_add(Duration::from_millis(1)), last);
        assert_eq!(Timestamp::from_millis(0).saturating_add(Duration::MAX), last);
        assert_eq!(last.saturating_sub(Duration::MAX), Timestamp::from_millis(0));
        assert_eq!(last.saturating_sub(Duration::from_micros(1_002_999)), Timestamp::from_millis(u64::MAX - 1002));
        assert_eq!(Timestamp::from_millis(1).saturating_since(last), Duration::ZERO);
        assert_eq!(last.saturating_since(Timestamp::from_millis(u64::MAX - 5)), Duration::from_millis(5));
    }
}
