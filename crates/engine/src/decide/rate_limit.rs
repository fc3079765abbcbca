//! Limits the requests per second of a client.

use alloc::vec::Vec;
use core::time::Duration;

/// Spaces requests evenly, so that no second has more than its share (the generic cell rate algorithm without a burst).
#[derive(Clone, Debug)]
pub struct RateLimit {
    interval: Duration,
    next: Duration,
    /// Slots before `next` that were not used, earliest first.
    returned: Vec<Duration>,
}

impl RateLimit {
    /// So many a second; `None` for zero.
    pub fn per_second(requests: u32) -> Option<Self> {
        let interval = Duration::from_secs(1).checked_div(requests)?;
        Some(Self { interval, next: Duration::ZERO, returned: Vec::new() })
    }

    /// How long it is until the next slot.
    pub fn wait(&self, now: Duration) -> Duration {
        let returned = self.returned.iter().find(|slot| **slot >= now);
        returned.unwrap_or(&self.next).saturating_sub(now)
    }

    /// Takes the slot that [`RateLimit::wait`] found.
    pub fn take(&mut self, slot: Duration) {
        if let Some(index) = self.returned.iter().position(|returned| *returned == slot) {
            // Those before it are over.
            self.returned.drain(..=index);
        } else {
            self.returned.clear();
            self.next = self.next.max(slot).saturating_add(self.interval);
        }
    }

    /// Returns a slot that was not used.
    pub fn give_back(&mut self, slot: Duration) {
        let index = self.returned.partition_point(|other| *other < slot);
        self.returned.insert(index, slot);
        while self.returned.last().is_some_and(|last| last.saturating_add(self.interval) == self.next) {
            self.next = self.returned.pop().unwrap_or(self.next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_its_share() {
        for rate in [1, 3, 7, 1000] {
            let mut limit = RateLimit::per_second(rate).expect("a limit");
            let mut now = Duration::ZERO;
            let mut sent = Vec::new();
            for step in 0..5000_u64 {
                now += Duration::from_micros(step * 7919 % 1500);
                let place = now + limit.wait(now);
                limit.take(place);
                sent.push(place);
            }
            for (index, start) in sent.iter().enumerate() {
                let within = sent[index..].iter().take_while(|at| **at < *start + Duration::from_secs(1)).count();
                // One more at the edges, because a nanosecond is not divided.
                assert!(within <= rate as usize + 1, "{within} in a second at {rate}");
            }
        }
        assert!(RateLimit::per_second(0).is_none());
    }

    #[test]
    fn an_idle_time_is_not_saved_up() {
        let mut limit = RateLimit::per_second(10).expect("a limit");
        let late = Duration::from_secs(60);
        limit.take(late);
        assert_eq!(limit.wait(late), Duration::from_millis(100));
    }
}
