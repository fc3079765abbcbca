//! The throttling queue.

use std::collections::VecDeque;

/// Waiting calls in order of arrival. Times are in milliseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct ThrottlingQueue {
    /// Arrival time and number of calls.
    waiting: VecDeque<(u64, u64)>,
    length: u64,
}

impl ThrottlingQueue {
    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    /// Adds calls; `now` must not be earlier than in previous pushes.
    pub(crate) fn push(&mut self, now: u64, calls: u64) {
        if calls > 0 {
            self.waiting.push_back((now, calls));
            self.length += calls;
        }
    }

    /// Removes the oldest calls. Returns the waiting time of the first one.
    pub(crate) fn pop(&mut self, now: u64, calls: u64) -> Option<u64> {
        let longest = self.waiting.front().map(|(arrived, _)| now - arrived).filter(|_| calls > 0);
        let mut left = calls.min(self.length);
        self.length -= left;
        while left > 0
            && let Some((_, count)) = self.waiting.front_mut()
        {
            let taken = left.min(*count);
            *count -= taken;
            left -= taken;
            if *count == 0 {
                self.waiting.pop_front();
            }
        }
        longest
    }

    /// Removes calls that waited longer than `max`, and returns their number.
    pub(crate) fn expire(&mut self, now: u64, max: u64) -> u64 {
        let mut expired = 0;
        while let Some((arrived, count)) = self.waiting.front()
            && now - arrived > max
        {
            expired += count;
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
    fn queue_serves_oldest_first() {
        let mut queue = ThrottlingQueue::default();
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
        /// Compares with a queue of single calls.
        #[test]
        fn queue_is_first_in_first_out(operations in prop::collection::vec((0_u64..5, 0_u64..6, 0_u8..3), 0..100)) {
            let (mut queue, mut single, mut now) = (ThrottlingQueue::default(), VecDeque::new(), 0);
            for (later, calls, operation) in operations {
                now += later;
                match operation {
                    0 => {
                        queue.push(now, calls);
                        single.extend((0..calls).map(|_| now));
                    }
                    1 => {
                        let longest = single.front().filter(|_| calls > 0).map(|arrived| now - arrived);
                        prop_assert_eq!(queue.pop(now, calls), longest);
                        single.drain(..single.len().min(usize::try_from(calls).expect("few")));
                    }
                    _ => {
                        let before = single.len();
                        single.retain(|arrived| now - arrived <= 10);
                        prop_assert_eq!(queue.expire(now, 10), (before - single.len()) as u64);
                    }
                }
                prop_assert_eq!(queue.length(), single.len() as u64);
            }
        }
    }
}
