//! Decimal numbers as integers, so that comparisons are exact.

/// A decimal number from 0 on, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(u128);

const MILLIONTHS: u128 = 1_000_000;

impl Decimal {
    pub(crate) const fn from_integer(number: u64) -> Self {
        Self(number as u128 * MILLIONTHS)
    }

    /// Rounds to millionths; a negative number is 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
    pub(crate) fn from_float(number: f64) -> Self {
        Self((number * 1e6).round() as u128)
    }

    /// A part of a whole in percent.
    pub(crate) const fn percentage(part: u64, whole: u64) -> Self {
        if whole == 0 { Self(0) } else { Self(part as u128 * 100 * MILLIONTHS / whole as u128) }
    }

    /// Parses digits with an optional fraction of up to six digits. Without sign, exponent, and separators.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (integer, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(integer) || !is_number(fraction) || integer.len() > 15 || fraction.len() > 6 {
            return None;
        }
        let millionths = format!("{fraction:0<6}").parse::<u128>().ok()?;
        Some(Self(integer.parse::<u128>().ok()? * MILLIONTHS + millionths))
    }

    pub(crate) const fn times(self, factor: u64) -> Self {
        Self(self.0 * factor as u128)
    }

    #[expect(clippy::cast_precision_loss, reason = "for output")]
    pub(crate) fn to_float(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

/// Formats a duration: milliseconds below a second, seconds below two minutes, then hours, minutes, and full seconds.
pub(crate) fn format_duration(millis: Decimal) -> String {
    let exact = millis.to_float();
    if exact < 1000.0 {
        return format!("{} ms", round(exact));
    }
    if exact < 120_000.0 {
        return format!("{} s", round(exact / 1000.0));
    }
    let seconds = millis.0.div_ceil(1000 * MILLIONTHS);
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let parts = parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}"));
    parts.collect::<Vec<_>>().join(" ")
}

/// Rounds to at most three decimals.
pub(crate) fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_parses_digits_only() {
        assert_eq!(Decimal::parse("12"), Some(Decimal::from_integer(12)));
        assert_eq!(Decimal::parse("33.3"), Some(Decimal(33_300_000)));
        assert_eq!(Decimal::parse("0.000001"), Some(Decimal(1)));
        for text in ["", ".5", "1.", "-1", "+1", "1e3", "1,000", "1_000", "0.0000001", "1000000000000000"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_readable() {
        let cases = [
            (0, "0 ms"),
            (999, "999 ms"),
            (72_400, "72.4 s"),
            (120_000, "2 min"),
            (120_001, "2 min 1 s"),
            (14_400_000, "4 h"),
            (21_661_000, "6 h 1 min 1 s"),
        ];
        for (millis, expected) in cases {
            assert_eq!(format_duration(Decimal::from_integer(millis)), expected);
        }
        assert_eq!(format_duration(Decimal::from_float(0.0625)), "0.063 ms");
    }
}
