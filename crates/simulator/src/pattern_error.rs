//! The bounds of a pattern, and why one cannot be read.

/// The longest pattern, in seconds. Chosen here: a day.
pub const MOST_SECONDS: usize = 86_400;

/// Most calls of one second. Chosen here: 200 times what journeys are documented to make (5,000 events a second).
pub const MOST_CALLS: u32 = 1_000_000;

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// There is nothing in it.
    #[error("the traffic is empty; it has to last at least a second")]
    Empty,
    /// It is too long.
    #[error("the traffic is longer than {MOST_SECONDS} seconds")]
    TooLong,
    /// One part of a text cannot be read.
    #[error("part {part} of the traffic, `{text}`: {problem}")]
    Part {
        /// Which one; the first is 1.
        part: usize,
        /// The part, cut where it is long.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// One line of a CSV cannot be read.
    #[error("line {line}: {problem}")]
    Line {
        /// Which one; the first is 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

pub(crate) fn too_many() -> String {
    format!("at most {MOST_CALLS} calls a second can be played")
}
