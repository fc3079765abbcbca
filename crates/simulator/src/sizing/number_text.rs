//! Numbers and durations as text.

/// A number with separators: `2,000,000`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

/// A number of things: `1 worker`, `1,200 workers`.
pub(super) fn count(number: u64, name: &str) -> String {
    format!("{} {name}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// A number with at most three decimals: `0.3`, `266.667`.
pub(super) fn decimal(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A rate in whole calls per second if it is at least 10, otherwise with decimals.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are positive and small")]
pub(super) fn rate(value: f64) -> String {
    if value >= 10.0 { thousands(value.round() as u64) } else { decimal(value) }
}

/// A duration in the two largest units: `2 h 47 min`, `56 min 42 s`, `20 s`.
pub(super) fn duration(seconds: u64) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let start = parts.iter().position(|(count, _)| *count > 0).unwrap_or(2);
    let shown = parts.iter().skip(start).take(2).filter(|(count, _)| *count > 0);
    let text: Vec<String> = shown.map(|(count, unit)| format!("{count} {unit}")).collect();
    if text.is_empty() { "0 s".to_owned() } else { text.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([999, 1000, 2_000_000].map(thousands), ["999", "1,000", "2,000,000"]);
        assert_eq!([0.3, 2.0, 800.0 / 3.0].map(decimal), ["0.3", "2", "266.667"]);
        assert_eq!([0.5, 9.99, 266.67, 5000.0].map(rate), ["0.5", "9.99", "267", "5,000"]);
        assert_eq!(
            [0, 20, 60, 3402, 10_020, 7200].map(duration),
            ["0 s", "20 s", "1 min", "56 min 42 s", "2 h 47 min", "2 h"]
        );
    }
}
