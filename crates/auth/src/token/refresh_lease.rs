//! The lease to fetch a token.

use std::time::Duration;

/// One at a time fetches, the others wait for it. A turn is lent: who never ends it, because the context that it ran in is gone,
/// loses it when its time is over, and the next one goes on.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    holder: Option<Holder>,
    taken: u64,
}

#[derive(Debug)]
struct Holder {
    ticket: u64,
    until: Duration,
}

impl Turn {
    /// Takes the turn if it is free, for `length` at most. `now` is time since some fixed point, that never goes back. What is
    /// returned is for [`Turn::end`].
    pub(crate) fn take(&mut self, now: Duration, length: Duration) -> Option<u64> {
        if self.holder.as_ref().is_some_and(|holder| now < holder.until) {
            return None;
        }
        self.taken += 1;
        self.holder = Some(Holder { ticket: self.taken, until: now.saturating_add(length) });
        Some(self.taken)
    }

    /// Ends a turn, unless somebody else has it by now.
    pub(crate) fn end(&mut self, ticket: u64) {
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
        let mut turn = Turn::default();
        let first = turn.take(Duration::ZERO, LENGTH).expect("free");
        assert_eq!(turn.take(Duration::from_millis(4999), LENGTH), None);
        turn.end(first);
        assert!(turn.take(Duration::from_millis(4999), LENGTH).is_some());
    }

    #[test]
    fn who_does_not_come_back_loses_it_and_cannot_end_that_of_another() {
        let mut turn = Turn::default();
        let lost = turn.take(Duration::ZERO, LENGTH).expect("free");
        let second = turn.take(LENGTH, LENGTH).expect("the time of the first is over");
        turn.end(lost);
        assert_eq!(turn.take(LENGTH, LENGTH), None);
        turn.end(second);
        assert!(turn.take(LENGTH, LENGTH).is_some());
    }
}
