//! Formatting of timestamps.

use ajo_auth::Timestamp;

/// Formats a timestamp in UTC, without fractional seconds.
pub(crate) fn format_rfc3339(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
