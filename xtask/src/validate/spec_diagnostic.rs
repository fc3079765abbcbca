//! An error in a spec.

use std::fmt;

use crate::spec::{Spec, json_pointer};

/// An error in a spec, with its location and a suggested fix.
#[derive(Debug)]
pub(crate) struct SpecDiagnostic {
    file: String,
    pointer: String,
    problem: String,
    fix: String,
}

impl SpecDiagnostic {
    /// `location` has the unescaped parts of a JSON pointer.
    pub(super) fn new(spec: &Spec, location: &[&str], problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::at_pointer(spec, json_pointer(location), problem, fix)
    }

    /// The JSON pointer of the location.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// `pointer` is a JSON pointer (RFC 6901).
    pub(super) fn at_pointer(
        spec: &Spec,
        pointer: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { file: spec.file.clone(), pointer: pointer.into(), problem: problem.into(), fix: fix.into() }
    }
}

impl fmt::Display for SpecDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}: {}\n  fix: {}", self.file, self.pointer, self.problem, self.fix)
    }
}
