//! Calls per second over time.

use std::str::FromStr;

use ajo_engine::untrusted_text::excerpt;

use crate::traffic::csv;
use crate::traffic::pattern_error::{MAX_CALLS_PER_SECOND, MAX_SECONDS, TrafficPatternError, too_many_calls};

/// The number of calls by journeys in each second.
///
/// The string format is a comma-separated list of parts: `100x60` means 100 calls per second for 60 seconds,
/// `ramp:100-5000x60` grows (or falls) linearly from the first number to the second.
///
/// ```
/// use ajo_simulator::{MAX_CALLS_PER_SECOND, MAX_SECONDS, TrafficPattern, TrafficPatternError};
///
/// let pattern: TrafficPattern = "100x2,ramp:100-400x4".parse()?;
/// assert_eq!(pattern.calls(), [100, 100, 100, 200, 300, 400]);
/// assert_eq!(TrafficPattern::new(vec![100, 100])?, "100x2".parse()?);
/// assert_eq!(TrafficPattern::from_csv("second,calls\n0,100\n2,50\n")?.calls(), [100, 0, 50]);
/// assert!(format!("{MAX_CALLS_PER_SECOND}x{MAX_SECONDS}").parse::<TrafficPattern>().is_ok());
/// assert_eq!(format!("1x{}", MAX_SECONDS + 1).parse::<TrafficPattern>(), Err(TrafficPatternError::TooLong));
/// # Ok::<(), TrafficPatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrafficPattern {
    calls: Vec<u32>,
}

impl TrafficPattern {
    /// Creates a pattern from the calls of each second.
    pub fn new(calls: Vec<u32>) -> Result<Self, TrafficPatternError> {
        if calls.is_empty() {
            return Err(TrafficPatternError::Empty);
        }
        if calls.len() > MAX_SECONDS {
            return Err(TrafficPatternError::TooLong);
        }
        if let Some(second) = calls.iter().position(|calls| *calls > MAX_CALLS_PER_SECOND) {
            let text = calls[second].to_string();
            return Err(TrafficPatternError::InvalidPart { part: second + 1, input: text, problem: too_many_calls() });
        }
        Ok(Self { calls })
    }

    /// Parses CSV: one number per line, or lines `second,calls` in increasing order, where missing seconds have no calls. An
    /// optional header `calls` or `second,calls` names the columns.
    pub fn from_csv(text: &str) -> Result<Self, TrafficPatternError> {
        Self::new(csv::parse_csv(text)?)
    }

    pub fn calls(&self) -> &[u32] {
        &self.calls
    }

    /// The number of calls in all seconds.
    pub fn total(&self) -> u64 {
        self.calls.iter().map(|calls| u64::from(*calls)).sum()
    }
}

impl FromStr for TrafficPattern {
    type Err = TrafficPatternError;

    fn from_str(text: &str) -> Result<Self, TrafficPatternError> {
        if text.trim().is_empty() {
            return Err(TrafficPatternError::Empty);
        }
        let mut calls = Vec::new();
        for (index, part) in text.split(',').map(str::trim).enumerate() {
            let problem = |problem: String| TrafficPatternError::InvalidPart {
                part: index + 1,
                input: excerpt(part, 40),
                problem,
            };
            let (from, to, seconds) = parse_part(part)
                .ok_or_else(|| problem("expected CALLSxSECONDS, such as 100x60, or ramp:FROM-TOxSECONDS".to_owned()))?;
            if from.max(to) > u64::from(MAX_CALLS_PER_SECOND) {
                return Err(problem(too_many_calls()));
            }
            if seconds == 0 {
                return Err(problem("it must last at least one second".to_owned()));
            }
            if seconds > MAX_SECONDS as u64 || calls.len() as u64 + seconds > MAX_SECONDS as u64 {
                return Err(TrafficPatternError::TooLong);
            }
            calls.extend((0..seconds).map(|second| interpolate(from, to, second, seconds)));
        }
        Self::new(calls)
    }
}

/// Parses a part into start rate, end rate and duration.
fn parse_part(part: &str) -> Option<(u64, u64, u64)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (calls, seconds) = part.split_once('x')?;
    let seconds = number(seconds)?;
    match calls.strip_prefix("ramp:") {
        None => number(calls).map(|calls| (calls, calls, seconds)),
        Some(range) => range.split_once('-').and_then(|(from, to)| Some((number(from)?, number(to)?, seconds))),
    }
}

/// A point on a ramp, rounded to an integer. The first second has `from` calls and the last one `to`.
fn interpolate(from: u64, to: u64, second: u64, seconds: u64) -> u32 {
    let steps = seconds.saturating_sub(1).max(1);
    let weighted = from * (steps - second.min(steps)) + to * second.min(steps);
    u32::try_from((weighted + steps / 2) / steps).unwrap_or(MAX_CALLS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Vec<u32> {
        text.parse::<TrafficPattern>().expect("a pattern").calls().to_vec()
    }

    #[test]
    fn parts_join_and_ramps_reach_both_ends() {
        assert_eq!(pattern("2x3,5x1"), [2, 2, 2, 5]);
        assert_eq!(pattern(" 1x1 , ramp:10-0x6"), [1, 10, 8, 6, 4, 2, 0]);
        assert_eq!(pattern("ramp:0-3x3"), [0, 2, 3]);
        assert_eq!(pattern("ramp:7-9x1"), [7]);
        assert_eq!(pattern("0x1"), [0]);
        assert_eq!(pattern("1000000x86400").len(), MAX_SECONDS);
    }

    #[test]
    fn invalid_pattern_error_names_the_part() {
        let cases = [
            ("", "the traffic is empty; it must last at least one second"),
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
            ("1x0", "part 1 of the traffic, `1x0`: it must last at least one second"),
            ("1000001x1", "part 1 of the traffic, `1000001x1`: at most 1000000 calls per second can be simulated"),
            ("1x86000,1x401", "the traffic is longer than 86400 seconds"),
            ("1x18446744073709551615", "the traffic is longer than 86400 seconds"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<TrafficPattern>().expect_err("malformed").to_string(), expected, "{text}");
        }
        assert_eq!(TrafficPattern::new(vec![]), Err(TrafficPatternError::Empty));
        assert_eq!(TrafficPattern::new(vec![0; MAX_SECONDS + 1]), Err(TrafficPatternError::TooLong));
    }
}
