//! Errors of exports.

use std::fmt;

/// A wrong line of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedError {
    /// Counted from 1.
    pub line: usize,
    /// The column as Adobe's query names it, if one is wrong.
    pub column: Option<&'static str>,
    /// Untrusted text in it is escaped and truncated.
    pub problem: String,
}

impl fmt::Display for ObservedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for ObservedError {}
