//! A hash of 128 bits that identifies a state. Two of 10^8 states have the same one with a probability below 10^-22.
//!
//! Two states that differ only in the time are the same: a reading of a clock counts by its age. All readings that are older than
//! a lease have the same effect, so they are the same, too. So the states are finite although the time is not bounded.

use std::hash::{Hash, Hasher};

use crate::world::LEASE_TICKS;

/// The clocks of the two writers at tick 0, in seconds. A number from here on is a reading.
pub(crate) const CLOCK_STARTS: [u64; 2] = [1 << 40, 1 << 44];

/// How far a clock can go (ours).
const CLOCK_RANGE: u64 = 1 << 40;

struct Fingerprint {
    one: u64,
    two: u64,
    ticks: u64,
}

impl Fingerprint {
    fn add(&mut self, word: u64) {
        self.one = multiply(self.one ^ word, 0x9e37_79b9_7f4a_7c15);
        self.two = multiply(self.two ^ word.rotate_left(32), 0xe703_7ed1_a0b4_28db);
    }
}

/// Both halves of a product, combined.
fn multiply(one: u64, two: u64) -> u64 {
    let product = u128::from(one ^ 0xa076_1d64_78bd_642f) * u128::from(two);
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    let low = product as u64;
    low ^ u64::try_from(product >> 64).expect("the upper half")
}

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
        self.add(bytes.len() as u64);
    }

    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        let start = CLOCK_STARTS.into_iter().find(|start| (*start..*start + CLOCK_RANGE).contains(&value));
        match start {
            Some(start) => {
                let oldest = (start + self.ticks).saturating_sub(u64::from(LEASE_TICKS) + 1);
                self.add(start + CLOCK_RANGE + value.max(oldest) - self.ticks);
            }
            None => self.add(value),
        }
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    fn finish(&self) -> u64 {
        self.one
    }
}

/// The fingerprint of a value at this time.
pub(crate) fn fingerprint(value: &impl Hash, ticks: u64) -> u128 {
    let mut hasher = Fingerprint { one: 1, two: 2, ticks };
    value.hash(&mut hasher);
    u128::from(hasher.one) << 64 | u128::from(hasher.two)
}
