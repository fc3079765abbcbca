//! Items that leave in order of time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A priority queue, smallest item first. Items that are added in order cost no comparisons with others.
pub(crate) struct TimeQueue<T> {
    /// Sorted.
    in_order: VecDeque<T>,
    others: BinaryHeap<Reverse<T>>,
}

impl<T: Ord> TimeQueue<T> {
    pub(crate) const fn new() -> Self {
        Self { in_order: VecDeque::new(), others: BinaryHeap::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.in_order.len() + self.others.len()
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.in_order.back().is_none_or(|last| *last <= item) {
            self.in_order.push_back(item);
        } else {
            self.others.push(Reverse(item));
        }
    }

    /// The smallest item.
    pub(crate) fn peek(&self) -> Option<&T> {
        match (self.in_order.front(), self.others.peek()) {
            (Some(first), Some(Reverse(other))) => Some(first.min(other)),
            (first, other) => first.or(other.map(|Reverse(other)| other)),
        }
    }

    /// Takes the smallest item.
    pub(crate) fn pop(&mut self) -> Option<T> {
        match (self.in_order.front(), self.others.peek()) {
            (Some(first), Some(Reverse(other))) if first > other => self.others.pop().map(|Reverse(item)| item),
            (Some(_), _) => self.in_order.pop_front(),
            (None, _) => self.others.pop().map(|Reverse(item)| item),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_leave_in_order() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut queue = TimeQueue::new();
        let mut expected = BinaryHeap::new();
        for _ in 0..10_000 {
            if random.u8(..) < 140 {
                let item = random.u16(..);
                queue.push(item);
                expected.push(Reverse(item));
            } else {
                assert_eq!(queue.peek().copied(), expected.peek().map(|Reverse(item)| *item));
                assert_eq!(queue.pop(), expected.pop().map(|Reverse(item)| item));
            }
            assert_eq!(queue.len(), expected.len());
        }
    }
}
