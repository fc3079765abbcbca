//! How many of many calls fail, at random.

/// Shares are taken to one part in 65,536: as many random words are drawn for 64 calls as the share then has binary digits.
const DIGITS: u32 = 16;

/// How many of `calls` fail if each fails with the probability `share`, from 0 to 1.
///
/// It is one draw for each call, 64 at a time, and in whole numbers only, so that the same seed gives the same on every
/// machine; floating-point logarithms do not.
pub(crate) fn draw_failures(calls: u64, share: f64, random: &mut fastrand::Rng) -> u64 {
    let share = digits(share);
    if share == 0 {
        return 0;
    }
    if share >> DIGITS != 0 {
        return calls;
    }
    let draw = |random: &mut fastrand::Rng| {
        // From the last binary digit to the first: 1 makes a failure of what was none with one half, 0 takes half away.
        let digits = share.trailing_zeros()..DIGITS;
        digits.fold(0_u64, |failing, digit| match share >> digit & 1 {
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

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to what fits")]
fn digits(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * f64::from(1_u32 << DIGITS)).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_or_none_fail_at_the_ends() {
        let mut random = fastrand::Rng::with_seed(1);
        assert_eq!([draw_failures(1000, 0.0, &mut random), draw_failures(1000, 1.0, &mut random)], [0, 1000]);
        assert_eq!([draw_failures(0, 0.5, &mut random), draw_failures(77, 2.0, &mut random)], [0, 77]);
    }

    #[test]
    fn as_many_fail_as_the_share_says_and_seeds_differ() {
        for share in [0.001, 0.1, 0.25, 0.5, 0.9] {
            let mut random = fastrand::Rng::with_seed(7);
            let failed: u64 = (0..1000).map(|_| draw_failures(999, share, &mut random)).sum();
            let expected = 999_000.0 * share;
            // Five standard deviations; the seed is fixed.
            let tolerance = 5.0 * (expected * (1.0 - share)).sqrt();
            #[expect(clippy::cast_precision_loss, reason = "it is below a million")]
            let off = (failed as f64 - expected).abs();
            assert!(off < tolerance, "{share}: {failed}");
        }
        let of_seed = |seed| draw_failures(100_000, 0.3, &mut fastrand::Rng::with_seed(seed));
        assert_eq!(of_seed(1), of_seed(1));
        assert_ne!(of_seed(1), of_seed(2));
    }
}
