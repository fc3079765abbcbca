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
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The time since an earlier timestamp; zero if it is not earlier.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        let last = Timestamp::from_millis(u64::MAX);
        assert_eq!(last.saturating_add(Duration::from_millis(1)), last);
        assert_eq!(Timestamp::from_millis(0).saturating_add(Duration::MAX), last);
        assert_eq!(Timestamp::from_millis(1).saturating_since(last), Duration::ZERO);
        assert_eq!(last.saturating_since(Timestamp::from_millis(u64::MAX - 5)), Duration::from_millis(5));
    }
}
