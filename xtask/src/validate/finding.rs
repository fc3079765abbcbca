//! One finding in a spec.

use std::fmt;

use crate::spec::{Spec, pointer};

/// An error in a spec, with its location and a suggested fix.
#[derive(Debug)]
pub(crate) struct Finding {
    file: String,
    pointer: String,
    problem: String,
    fix: String,
}

impl Finding {
    /// `place` is the parts of a JSON pointer, unescaped.
    pub(super) fn new(spec: &Spec, place: &[&str], problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::at(spec, pointer(place), problem, fix)
    }

    /// The place in the file.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// `pointer` is a JSON pointer (RFC 6901).
    pub(super) fn at(
        spec: &Spec,
        pointer: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { file: spec.file.clone(), pointer: pointer.into(), problem: problem.into(), fix: fix.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}: {}\n  fix: {}", self.file, self.pointer, self.problem, self.fix)
    }
}
