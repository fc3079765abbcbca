//! Draws the number of failing calls.

/// Probabilities are rounded to multiples of 1/65,536: a draw for 64 calls needs one random word per binary digit.
const FRACTION_BITS: u32 = 16;

/// Draws how many of `calls` fail with this probability, from 0 to 1.
///
/// It makes one draw per call, 64 at a time. Integer arithmetic gives the same result for a seed on every machine;
/// floating-point logarithms would not.
pub(crate) fn draw_failures(calls: u64, probability: f64, random: &mut fastrand::Rng) -> u64 {
    let probability = to_fixed_point(probability);
    if probability == 0 {
        return 0;
    }
    if probability >> FRACTION_BITS != 0 {
        return calls;
    }
    let draw = |random: &mut fastrand::Rng| {
        // From the last binary digit to the first: 1 adds failures with probability one half, 0 removes half of them.
        let digits = probability.trailing_zeros()..FRACTION_BITS;
        digits.fold(0_u64, |failing, digit| match probability >> digit & 1 {
            1 => failing | random.u64(..),
            _ => failing & random.u64(..),
        })
    };
    let mut failing = 0;
    for _ in 0..calls / 64 {
        failing += u64::from(draw(random).count_ones());
    }
    let rest = calls % 64;
    if rest > 0 {
        failing += u64::from((draw(random) & ((1 << rest) - 1)).count_ones());
    }
    failing
}

/// The number of random words that [`draw_failures`] draws.
pub(crate) fn count_draws(calls: u64, probability: f64) -> u64 {
    let probability = to_fixed_point(probability);
    if probability == 0 || probability >> FRACTION_BITS != 0 {
        return 0;
    }
    calls.div_ceil(64).saturating_mul(u64::from(FRACTION_BITS - probability.trailing_zeros()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is clamped")]
fn to_fixed_point(probability: f64) -> u32 {
    (probability.clamp(0.0, 1.0) * f64::from(1_u32 << FRACTION_BITS)).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probability_0_and_1_are_exact() {
        let mut random = fastrand::Rng::with_seed(1);
        assert_eq!([draw_failures(1000, 0.0, &mut random), draw_failures(1000, 1.0, &mut random)], [0, 1000]);
        assert_eq!([draw_failures(0, 0.5, &mut random), draw_failures(77, 2.0, &mut random)], [0, 77]);
    }

    #[test]
    fn failures_match_probability() {
        for probability in [0.001, 0.1, 0.25, 0.5, 0.9] {
            let mut random = fastrand::Rng::with_seed(7);
            let failed: u64 = (0..1000).map(|_| draw_failures(999, probability, &mut random)).sum();
            let expected = 999_000.0 * probability;
            // Five standard deviations; the seed is fixed.
            let tolerance = 5.0 * (expected * (1.0 - probability)).sqrt();
            #[expect(clippy::cast_precision_loss, reason = "it is below a million")]
            let off = (failed as f64 - expected).abs();
            assert!(off < tolerance, "{probability}: {failed}");
        }
        let failures_with_seed = |seed| draw_failures(100_000, 0.3, &mut fastrand::Rng::with_seed(seed));
        assert_eq!(failures_with_seed(1), failures_with_seed(1));
        assert_ne!(failures_with_seed(1), failures_with_seed(2));
    }
}
