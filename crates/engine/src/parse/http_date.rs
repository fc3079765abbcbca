//! Dates in HTTP headers (RFC 9110, section 5.6.7).

use alloc::string::String;

use crate::Timestamp;
use crate::text::{find_any, split_at, trim};

/// The months with their lengths.
const MONTHS: [(&str, u64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// The weekdays, starting with the weekday of the epoch.
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// Parses a date in one of the three formats `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, and
/// `Sun Nov  6 08:49:37 1994`. The weekday must be correct, and the year must be 1970 or later.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    let text = trim(text);
    let (weekday, rest) = split_at(text, find_any(text, b", ")?);
    let is_short = weekday.len() == 3;
    let format = match rest.len() {
        26 if is_short => ", dd bbb yyyy hh:mm:ss GMT",
        21 if is_short => " bbb ed hh:mm:ss yyyy",
        24 if !is_short => ", dd-bbb-yy hh:mm:ss GMT",
        _ => return None,
    };
    let (mut numbers, mut month) = ([0; 5], String::new());
    for (expected, found) in format.bytes().zip(rest.bytes()) {
        match expected {
            b'b' => month.push(char::from(found)),
            // The first digit of a day can be a space.
            b'e' if found == b' ' => {}
            _ => match b"ydhmse".iter().position(|field| *field == expected) {
                Some(field) if found.is_ascii_digit() => {
                    let number = &mut numbers[if field == 5 { 1 } else { field }];
                    *number = *number * 10 + u64::from(found - b'0');
                }
                None if expected == found => {}
                _ => return None,
            },
        }
    }
    let [mut year, day, hour, minute, second] = numbers;
    if !is_short {
        year += if year < 70 { 2000 } else { 1900 };
    }
    let days = days_since_epoch(day, &month, year)?;
    let expected = WEEKDAYS[usize::try_from(days % 7).ok()?];
    let expected = if is_short { split_at(expected, 3).0 } else { expected };
    if weekday != expected || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    Some(Timestamp::from_millis(seconds * 1000))
}

fn days_since_epoch(day: u64, month: &str, year: u64) -> Option<u64> {
    let is_leap_year = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let index = MONTHS.iter().position(|(name, _)| *name == month)?;
    let leap_day = |index: usize| u64::from(index == 1 && is_leap_year);
    if year < 1970 || !(1..=MONTHS[index].1 + leap_day(index)).contains(&day) {
        return None;
    }
    let months: u64 = (0..index).map(|index| MONTHS[index].1 + leap_day(index)).sum();
    let leap_days = |before: u64| (before - 1) / 4 - (before - 1) / 100 + (before - 1) / 400;
    Some((year - 1970) * 365 + leap_days(year) - leap_days(1970) + months + day - 1)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use proptest::prelude::*;

    use super::*;

    fn compare(text: &str) {
        let expected = httpdate::parse_http_date(text).ok();
        let expected = expected.map(|date| date.duration_since(SystemTime::UNIX_EPOCH).expect("after the epoch"));
        let parse = |text: &str| parse_http_date(text).map(|date| date.saturating_since(Timestamp::from_millis(0)));
        let mut parsed = parse(text);
        if parsed.is_none() && expected.is_some() {
            // In the second format, httpdate accepts any byte instead of the space before the time.
            let (date, time) = text.trim().split_at(text.trim().len() - "08:49:37 GMT".len());
            parsed = parse(&format!("{} {time}", &date[..date.len() - 1]));
        }
        assert_eq!(parsed, expected, "{text:?}");
    }

    /// A date in each format. The second format has a two-digit year.
    fn formats(seconds: u64) -> [String; 3] {
        let imf = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        let (weekday, date) = imf.split_once(", ").expect("a weekday");
        let [day, month, year, time, _] = date.split(' ').collect::<Vec<_>>()[..] else { panic!("{imf}") };
        let full = WEEKDAYS.iter().find(|name| name.starts_with(weekday)).expect("a weekday");
        let rfc850 = format!("{full}, {day}-{month}-{} {time} GMT", &year[2..]);
        let padded = day.strip_prefix('0').map_or(day.to_owned(), |digit| format!(" {digit}"));
        [imf.clone(), rfc850, format!("{weekday} {month} {padded} {time} {year}")]
    }

    proptest! {
        #[test]
        fn date_parses_like_httpdate(
            seconds in 0..253_402_300_800_u64,
            format in 0..3_usize,
            index in any::<prop::sample::Index>(),
            other in "[ -~é]{0,2}",
        ) {
            let text = formats(seconds)[format].clone();
            compare(&text);
            let index = index.index(text.len());
            compare(&format!("{}{other}{}", &text[..index], &text[index + 1..]));
            compare(&format!("{}{other}{}", &text[..index], &text[index..]));
        }
    }

    #[test]
    fn date_limits_match_httpdate() {
        for text in [
            "Thu, 29 Feb 2024 00:00:00 GMT",
            "Wed, 29 Feb 2023 00:00:00 GMT",
            "Sun, 29 Feb 2100 00:00:00 GMT",
            "Tue, 29 Feb 2000 23:59:59 GMT",
            "Fri, 31 Apr 2026 00:00:00 GMT",
            "Sat, 00 Jan 2000 00:00:00 GMT",
            "Sun, 29 Nov 2026 24:00:00 GMT",
            "Sun, 29 Nov 2026 00:60:00 GMT",
            "Sun, 29 Nov 2026 00:00:60 GMT",
            "Wed, 31 Dec 1969 23:59:59 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Mon, 29 Nov 2026 00:00:00 GMT",
            "Sunday, 29-Nov-26 00:00:00 GMT",
            "Sun, 29-Nov-26 00:00:00 GMT",
            "Sunday, 29 Nov 2026 00:00:00 GMT",
            "Thursday, 01-Jan-70 00:00:00 GMT",
            "Monday, 31-Dec-69 00:00:00 GMT",
            "Tuesday, 31-Dec-69 00:00:00 GMT",
            "",
            "GMT",
            ", GMT",
            "Sun,  GMT",
            " ",
        ] {
            compare(text);
        }
    }
}
