//! The limits of a traffic pattern, and its errors.

/// Maximum length of a pattern in seconds: a day.
pub const MAX_SECONDS: usize = 86_400;

/// Maximum calls per second: 200 times the documented rate of journeys (5,000 events per second).
pub const MAX_CALLS_PER_SECOND: u32 = 1_000_000;

/// An invalid traffic pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrafficPatternError {
    #[error("the traffic is empty; it must last at least one second")]
    Empty,
    #[error("the traffic is longer than {MAX_SECONDS} seconds")]
    TooLong,
    /// An invalid part of a pattern string.
    #[error("part {part} of the traffic, `{input}`: {problem}")]
    InvalidPart {
        /// Counted from 1.
        part: usize,
        /// The part, possibly truncated.
        input: String,
        problem: String,
    },
    /// An invalid line of CSV.
    #[error("line {line}: {problem}")]
    InvalidLine {
        /// Counted from 1.
        line: usize,
        problem: String,
    },
}

pub(crate) fn too_many_calls() -> String {
    format!("at most {MAX_CALLS_PER_SECOND} calls per second can be simulated")
}
