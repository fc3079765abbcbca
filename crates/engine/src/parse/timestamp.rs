//! Points in time.

use core::time::Duration;

/// A point in time, in milliseconds since the Unix epoch.
///
/// Wall-clock time on purpose: the clock of `Instant` stands still while a laptop sleeps, a token's life does not, and a
/// token may be shared between processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(u64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// A later point; the end of time when there is none.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long it is since an earlier point; zero when that is not earlier.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_end_of_time_is_passed() {
        let last = Timestamp::from_millis(u64::MAX);
        assert_eq!(last.saturating_add(Duration::from_millis(1)), last);
        assert_eq!(Timestamp::from_millis(0).saturating_add(Duration::MAX), last);
        assert_eq!(Timestamp::from_millis(1).saturating_since(last), Duration::ZERO);
        assert_eq!(last.saturating_since(Timestamp::from_millis(u64::MAX - 5)), Duration::from_millis(5));
    }
}
