//! A statement about limits, with its label and source.

use serde::Serialize;

/// How well a statement is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StatementLabel {
    /// Adobe's documentation says so.
    Documented,
    /// Adobe's documentation suggests it.
    Inferred,
    /// The service or a file was read just now.
    Observed,
    /// Nothing is published.
    Unknown,
}

impl StatementLabel {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Observed => "observed",
            Self::Unknown => "unknown",
        }
    }
}

/// A statement about limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    pub label: StatementLabel,
    pub text: String,
    /// Pages of Adobe's product documentation, relative to `help/using/` in the repository `AdobeDocs/journey-optimizer.en`, or
    /// the reason.
    pub source: String,
}

impl Statement {
    pub(super) fn documented(text: impl Into<String>, pages: &str) -> Self {
        Self::new(StatementLabel::Documented, text, pages)
    }

    pub(super) fn inferred(text: impl Into<String>, reason: &str) -> Self {
        Self::new(StatementLabel::Inferred, text, reason)
    }

    pub(super) fn observed(text: impl Into<String>, source: &str) -> Self {
        Self::new(StatementLabel::Observed, text, source)
    }

    pub(super) fn unknown(text: impl Into<String>, reason: &str) -> Self {
        Self::new(StatementLabel::Unknown, text, reason)
    }

    fn new(label: StatementLabel, text: impl Into<String>, source: &str) -> Self {
        Self { label, text: text.into(), source: source.to_owned() }
    }
}
