//! Calls per second over time.

use std::str::FromStr;

use ajo_engine::untrusted_text::excerpt;

use crate::csv;
use crate::pattern_error::{MOST_CALLS, MOST_SECONDS, PatternError, too_many};

/// How many calls journeys make in each second.
///
/// As text, parts with commas between them: `100x60` is 100 calls a second for 60 seconds, `ramp:100-5000x60` grows (or
/// falls) evenly from the first number to the second.
///
/// ```
/// use ajo_simulator::{MOST_CALLS, MOST_SECONDS, Pattern, PatternError};
///
/// let pattern: Pattern = "100x2,ramp:100-400x4".parse()?;
/// assert_eq!(pattern.calls(), [100, 100, 100, 200, 300, 400]);
/// assert_eq!(Pattern::new(vec![100, 100])?, "100x2".parse()?);
/// assert_eq!(Pattern::from_csv("second,calls\n0,100\n2,50\n")?.calls(), [100, 0, 50]);
/// assert!(format!("{MOST_CALLS}x{MOST_SECONDS}").parse::<Pattern>().is_ok());
/// assert_eq!(format!("1x{}", MOST_SECONDS + 1).parse::<Pattern>(), Err(PatternError::TooLong));
/// # Ok::<(), PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    calls: Vec<u32>,
}

impl Pattern {
    /// One number for each second.
    pub fn new(calls: Vec<u32>) -> Result<Self, PatternError> {
        if calls.is_empty() {
            return Err(PatternError::Empty);
        }
        if calls.len() > MOST_SECONDS {
            return Err(PatternError::TooLong);
        }
        if let Some(second) = calls.iter().position(|calls| *calls > MOST_CALLS) {
            let text = calls[second].to_string();
            return Err(PatternError::Part { part: second + 1, text, problem: too_many() });
        }
        Ok(Self { calls })
    }

    /// Reads a CSV: one number of calls a line, or lines `second,calls` in rising order, where seconds that are left out have
    /// no calls. A first line `calls` or `second,calls` names the columns.
    pub fn from_csv(text: &str) -> Result<Self, PatternError> {
        Self::new(csv::read(text)?)
    }

    /// The calls of each second.
    pub fn calls(&self) -> &[u32] {
        &self.calls
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        if text.trim().is_empty() {
            return Err(PatternError::Empty);
        }
        let mut calls = Vec::new();
        for (index, part) in text.split(',').map(str::trim).enumerate() {
            let problem = |problem: String| PatternError::Part { part: index + 1, text: excerpt(part, 40), problem };
            let (from, to, seconds) = numbers(part)
                .ok_or_else(|| problem("expected CALLSxSECONDS, such as 100x60, or ramp:FROM-TOxSECONDS".to_owned()))?;
            if from.max(to) > u64::from(MOST_CALLS) {
                return Err(problem(too_many()));
            }
            if seconds == 0 {
                return Err(problem("it has to last at least a second".to_owned()));
            }
            if seconds > MOST_SECONDS as u64 || calls.len() as u64 + seconds > MOST_SECONDS as u64 {
                return Err(PatternError::TooLong);
            }
            calls.extend((0..seconds).map(|second| between(from, to, second, seconds)));
        }
        Self::new(calls)
    }
}

/// From how many calls to how many, and in how many seconds.
fn numbers(part: &str) -> Option<(u64, u64, u64)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (calls, seconds) = part.split_once('x')?;
    let seconds = number(seconds)?;
    match calls.strip_prefix("ramp:") {
        None => number(calls).map(|calls| (calls, calls, seconds)),
        Some(range) => range.split_once('-').and_then(|(from, to)| Some((number(from)?, number(to)?, seconds))),
    }
}

/// A point of a ramp, to the nearest whole number; its first second has `from` and its last one `to`.
fn between(from: u64, to: u64, second: u64, seconds: u64) -> u32 {
    let steps = seconds.saturating_sub(1).max(1);
    let weighted = from * (steps - second.min(steps)) + to * second.min(steps);
    u32::try_from((weighted + steps / 2) / steps).unwrap_or(MOST_CALLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Vec<u32> {
        text.parse::<Pattern>().expect("a pattern").calls().to_vec()
    }

    #[test]
    fn parts_follow_one_another_and_ramps_reach_both_their_ends() {
        assert_eq!(pattern("2x3,5x1"), [2, 2, 2, 5]);
        assert_eq!(pattern(" 1x1 , ramp:10-0x6"), [1, 10, 8, 6, 4, 2, 0]);
        assert_eq!(pattern("ramp:0-3x3"), [0, 2, 3]);
        assert_eq!(pattern("ramp:7-9x1"), [7]);
        assert_eq!(pattern("0x1"), [0]);
        assert_eq!(pattern("1000000x86400").len(), MOST_SECONDS);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_part() {
        let cases = [
            ("", "the traffic is empty; it has to last at least a second"),
            (
                "100x60,5000",
                "part 2 of the traffic, `5000`: expected CALLSxSECONDS, such as 100x60, or ramp:FROM-TOxSECONDS",
            ),
            ("+1x1", "part 1 of the traffic, `+1x1`: expected CALLSxSECONDS, such as 100x60, or ramp:FROM-TOxSECONDS"),
            (
                "ramp:5x1",
                "part 1 of the traffic, `ramp:5x1`: expected CALLSxSECONDS, such as 100x60, or ramp:FROM-TOxSECONDS",
            ),
            ("x", "part 1 of the traffic, `x`: expected CALLSxSECONDS, such as 100x60, or ramp:FROM-TOxSECONDS"),
            ("1x0", "part 1 of the traffic, `1x0`: it has to last at least a second"),
            ("1000001x1", "part 1 of the traffic, `1000001x1`: at most 1000000 calls a second can be played"),
            ("1x86000,1x401", "the traffic is longer than 86400 seconds"),
            ("1x18446744073709551615", "the traffic is longer than 86400 seconds"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Pattern>().expect_err("malformed").to_string(), expected, "{text}");
        }
        assert_eq!(Pattern::new(vec![]), Err(PatternError::Empty));
        assert_eq!(Pattern::new(vec![0; MOST_SECONDS + 1]), Err(PatternError::TooLong));
    }
}
