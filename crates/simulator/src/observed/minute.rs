//! Minutes of the clock.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A minute. Its time zone is the one of the export, and is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(u32);

/// Minutes of a day.
pub(crate) const MINUTES_PER_DAY: u32 = 1440;

impl Minute {
    /// The number of minutes since the start of 1970.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The minute that is this many minutes later.
    #[must_use]
    pub const fn plus(self, minutes: u32) -> Self {
        Self(self.0.saturating_add(minutes))
    }

    /// The minute that is this many minutes earlier.
    #[must_use]
    pub const fn minus(self, minutes: u32) -> Self {
        Self(self.0.saturating_sub(minutes))
    }

    /// The first minute of the day.
    #[must_use]
    pub const fn start_of_day(self) -> Self {
        Self(self.0 - self.0 % MINUTES_PER_DAY)
    }
}

impl FromStr for Minute {
    type Err = String;

    /// Parses `yyyy/MM/dd HH:mm` or `yyyy-MM-dd HH:mm`, from 1970 to 9999.
    fn from_str(text: &str) -> Result<Self, String> {
        parse(text.as_bytes()).map(Self).ok_or_else(|| "expected yyyy/MM/dd HH:mm, such as 2026/11/29 08:15".to_owned())
    }
}

fn parse(text: &[u8]) -> Option<u32> {
    let [y1, y2, y3, y4, first, m1, m2, second, d1, d2, b' ', h1, h2, b':', n1, n2] = *text else { return None };
    if first != second || !matches!(first, b'/' | b'-') {
        return None;
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute) = (number(&[h1, h2])?, number(&[n1, n2])?);
    let valid = year >= 1970 && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    (valid && hour < 24 && minute < 60)
        .then(|| (days_before(year, month) + day - 1) * MINUTES_PER_DAY + hour * 60 + minute)
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from the start of 1970 to the start of a month.
fn days_before(year: u32, month: u32) -> u32 {
    let leap_days = |year: u32| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    years + (1..month).map(|month| days_in_month(year, month)).sum::<u32>()
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0 / MINUTES_PER_DAY;
        let mut year = 1970 + days / 366;
        while days_before(year + 1, 1) <= days {
            year += 1;
        }
        let mut day = days - days_before(year, 1);
        let mut month = 1;
        while day >= days_in_month(year, month) {
            day -= days_in_month(year, month);
            month += 1;
        }
        let (hour, minute) = (self.0 % MINUTES_PER_DAY / 60, self.0 % 60);
        write!(f, "{year:04}-{month:02}-{:02} {hour:02}:{minute:02}", day + 1)
    }
}

impl Serialize for Minute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_parse_and_display() {
        let cases = [
            ("1970/01/01 00:00", 0),
            ("1970/12/31 23:59", 525_599),
            ("2000/02/29 00:00", 15_863_040),
            ("2024/03/01 12:34", 28_488_274),
            ("2026/11/29 08:15", 29_932_335),
            ("2100/03/01 00:00", 68_459_040),
            ("9999/12/31 23:59", 4_223_371_679),
        ];
        for (text, number) in cases {
            let minute: Minute = text.parse().expect(text);
            assert_eq!(minute.number(), number, "{text}");
            assert_eq!(minute.to_string(), text.replace('/', "-"));
            assert_eq!(minute.to_string().parse(), Ok(minute));
        }
    }

    #[test]
    fn invalid_minutes_are_rejected() {
        for text in [
            "",
            "2026/11/29",
            "2026/11/29 08:15:00",
            "2026/11-29 08:15",
            "2026.11.29 08:15",
            "29/11/2026 08:15",
            "2026/11/31 08:15",
            "2025/02/29 08:15",
            "2026/00/29 08:15",
            "2026/13/29 08:15",
            "2026/11/00 08:15",
            "2026/11/29 24:00",
            "2026/11/29 08:60",
            "2026/11/29T08:15",
            "1969/12/31 23:59",
            "2026/1 /29 08:15",
            "+026/11/29 08:15",
        ] {
            assert!(text.parse::<Minute>().is_err(), "{text}");
        }
    }
}
