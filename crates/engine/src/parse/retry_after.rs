//! The header `Retry-After`.

use core::time::Duration;

use crate::text::{parse_decimal, trim};
use crate::{Timestamp, parse_http_date};

/// Parses the header `Retry-After`: seconds or a date (RFC 9110, section 10.2.3). `None` for anything else.
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = trim(value);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that does not fit means forever.
        return Some(Duration::from_secs(parse_decimal(value).unwrap_or(u64::MAX)));
    }
    parse_http_date(value).map(|date| date.saturating_since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_seconds_and_dates_are_parsed() {
        let now = Timestamp::from_millis(784_111_770_000);
        let cases = [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(7)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("1e3", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
        ];
        for (value, seconds) in cases {
            assert_eq!(parse_retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }
}
