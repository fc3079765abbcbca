//! What is found in files, collected.

use std::collections::HashSet;

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::excerpt;

use super::span::Mark;
use crate::Finding;

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
}

impl Findings {
    /// Adds an error; what it gives can be told a hint.
    pub(crate) fn error(&mut self, code: &str, mark: &Mark, message: impl Into<String>) -> &mut Finding {
        self.add(Severity::Error, code, mark, message)
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        code: &str,
        mark: &Mark,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.all.push(Finding {
            code: code.to_owned(),
            severity,
            message: message.into(),
            hint: None,
            place: Some(mark.place()),
            key: None,
        });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    pub(crate) fn extend(&mut self, others: impl IntoIterator<Item = Finding>) {
        self.all.extend(others);
    }

    pub(crate) fn append(&mut self, mut others: Self) {
        self.all.append(&mut others.all);
    }

    /// Those found after so many others, to be told what is known of them later.
    pub(crate) fn since(&mut self, count: usize) -> &mut [Finding] {
        &mut self.all[count..]
    }

    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.all.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// All, in the order of the files and of their lines, and none twice: what several aliases bring in is wrong once.
    pub(crate) fn into_sorted(self, files: &[String]) -> Vec<Finding> {
        let mut all = self.all;
        let mut seen = HashSet::new();
        all.retain(|finding| {
            let at = finding.place.as_ref().map(|at| (at.file.clone(), at.line, at.column));
            seen.insert((finding.code.clone(), finding.message.clone(), at))
        });
        all.sort_by_key(|finding| {
            let at = finding.place.as_ref();
            let file = at.and_then(|at| files.iter().position(|file| *file == at.file)).unwrap_or(usize::MAX);
            (file, at.map(|at| (at.line, at.column)))
        });
        all
    }
}

/// Quotes text of a file in a message, shortened and escaped.
pub(crate) fn quote(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    excerpt(text, MAX_CHARS)
}
