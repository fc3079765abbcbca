//! The lease to fetch a token.

use core::time::Duration;

/// One at a time fetches, the others wait for it. A turn is lent: who never ends it, because the context that it ran in is gone,
/// loses it when its time is over, and the next one goes on.
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
    /// Takes the turn if it is free, for `length` at most. `now` is time since some fixed point, that never goes back. What is
    /// returned is for [`RefreshLease::release`].
    pub fn acquire(&mut self, now: Duration, length: Duration) -> Option<u64> {
        if self.holder.as_ref().is_some_and(|holder| now < holder.until) {
            return None;
        }
        self.taken += 1;
        self.holder = Some(LeaseHolder { ticket: self.taken, until: now.saturating_add(length) });
        Some(self.taken)
    }

    /// Ends a turn, unless somebody else has it by now.
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
