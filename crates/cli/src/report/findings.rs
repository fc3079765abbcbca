//! Chooses the findings that the formats for people show. `json`, `sarif`, and `junit` have all of them.

use std::collections::BTreeSet;
use std::path::Path;

use ajo_core::rules::Severity;
use ajo_limits::{CommandReport, FileDiagnostic};

use super::summary::pluralize;
use crate::safe_text::{SafeText, safe};
use crate::shell_quote::shell_quote;

/// The findings of a report.
pub(super) struct FindingSelection<'r> {
    /// Errors, and what is about the configurations that the report is about. `ajo validate` shows all.
    pub(super) shown: Vec<&'r FileDiagnostic>,
    /// The number of findings about other configurations.
    others: usize,
    /// The number of findings that a comment accepts.
    allowed: usize,
}

impl<'r> FindingSelection<'r> {
    pub(super) fn new(report: &'r CommandReport) -> Self {
        let planned = report.plan.iter().filter(|_| report.results.is_empty()).flat_map(|plan| {
            let blocked = plan.blockers.iter().filter_map(|blocker| blocker.key.as_ref());
            plan.changes.iter().map(|change| &change.key).chain(blocked)
        });
        let keys: BTreeSet<_> = planned.chain(report.drifts.iter().map(|drift| &drift.key)).collect();
        let is_shown = |found: &&FileDiagnostic| {
            let is_about = found.key.as_ref().is_some_and(|key| keys.contains(key));
            found.severity == Severity::Error || report.command == "validate" || is_about
        };
        let (allowed, open): (Vec<_>, Vec<_>) = report.diagnostics.iter().partition(|found| found.allowed.is_some());
        let (shown, others): (Vec<_>, Vec<_>) = open.into_iter().partition(is_shown);
        Self { shown, others: others.len(), allowed: allowed.len() }
    }

    /// What is not shown, in one line per topic.
    pub(super) fn rest_lines(&self, report: &CommandReport) -> Vec<SafeText> {
        let mut lines = Vec::new();
        if self.others > 0 {
            let more = if self.shown.is_empty() { "" } else { "more " };
            let count = pluralize(self.others, safe!("{}finding", more).as_str(), safe!("{}findings", more).as_str());
            let is_compared = report.plan.is_some() && report.results.is_empty() || !report.drifts.is_empty();
            let about = if is_compared { " for unchanged limits" } else { "" };
            let files = report.files.iter().map(|file| safe!(" {}", shell_quote(Path::new(file))));
            lines.push(safe!("{}{}: ajo validate{}", count, about, SafeText::join(files, "")));
        }
        if self.allowed > 0 && report.command == "validate" {
            let count = pluralize(self.allowed, "finding is", "findings are");
            lines.push(safe!("{} allowed by comments.", count));
        }
        lines
    }
}
