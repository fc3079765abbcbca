//! The times of the slots taken in a sliding window.

use std::collections::VecDeque;

use crate::time::Micros;

/// Times in order. Each needs one byte if it is less than 128 µs after the one before it, two below 16 ms, and three below 2 s.
pub(crate) struct SlidingTimes {
    first: Micros,
    last: Micros,
    len: u64,
    /// The distances between times, seven bits to a byte, the low ones first. The last byte has the high bit.
    gaps: VecDeque<u8>,
}

const LAST_BYTE: u8 = 0x80;

impl SlidingTimes {
    pub(crate) const fn new() -> Self {
        Self { first: 0, last: 0, len: 0, gaps: VecDeque::new() }
    }

    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// The earliest time.
    pub(crate) const fn first(&self) -> Option<Micros> {
        if self.len == 0 { None } else { Some(self.first) }
    }

    /// Adds a time that is not before the others.
    #[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
    pub(crate) fn push(&mut self, at: Micros) {
        if self.len == 0 {
            self.first = at;
        } else {
            let mut gap = at - self.last;
            while gap >= u64::from(LAST_BYTE) {
                self.gaps.push_back(gap as u8 & !LAST_BYTE);
                gap >>= 7;
            }
            self.gaps.push_back(gap as u8 | LAST_BYTE);
        }
        self.last = at;
        self.len += 1;
    }

    /// Removes the earliest time.
    pub(crate) fn pop(&mut self) {
        let mut shift = 0;
        while let Some(byte) = self.gaps.pop_front() {
            self.first += u64::from(byte & !LAST_BYTE) << shift;
            if byte & LAST_BYTE != 0 {
                break;
            }
            shift += 7;
        }
        self.len -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_leave_as_they_came() {
        let mut random = fastrand::Rng::with_seed(1);
        let (mut times, mut expected) = (SlidingTimes::new(), VecDeque::new());
        let mut now = 0;
        for _ in 0..10_000 {
            if random.u8(..) < 140 {
                let bits = random.u32(..40);
                now += random.u64(..1 << bits);
                times.push(now);
                expected.push_back(now);
            } else if expected.pop_front().is_some() {
                times.pop();
            }
            assert_eq!((times.first(), times.len()), (expected.front().copied(), expected.len() as u64));
        }
    }
}
