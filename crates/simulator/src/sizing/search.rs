//! The search for the largest value that meets a condition.

use std::ops::RangeInclusive;

/// The largest value of a range that `holds`, if smaller values hold as well. `None` if not even the smallest holds. Starts at a
/// guess, doubles its steps until it has a value that holds and one that does not, and bisects between them.
pub(super) fn find_largest<E>(
    range: &RangeInclusive<u64>,
    guess: u64,
    mut holds: impl FnMut(u64) -> Result<bool, E>,
) -> Result<Option<u64>, E> {
    let (min, max) = (*range.start(), *range.end());
    let guess = guess.clamp(min, max);
    let (mut good, mut bad) = (None, None);
    let (mut value, mut step) = (guess, 1);
    loop {
        if holds(value)? {
            good = Some(value);
            if bad.is_some() || value == max {
                break;
            }
            value = value.saturating_add(step).min(max);
        } else {
            bad = Some(value);
            if good.is_some() {
                break;
            }
            if value == min {
                return Ok(None);
            }
            value = value.saturating_sub(step).max(min);
        }
        step *= 2;
    }
    let (Some(mut good), Some(mut bad)) = (good, bad) else { return Ok(good) };
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if holds(middle)? { good = middle } else { bad = middle }
    }
    Ok(Some(good))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn largest_value_is_found() {
        for (threshold, guess) in [(0, 7), (1, 900), (7, 7), (7, 8), (500, 1), (999, 3), (1000, 1000), (2000, 1)] {
            let mut calls = 0;
            let found = find_largest(&(1..=1000), guess, |value| {
                calls += 1;
                Ok::<_, ()>(value <= threshold)
            });
            assert_eq!(found, Ok((threshold > 0).then_some(threshold.min(1000))), "{threshold} from {guess}");
            assert!(calls <= 22, "{calls} for {threshold} from {guess}");
        }
    }

    #[test]
    fn guess_at_tipping_point_takes_two_tests() {
        let mut tested = Vec::new();
        let found = find_largest(&(1..=20_000), 266, |value| {
            tested.push(value);
            Ok::<_, ()>(value <= 266)
        });
        assert_eq!((found, tested), (Ok(Some(266)), vec![266, 267]));
    }
}
