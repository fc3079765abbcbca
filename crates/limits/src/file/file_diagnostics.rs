//! Collects diagnostics.

use std::collections::HashSet;

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::excerpt;

use super::source_span::SourceSpan;
use crate::{FileDiagnostic, SourceLocation};

pub(crate) const HIDDEN_CHARACTER_CODE: &str = "AJO_LIMITS_HIDDEN_CHARACTER";

/// The diagnostics collected so far.
#[derive(Debug, Default)]
pub(crate) struct FileDiagnostics {
    all: Vec<FileDiagnostic>,
}

impl FileDiagnostics {
    /// Adds an error and returns it, so that the caller can set a hint.
    pub(crate) fn error(&mut self, code: &str, span: &SourceSpan, message: impl Into<String>) -> &mut FileDiagnostic {
        self.add(Severity::Error, code, span, message)
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        code: &str,
        span: &SourceSpan,
        message: impl Into<String>,
    ) -> &mut FileDiagnostic {
        self.all.push(FileDiagnostic {
            code: code.to_owned(),
            severity,
            message: message.into(),
            hint: None,
            location: Some(span.to_location()),
            key: None,
            allowed: None,
        });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    pub(crate) fn extend(&mut self, others: impl IntoIterator<Item = FileDiagnostic>) {
        self.all.extend(others);
    }

    pub(crate) fn append(&mut self, mut others: Self) {
        self.all.append(&mut others.all);
    }

    /// The diagnostics added after the first `count`.
    pub(crate) fn added_since(&mut self, count: usize) -> &mut [FileDiagnostic] {
        &mut self.all[count..]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &FileDiagnostic> {
        self.all.iter()
    }

    /// Replaces the text of each message and hint.
    pub(crate) fn map_texts(&mut self, change: &dyn Fn(&str) -> String) {
        for diagnostic in &mut self.all {
            diagnostic.message = change(&diagnostic.message);
            diagnostic.hint = diagnostic.hint.as_deref().map(change);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.all.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The diagnostics by file and line, without duplicates: a mistake that several aliases bring in is reported once.
    pub(crate) fn into_sorted(self, files: &[String]) -> Vec<FileDiagnostic> {
        let mut all = self.all;
        remove_consequences(&mut all);
        let mut seen = HashSet::new();
        all.retain(|diagnostic| {
            let at = diagnostic.location.as_ref().map(|at| (at.file.clone(), at.line, at.column));
            seen.insert((diagnostic.code.clone(), diagnostic.message.clone(), at))
        });
        all.sort_by_key(|diagnostic| {
            let at = diagnostic.location.as_ref();
            let file = at.and_then(|at| files.iter().position(|file| *file == at.file)).unwrap_or(usize::MAX);
            (file, at.map(|at| (at.line, at.column)))
        });
        all
    }
}

/// Removes what follows from an invisible character: other diagnostics about the text that contains it.
fn remove_consequences(all: &mut Vec<FileDiagnostic>) {
    let is_hidden = |found: &&FileDiagnostic| found.code == HIDDEN_CHARACTER_CODE;
    let mut causes: Vec<SourceLocation> = Vec::new();
    for at in all.iter().filter(is_hidden).filter_map(|found| found.location.as_ref()) {
        causes.retain(|cause| cause == at || !contains(cause, at));
        if !causes.iter().any(|cause| contains(at, cause)) {
            causes.push(at.clone());
        }
    }
    let mut seen: HashSet<(String, u32, u32)> = HashSet::new();
    all.retain(|found| {
        let Some(at) = &found.location else { return true };
        let is_cause = found.code == HIDDEN_CHARACTER_CODE && causes.contains(at);
        if is_cause {
            seen.insert((at.file.clone(), at.line, at.column))
        } else {
            !causes.iter().any(|it| contains(at, it))
        }
    });
}

/// Whether a location contains another one.
fn contains(outer: &SourceLocation, inner: &SourceLocation) -> bool {
    let end = |at: &SourceLocation| at.column.saturating_add(at.length);
    outer.file == inner.file && outer.line == inner.line && outer.column <= inner.column && end(inner) <= end(outer)
}

/// Quotes an excerpt of a file in a message, shortened and escaped.
pub(crate) fn quote_excerpt(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    excerpt(text, MAX_CHARS)
}
