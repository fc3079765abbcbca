//! Errors of faults.

use ajo_engine::untrusted_text::excerpt;

/// An invalid fault, with the expected syntax, or too many faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

impl FaultError {
    pub(super) fn new(text: &str, kind: &str, expected: &str) -> Self {
        Self(format!("`{}` is not a valid {kind}; expected {expected}", excerpt(text, 60)))
    }

    pub(super) fn too_many(max: usize) -> Self {
        Self(format!("at most {max} faults can be active; remove some first"))
    }
}
