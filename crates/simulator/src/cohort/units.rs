//! Groups of units that each do one thing at a time: connections, or workers of the endpoint.

use crate::time::Micros;

/// Units with nearly the same end of work.
#[derive(Clone, Copy, Default)]
struct Bucket {
    units: u64,
    /// The sum of their ends, from the start of the bucket.
    offsets: u64,
}

/// Units, by the time at which they become free. A bucket of times keeps the mean, so that rounding does not add up.
pub(crate) struct Units {
    idle: u64,
    busy: u64,
    /// A ring of buckets.
    buckets: Vec<Bucket>,
    /// The length of a bucket in microseconds.
    length: Micros,
    /// The number of the first bucket that can have units, from the start of the simulation.
    first: u64,
}

/// The maximum number of buckets.
const MAX_BUCKETS: u64 = 1 << 14;

impl Units {
    /// `horizon` is the longest time between the ends of two units.
    pub(crate) fn new(count: u32, step: Micros, horizon: Micros) -> Self {
        let length = (step / 8).max(horizon / MAX_BUCKETS).max(1);
        let buckets = usize::try_from(horizon / length + 2).expect("at most MAX_BUCKETS");
        Self { idle: u64::from(count), busy: 0, buckets: vec![Bucket::default(); buckets], length, first: 0 }
    }

    fn slot(&self, number: u64) -> usize {
        usize::try_from(number % self.buckets.len() as u64).unwrap_or(0)
    }

    /// The first bucket that has units, with their mean end.
    fn front(&mut self) -> Option<(usize, Micros)> {
        if self.busy == 0 {
            return None;
        }
        loop {
            let slot = self.slot(self.first);
            let bucket = self.buckets[slot];
            if let Some(offset) = bucket.offsets.checked_div(bucket.units) {
                return Some((slot, self.first * self.length + offset));
            }
            self.first += 1;
        }
    }

    fn remove(&mut self, slot: usize, units: u64) {
        let bucket = &mut self.buckets[slot];
        bucket.offsets -= bucket.offsets * units / bucket.units;
        bucket.units -= units;
        self.busy -= units;
    }

    /// The earliest time from `at` on at which units are free, and their number. `at` never decreases.
    pub(crate) fn next_free(&mut self, at: Micros) -> (Micros, u64) {
        while let Some((slot, end)) = self.front() {
            let units = self.buckets[slot].units;
            if end > at {
                return if self.idle > 0 { (at, self.idle) } else { (end, units) };
            }
            self.remove(slot, units);
            self.idle += units;
        }
        (at, self.idle)
    }

    /// Takes the units that are free at [`Self::next_free`], at most `most`; if these are fewer than `least`, also later ones.
    /// Returns the mean time at which they are free, and their number.
    pub(crate) fn reserve(&mut self, at: Micros, least: u64, most: u64) -> (Micros, u64) {
        let ((start, _), mut taken, mut delays) = (self.next_free(at), 0, 0);
        if self.idle > 0 {
            taken = self.idle.min(most);
            self.idle -= taken;
        }
        while taken == 0 || taken < least {
            let Some((slot, end)) = self.front() else { break };
            let wanted = if taken == 0 { most } else { least - taken };
            let units = self.buckets[slot].units.min(wanted);
            self.remove(slot, units);
            taken += units;
            delays += (end - start) * units;
        }
        (start + delays / taken.max(1), taken)
    }

    /// Adds units that are busy until this time.
    pub(crate) fn occupy(&mut self, until: Micros, units: u64) {
        if units == 0 {
            return;
        }
        let number = until / self.length;
        if self.busy == 0 {
            self.first = number;
        }
        let number = number.max(self.first).min(self.first + self.buckets.len() as u64 - 1);
        let slot = self.slot(number);
        self.buckets[slot].units += units;
        self.buckets[slot].offsets += until.saturating_sub(number * self.length) * units;
        self.busy += units;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_free_in_order() {
        let mut units = Units::new(5, 80, 1000);
        assert_eq!(units.reserve(7, 1, 3), (7, 3));
        units.occupy(103, 1);
        units.occupy(106, 2);
        assert_eq!((units.next_free(8), units.reserve(8, 1, 9)), ((8, 2), (8, 2)));
        units.occupy(300, 2);
        // The ends of the first three units are in one bucket, with the mean 105.
        assert_eq!((units.next_free(9), units.reserve(9, 1, 2)), ((105, 3), (105, 2)));
        assert_eq!(units.reserve(10, 9, 9), (235, 3), "(105 + 2 · 300) ÷ 3");
        units.occupy(900, 5);
        assert_eq!(
            (units.next_free(899), units.next_free(900), units.reserve(900, 1, 9)),
            ((900, 5), (900, 5), (900, 5))
        );
    }

    #[test]
    fn constant_work_keeps_rate() {
        let mut units = Units::new(50, 100_000, 1_000_000);
        let mut end = 0;
        for _ in 0..10_000 {
            let (start, taken) = units.reserve(0, 7, 7);
            end = start + 130_000;
            units.occupy(end, taken);
        }
        // 70,000 calls of 130 ms on 50 units.
        assert!(end.abs_diff(182_000_000) < 1_000_000, "{end}");
    }
}
