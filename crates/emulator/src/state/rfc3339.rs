//! Timestamps in the service's format.

use ajo_engine::Timestamp;

/// The last second of the year 9999: RFC 3339 years have four digits.
const LAST_SECOND: u64 = 253_402_300_799;

/// RFC 3339 in UTC with microseconds, as in the published samples.
///
/// Implemented here because a date crate would be a third of the emulator in the npm package.
pub(crate) fn format_rfc3339(at: Timestamp) -> String {
    let (seconds, millis) = ((at.as_millis() / 1000).min(LAST_SECOND), at.as_millis() % 1000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, so that the leap day is the last of its year (Hinnant's `civil_from_days`).
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    // A list has thousands of timestamps, and `format!` is several times slower.
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    for (end, places, mut number) in
        [(4, 4, year), (7, 2, month), (10, 2, day), (13, 2, hour), (16, 2, minute), (19, 2, second), (23, 3, millis)]
    {
        for digit in text[end - places..end].iter_mut().rev() {
            *digit += (number % 10).to_le_bytes()[0];
            number /= 10;
        }
    }
    String::from_utf8(text.to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn timestamp_equals_jiff(millis in 0_u64..253_402_207_200_000) {
            let at = jiff::Timestamp::from_millisecond(i64::try_from(millis).expect("small")).expect("a moment");
            let expected = at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
            prop_assert_eq!(format_rfc3339(Timestamp::from_millis(millis)), expected);
        }
    }

    #[test]
    fn calendar_edge_cases() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999000Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000000Z"),
            (u64::MAX, "9999-12-31T23:59:59.615000Z"),
        ] {
            assert_eq!(format_rfc3339(Timestamp::from_millis(millis)), expected);
        }
    }
}
