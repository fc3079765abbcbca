//! A fault that cannot be read.

use ajo_engine::untrusted_text::excerpt;

/// A text that is no fault, and what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

impl FaultError {
    pub(super) fn new(text: &str, what: &str, expected: &str) -> Self {
        Self(format!("`{}` is no {what}; expected {expected}", excerpt(text, 60)))
    }

    pub(super) fn too_many(max: usize) -> Self {
        Self(format!("no more than {max} faults can be set; take some away"))
    }
}
