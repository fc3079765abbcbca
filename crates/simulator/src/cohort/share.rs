//! Shares of counts without randomness.

use crate::cohort::window::mul_div;

/// A share of 1.
const ONE: u64 = 1 << 32;

/// A share from 0 to 1 in fixed point, so that results are equal on all machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share(u64);

impl Share {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "0 to 2^32"
    )]
    pub(crate) fn from_probability(probability: f64) -> Self {
        Self((probability.clamp(0.0, 1.0) * ONE as f64).round() as u64)
    }

    /// `part` of `whole`; all if `whole` is 0.
    pub(crate) fn from_ratio(part: u64, whole: u64) -> Self {
        if part >= whole { Self(ONE) } else { Self(mul_div(part, ONE, whole)) }
    }
}

/// Applies shares to counts. The remainder of one count is added to the next (error diffusion), so sums are right.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ShareRemainder(u64);

impl ShareRemainder {
    /// The share of `count`, at most `count`.
    pub(crate) fn take(&mut self, count: u64, share: Share) -> u64 {
        let sum = u128::from(count) * u128::from(share.0) + u128::from(self.0);
        self.0 = u64::try_from(sum % u128::from(ONE)).unwrap_or(0);
        u64::try_from(sum >> 32).unwrap_or(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let mut remainder = ShareRemainder::default();
        let taken: u64 = (0..1000).map(|_| remainder.take(7, Share::from_probability(0.1))).sum();
        assert_eq!(taken, 700);
        assert_eq!(
            [(1, 3), (3, 3), (0, 0)].map(|(part, whole)| remainder.take(3, Share::from_ratio(part, whole))),
            [1, 3, 3]
        );
        assert_eq!(remainder.take(0, Share::from_ratio(1, 1)), 0);
    }
}
