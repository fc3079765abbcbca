//! Stops using a token store that does not respond.

use core::time::Duration;

use crate::{StoreLocks, Timestamp};

/// How long an unresponsive store is not used. Without this, every call could lose the whole store timeout.
const OPEN_DURATION: Duration = Duration::from_secs(30);

/// Upper bound of a store timeout. Fetching a new token takes about as long.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Upper bound of a store timeout if the store is on this machine. A busy disk is slow for all processes, and each one that does not
/// wait makes a token request of its own.
const LOCAL_TIMEOUT: Duration = Duration::from_secs(5);

/// A store operation may take at most this fraction (1/4) of a call's remaining time.
const TIMEOUT_DIVISOR: u32 = 4;

/// A circuit breaker for a token store.
#[derive(Clone, Copy, Debug)]
pub struct StoreBreaker {
    open_until: Timestamp,
}

impl Default for StoreBreaker {
    fn default() -> Self {
        Self { open_until: Timestamp::from_millis(0) }
    }
}

impl StoreBreaker {
    /// Whether the store can be used now. If so, this blocks the store for 30 s or until
    /// [`StoreBreaker::record_response`]. A call that is cancelled while it waits therefore counts as no response.
    pub fn try_use(&mut self, now: Timestamp) -> bool {
        let next = now.saturating_add(OPEN_DURATION);
        // A clock that was set back must not block the store forever.
        let is_open = now < self.open_until && self.open_until <= next;
        if !is_open {
            self.open_until = next;
        }
        !is_open
    }

    /// Records that the store responded, with or without an error.
    pub fn record_response(&mut self) {
        *self = Self::default();
    }

    /// The timeout of a store with these locks for a caller with this much time left.
    pub fn timeout(left: Duration, locks: StoreLocks) -> Duration {
        let max = if locks == StoreLocks::ProcessBound { LOCAL_TIMEOUT } else { TIMEOUT };
        (left / TIMEOUT_DIVISOR).min(max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn unresponsive_store_is_blocked_for_30_s() {
        let mut breaker = StoreBreaker::default();
        assert!(breaker.try_use(at(100)));
        assert!(!breaker.try_use(at(129)));
        assert!(breaker.try_use(at(130)));
        breaker.record_response();
        assert!(breaker.try_use(at(130)));
        assert!(breaker.try_use(at(50)), "the clock was set back");
    }

    #[test]
    fn timeout_is_a_quarter_of_time_left() {
        for (left, locks, timeout) in [
            (Duration::from_secs(1), StoreLocks::Expiring, Duration::from_millis(250)),
            (Duration::MAX, StoreLocks::Expiring, Duration::from_millis(500)),
            (Duration::from_secs(8), StoreLocks::ProcessBound, Duration::from_secs(2)),
            (Duration::MAX, StoreLocks::ProcessBound, Duration::from_secs(5)),
        ] {
            assert_eq!(StoreBreaker::timeout(left, locks), timeout, "{left:?} {locks:?}");
        }
    }
}
