//! When a token store is used: one that does not respond is left alone for a while.

use core::time::Duration;

use crate::Timestamp;

/// How long a store that did not respond is not used. Without it, each request could cost a call the whole time limit.
const OPEN_FOR: Duration = Duration::from_secs(30);

/// How long a store may take to respond, at most: fetching a token takes about as long.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The share of a caller's remaining time that one operation of the store may take.
const PART: u32 = 4;

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
    /// Whether the store may be used now. Until [`StoreBreaker::responded`], it may not be used again for 30 s, so a call that is
    /// dropped while it waits counts as no response.
    pub fn try_use(&mut self, now: Timestamp) -> bool {
        let next = now.saturating_add(OPEN_FOR);
        // A clock that was set back must not keep it open forever.
        let is_open = now < self.open_until && self.open_until <= next;
        if !is_open {
            self.open_until = next;
        }
        !is_open
    }

    /// Records a response of the store, an error too.
    pub fn responded(&mut self) {
        *self = Self::default();
    }

    /// How long the store may take, for a caller with this much time left.
    pub fn timeout(left: Duration) -> Duration {
        (left / PART).min(TIMEOUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn store_without_a_response_is_not_used_for_a_while() {
        let mut breaker = StoreBreaker::default();
        assert!(breaker.try_use(at(100)));
        assert!(!breaker.try_use(at(129)));
        assert!(breaker.try_use(at(130)));
        breaker.responded();
        assert!(breaker.try_use(at(130)));
        assert!(breaker.try_use(at(50)), "the clock was set back");
    }

    #[test]
    fn timeout_is_a_quarter_of_the_remaining_time() {
        assert_eq!(StoreBreaker::timeout(Duration::from_secs(1)), Duration::from_millis(250));
        assert_eq!(StoreBreaker::timeout(Duration::MAX), Duration::from_millis(500));
    }
}
