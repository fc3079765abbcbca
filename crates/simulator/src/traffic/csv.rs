//! Parses a traffic pattern from CSV.

use ajo_engine::untrusted_text::excerpt;

use crate::traffic::pattern_error::{MAX_CALLS_PER_SECOND, MAX_SECONDS, TrafficPatternError, too_many_calls};

/// Returns the calls of each second.
pub(crate) fn parse_csv(text: &str) -> Result<Vec<u32>, TrafficPatternError> {
    let mut calls: Vec<u32> = Vec::new();
    let mut columns = None;
    // Spreadsheets start the file with a byte order mark.
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let at = |problem: String| TrafficPatternError::InvalidLine { line: index + 1, problem };
        let fields: Vec<&str> = line.split(',').map(|cell| cell.trim().trim_matches('"').trim()).collect();
        if fields == [""] {
            continue;
        }
        if columns.is_none() && is_heading(&fields) {
            columns = Some(fields.len());
            continue;
        }
        let expected = *columns.get_or_insert(fields.len());
        if fields.len() != expected || expected > 2 {
            let line_format = if expected == 1 { "one number per line" } else { "SECOND,CALLS" };
            return Err(at(format!("expected {line_format}, found `{}`", excerpt(line, 40))));
        }
        let number = |cell: &str| {
            let digits = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
            let number: Option<u64> = digits.then(|| cell.parse().ok()).flatten();
            number.ok_or_else(|| at(format!("`{}` is not a non-negative integer", excerpt(cell, 40))))
        };
        let calls_in_second = number(fields[expected - 1])?;
        let calls_in_second = u32::try_from(calls_in_second).ok().filter(|calls| *calls <= MAX_CALLS_PER_SECOND);
        let calls_in_second = calls_in_second.ok_or_else(|| at(too_many_calls()))?;
        let second = if expected == 2 { number(fields[0])? } else { calls.len() as u64 };
        if second >= MAX_SECONDS as u64 {
            return Err(at(format!("the second must be from 0 to {}", MAX_SECONDS - 1)));
        }
        let second = usize::try_from(second).unwrap_or(MAX_SECONDS);
        if second < calls.len() {
            return Err(at(format!("second {second} follows second {}; seconds must increase", calls.len() - 1)));
        }
        calls.resize(second, 0);
        calls.push(calls_in_second);
    }
    Ok(calls)
}

/// Whether a line is the heading `calls` or `second,calls`, in any case.
fn is_heading(fields: &[&str]) -> bool {
    match fields {
        [calls] => calls.eq_ignore_ascii_case("calls"),
        [second, calls] => second.eq_ignore_ascii_case("second") && calls.eq_ignore_ascii_case("calls"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::traffic::pattern::TrafficPattern;

    #[test]
    fn formats_parse_with_or_without_header() {
        for text in
            ["5\n0\n7\n", "calls\n5\n0\n7", "SECOND,Calls\r\n0,5\r\n2,7\r\n", "0, 5\n2, 7\n\n", "\u{feff}0,\"5\"\n2,7"]
        {
            assert_eq!(TrafficPattern::from_csv(text).expect("a pattern").calls(), [5, 0, 7], "{text:?}");
        }
    }

    #[test]
    fn invalid_csv_error_names_the_line() {
        let cases = [
            ("", "the traffic is empty; it must last at least one second"),
            ("second,calls\n", "the traffic is empty; it must last at least one second"),
            ("5\nmany\n", "line 2: `many` is not a non-negative integer"),
            ("5\n-1\n", "line 2: `-1` is not a non-negative integer"),
            ("1.5\n", "line 1: `1.5` is not a non-negative integer"),
            ("time,calls\n0,5\n", "line 1: `calls` is not a non-negative integer"),
            ("0,5\n7\n", "line 2: expected SECOND,CALLS, found `7`"),
            ("calls\n0,5\n", "line 2: expected one number per line, found `0,5`"),
            ("1,2,3\n", "line 1: expected SECOND,CALLS, found `1,2,3`"),
            ("0,5\n0,5\n", "line 2: second 0 follows second 0; seconds must increase"),
            ("0,1000001\n", "line 1: at most 1000000 calls per second can be simulated"),
            ("86400,1\n", "line 1: the second must be from 0 to 86399"),
            ("99999999999999999999,1\n", "line 1: `99999999999999999999` is not a non-negative integer"),
        ];
        for (text, expected) in cases {
            assert_eq!(TrafficPattern::from_csv(text).expect_err("malformed").to_string(), expected, "{text:?}");
        }
    }
}
