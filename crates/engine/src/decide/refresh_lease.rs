//! The lease to fetch a token.

use core::time::Duration;

/// One caller fetches a token while the others wait. A lease expires, so that a caller whose context is gone, and that never
/// releases it, does not block the others.
#[derive(Debug, Default)]
pub struct RefreshLease {
    holder: Option<LeaseHolder>,
    taken: u64,
}

#[derive(Debug)]
struct LeaseHolder {
    ticket: u64,
    until: Duration,
}

impl RefreshLease {
    /// Takes the lease if it is free, for at most `length`. `now` is the time since a fixed point, on a clock that is never set back.
    /// Returns the ticket for [`RefreshLease::release`].
    pub fn acquire(&mut self, now: Duration, length: Duration) -> Option<u64> {
        if self.holder.as_ref().is_some_and(|holder| now < holder.until) {
            return None;
        }
        self.taken += 1;
        self.holder = Some(LeaseHolder { ticket: self.taken, until: now.saturating_add(length) });
        Some(self.taken)
    }

    /// Releases the lease, unless it has expired and another caller holds it.
    pub fn release(&mut self, ticket: u64) {
        if self.holder.as_ref().is_some_and(|holder| holder.ticket == ticket) {
            self.holder = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_secs(5);

    #[test]
    fn one_has_the_turn_until_it_ends_it() {
        let mut turn = RefreshLease::default();
        let first = turn.acquire(Duration::ZERO, LENGTH).expect("free");
        assert_eq!(turn.acquire(Duration::from_millis(4999), LENGTH), None);
        turn.release(first);
        assert!(turn.acquire(Duration::from_millis(4999), LENGTH).is_some());
    }

    #[test]
    fn who_does_not_come_back_loses_it_and_cannot_end_that_of_another() {
        let mut turn = RefreshLease::default();
        let lost = turn.acquire(Duration::ZERO, LENGTH).expect("free");
        let second = turn.acquire(LENGTH, LENGTH).expect("the time of the first is over");
        turn.release(lost);
        assert_eq!(turn.acquire(LENGTH, LENGTH), None);
        turn.release(second);
        assert!(turn.acquire(LENGTH, LENGTH).is_some());
    }
}
