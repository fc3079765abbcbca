//! The queue of throttling.

use std::collections::VecDeque;

/// Calls that wait, in the order of their arrival. Time is in milliseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    /// When they came, and how many.
    waiting: VecDeque<(u64, u64)>,
    length: u64,
}

impl Queue {
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// Calls come, later than those that are there.
    pub(crate) fn push(&mut self, now: u64, calls: u64) {
        if calls > 0 {
            self.waiting.push_back((now, calls));
            self.length += calls;
        }
    }

    /// The calls that came first leave it. Tells how long the first of them has waited.
    pub(crate) fn pop(&mut self, now: u64, calls: u64) -> Option<u64> {
        let longest = self.waiting.front().map(|(came, _)| now - came).filter(|_| calls > 0);
        let mut left = calls.min(self.length);
        self.length -= left;
        while left > 0
            && let Some((_, there)) = self.waiting.front_mut()
        {
            let leaving = left.min(*there);
            *there -= leaving;
            left -= leaving;
            if *there == 0 {
                self.waiting.pop_front();
            }
        }
        longest
    }

    /// Those that have waited longer than `most` leave it; how many.
    pub(crate) fn expire(&mut self, now: u64, most: u64) -> u64 {
        let mut expired = 0;
        while let Some((came, there)) = self.waiting.front()
            && now - came > most
        {
            expired += there;
            self.waiting.pop_front();
        }
        self.length -= expired;
        expired
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_came_first_leaves_first_and_six_hours_are_not_yet_too_long() {
        let mut queue = Queue::default();
        queue.push(0, 3);
        queue.push(100, 2);
        assert_eq!((queue.pop(200, 1), queue.length()), (Some(200), 4));
        assert_eq!((queue.pop(300, 0), queue.length()), (None, 4));
        assert_eq!((queue.expire(1000, 1000), queue.length()), (0, 4));
        assert_eq!((queue.expire(1001, 1000), queue.length()), (2, 2));
        assert_eq!((queue.pop(1050, 9), queue.length()), (Some(950), 0));
        assert_eq!(queue.pop(1060, 1), None);
    }

    proptest! {
        /// Against a queue of single calls.
        #[test]
        fn it_is_first_in_first_out(deeds in prop::collection::vec((0_u64..5, 0_u64..6, 0_u8..3), 0..100)) {
            let (mut queue, mut single, mut now) = (Queue::default(), VecDeque::new(), 0);
            for (later, calls, deed) in deeds {
                now += later;
                match deed {
                    0 => {
                        queue.push(now, calls);
                        single.extend((0..calls).map(|_| now));
                    }
                    1 => {
                        let longest = single.front().filter(|_| calls > 0).map(|came| now - came);
                        prop_assert_eq!(queue.pop(now, calls), longest);
                        single.drain(..single.len().min(usize::try_from(calls).expect("few")));
                    }
                    _ => {
                        let before = single.len();
                        single.retain(|came| now - came <= 10);
                        prop_assert_eq!(queue.expire(now, 10), (before - single.len()) as u64);
                    }
                }
                prop_assert_eq!(queue.length(), single.len() as u64);
            }
        }
    }
}
