//! A pattern from a CSV.

use ajo_engine::untrusted_text::excerpt;

use crate::pattern_error::{MOST_CALLS, MOST_SECONDS, PatternError, too_many};

/// The calls of each second.
pub(crate) fn read(text: &str) -> Result<Vec<u32>, PatternError> {
    let mut calls: Vec<u32> = Vec::new();
    let mut columns = None;
    // A byte order mark is what spreadsheets put first.
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let at = |problem: String| PatternError::Line { line: index + 1, problem };
        let fields: Vec<&str> = line.split(',').map(|cell| cell.trim().trim_matches('"').trim()).collect();
        if fields == [""] {
            continue;
        }
        if columns.is_none() && (fields == ["calls"] || fields == ["second", "calls"]) {
            columns = Some(fields.len());
            continue;
        }
        let expected = *columns.get_or_insert(fields.len());
        if fields.len() != expected || expected > 2 {
            let form = if expected == 1 { "one number of calls" } else { "SECOND,CALLS" };
            return Err(at(format!("expected {form}, found `{}`", excerpt(line, 40))));
        }
        let number = |cell: &str| {
            let digits = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
            let number: Option<u64> = digits.then(|| cell.parse().ok()).flatten();
            number.ok_or_else(|| at(format!("`{}` is not a whole number", excerpt(cell, 40))))
        };
        let of_second = number(fields[expected - 1])?;
        let of_second = u32::try_from(of_second).ok().filter(|calls| *calls <= MOST_CALLS);
        let of_second = of_second.ok_or_else(|| at(too_many()))?;
        let second = if expected == 2 { number(fields[0])? } else { calls.len() as u64 };
        if second >= MOST_SECONDS as u64 {
            return Err(at(format!("only the seconds from 0 to {} can be played", MOST_SECONDS - 1)));
        }
        let second = usize::try_from(second).unwrap_or(MOST_SECONDS);
        if second < calls.len() {
            return Err(at(format!("second {second} comes after second {}; they have to rise", calls.len() - 1)));
        }
        calls.resize(second, 0);
        calls.push(of_second);
    }
    Ok(calls)
}

#[cfg(test)]
mod tests {
    use crate::pattern::Pattern;

    #[test]
    fn both_forms_are_read_with_and_without_a_head() {
        for text in
            ["5\n0\n7\n", "calls\n5\n0\n7", "second,calls\r\n0,5\r\n2,7\r\n", "0, 5\n2, 7\n\n", "\u{feff}0,\"5\"\n2,7"]
        {
            assert_eq!(Pattern::from_csv(text).expect("a pattern").calls(), [5, 0, 7], "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let cases = [
            ("", "the traffic is empty; it has to last at least a second"),
            ("second,calls\n", "the traffic is empty; it has to last at least a second"),
            ("5\nmany\n", "line 2: `many` is not a whole number"),
            ("5\n-1\n", "line 2: `-1` is not a whole number"),
            ("1.5\n", "line 1: `1.5` is not a whole number"),
            ("time,calls\n0,5\n", "line 1: `calls` is not a whole number"),
            ("0,5\n7\n", "line 2: expected SECOND,CALLS, found `7`"),
            ("calls\n0,5\n", "line 2: expected one number of calls, found `0,5`"),
            ("1,2,3\n", "line 1: expected SECOND,CALLS, found `1,2,3`"),
            ("0,5\n0,5\n", "line 2: second 0 comes after second 0; they have to rise"),
            ("0,1000001\n", "line 1: at most 1000000 calls a second can be played"),
            ("86400,1\n", "line 1: only the seconds from 0 to 86399 can be played"),
            ("99999999999999999999,1\n", "line 1: `99999999999999999999` is not a whole number"),
        ];
        for (text, expected) in cases {
            assert_eq!(Pattern::from_csv(text).expect_err("malformed").to_string(), expected, "{text:?}");
        }
    }
}
