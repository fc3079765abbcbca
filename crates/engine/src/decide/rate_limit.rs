//! The client-side rate limit.

use alloc::vec::Vec;
use core::time::Duration;

/// Spaces requests evenly (the generic cell rate algorithm without bursts).
#[derive(Clone, Debug)]
pub struct RateLimit {
    interval: Duration,
    next_slot: Duration,
    /// Unused slots before `next_slot`, earliest first.
    returned_slots: Vec<Duration>,
}

impl RateLimit {
    /// Allows this many requests per second. Returns `None` for zero.
    pub fn per_second(requests: u32) -> Option<Self> {
        let interval = Duration::from_secs(1).checked_div(requests)?;
        Some(Self { interval, next_slot: Duration::ZERO, returned_slots: Vec::new() })
    }

    /// Time until the next free slot.
    pub fn time_until_slot(&self, now: Duration) -> Duration {
        let returned = self.returned_slots.iter().find(|slot| **slot >= now);
        returned.unwrap_or(&self.next_slot).saturating_sub(now)
    }

    /// Reserves the slot that [`RateLimit::time_until_slot`] returned.
    pub fn reserve(&mut self, slot: Duration) {
        if let Some(index) = self.returned_slots.iter().position(|returned| *returned == slot) {
            // The earlier slots are in the past.
            self.returned_slots.drain(..=index);
        } else {
            self.returned_slots.clear();
            self.next_slot = self.next_slot.max(slot).saturating_add(self.interval);
        }
    }

    /// Returns an unused slot.
    pub fn release(&mut self, slot: Duration) {
        let index = self.returned_slots.partition_point(|other| *other < slot);
        self.returned_slots.insert(index, slot);
        while self.returned_slots.last().is_some_and(|last| last.saturating_add(self.interval) == self.next_slot) {
            self.next_slot = self.returned_slots.pop().unwrap_or(self.next_slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_is_never_exceeded() {
        for rate in [1, 3, 7, 1000] {
            let mut limit = RateLimit::per_second(rate).expect("a limit");
            let mut now = Duration::ZERO;
            let mut sent = Vec::new();
            for step in 0..5000_u64 {
                now += Duration::from_micros(step * 7919 % 1500);
                let slot = now + limit.time_until_slot(now);
                limit.reserve(slot);
                sent.push(slot);
            }
            for (index, start) in sent.iter().enumerate() {
                let within = sent[index..].iter().take_while(|at| **at < *start + Duration::from_secs(1)).count();
                // One extra request at the edges, because the interval is rounded to nanoseconds.
                assert!(within <= rate as usize + 1, "{within} in a second at {rate}");
            }
        }
        assert!(RateLimit::per_second(0).is_none());
    }

    #[test]
    fn idle_time_allows_no_burst() {
        let mut limit = RateLimit::per_second(10).expect("a limit");
        let late = Duration::from_secs(60);
        limit.reserve(late);
        assert_eq!(limit.time_until_slot(late), Duration::from_millis(100));
    }
}
