//! Formats rates, shares, and durations.

use ajo_engine::text::group_thousands;

/// Formats a rate, such as `200 calls in 1 s`.
pub(crate) fn format_rate(calls: u64, period_ms: u64) -> String {
    let calls_word = if calls == 1 { "call" } else { "calls" };
    format!("{} {calls_word} in {}", group_thousands(calls), format_period(period_ms))
}

/// Formats a share from 0 to 1 as a percentage with at most one decimal. Only 1 is 100%, and only 0 is 0%.
pub(crate) fn format_share(share: f64) -> String {
    let percent = (share * 1000.0).round() / 10.0;
    if percent >= 100.0 && share < 1.0 {
        return ">99.9%".to_owned();
    }
    if percent == 0.0 && share > 0.0 { "<0.1%".to_owned() } else { format!("{percent}%") }
}

/// Formats a measured duration with about three digits.
pub(crate) fn format_duration(millis: f64) -> String {
    match millis {
        ..10.0 => format!("{} ms", (millis * 100.0).round() / 100.0),
        ..1000.0 => format!("{millis:.0} ms"),
        ..120_000.0 => format!("{} s", (millis / 10.0).round() / 100.0),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a simulation ends within days")]
        _ => format_period((millis / 1000.0).round() as u64 * 1000),
    }
}

/// Formats a duration without loss, in hours, minutes, and seconds.
pub(crate) fn format_period(millis: u64) -> String {
    let (seconds, rest) = (millis / 1000, millis % 1000);
    if rest > 0 {
        return format!("{millis} ms");
    }
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let parts: Vec<_> = parts.iter().filter(|(number, _)| *number > 0).collect();
    if parts.is_empty() {
        return "0 s".to_owned();
    }
    parts.iter().map(|(number, unit)| format!("{number} {unit}")).collect::<Vec<_>>().join(" ")
}

/// Formats a time of the simulation, such as `0:05` or, with hours, `2:00:05`.
pub(crate) fn format_clock(second: usize, with_hours: bool) -> String {
    let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
    if with_hours { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{}:{seconds:02}", second / 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_no_zero_parts() {
        let cases = [
            (1000, "1 s"),
            (500, "500 ms"),
            (60_000, "1 min"),
            (21_600_000, "6 h"),
            (5_400_000, "1 h 30 min"),
            (3_661_000, "1 h 1 min 1 s"),
            (60_100, "60100 ms"),
            (0, "0 s"),
        ];
        for (millis, expected) in cases {
            assert_eq!(format_period(millis), expected);
        }
        assert_eq!(format_rate(1, 1000), "1 call in 1 s");
        assert_eq!(format_rate(300_000, 60_000), "300,000 calls in 1 min");
    }

    #[test]
    fn durations_have_three_digits() {
        let cases = [
            (0.0, "0 ms"),
            (0.063, "0.06 ms"),
            (99.968, "100 ms"),
            (1234.4, "1.23 s"),
            (72_400.0, "72.4 s"),
            (120_400.0, "2 min"),
            (21_600_000.0, "6 h"),
        ];
        for (millis, expected) in cases {
            assert_eq!(format_duration(millis), expected);
        }
    }

    #[test]
    fn only_full_share_is_100_percent() {
        let cases =
            [(0.0, "0%"), (0.0004, "<0.1%"), (0.333, "33.3%"), (0.5, "50%"), (0.999_7, ">99.9%"), (1.0, "100%")];
        for (share, expected) in cases {
            assert_eq!(format_share(share), expected);
        }
    }

    #[test]
    fn clock_has_hours_if_needed() {
        assert_eq!(format_clock(65, false), "1:05");
        assert_eq!(format_clock(7205, true), "2:00:05");
    }
}
