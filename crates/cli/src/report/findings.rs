//! Chooses the findings that the formats for people show. `json`, `sarif`, and `junit` have all of them.

use std::collections::BTreeSet;

use ajo_core::rules::Severity;
use ajo_limits::{CommandReport, FileDiagnostic, NormalizedConfig};

/// The command in a report about a file with definitions.
pub(crate) const DEFINITION_REPORT: &str = "definition";

/// The findings of a report.
pub(super) struct FindingSelection<'r> {
    /// Errors, and findings about the configurations in the report. Reports about files show all.
    pub(super) shown: Vec<&'r FileDiagnostic>,
    /// The number of findings about other configurations.
    pub(super) others: usize,
    /// The number of findings that a comment accepts.
    pub(super) allowed: usize,
}

impl<'r> FindingSelection<'r> {
    pub(super) fn new(report: &'r CommandReport) -> Self {
        let planned = report.plan.iter().filter(|_| report.results.is_empty()).flat_map(|plan| {
            let blocked = plan.blockers.iter().filter_map(|blocker| blocker.key.as_ref());
            plan.changes.iter().map(|change| &change.key).chain(blocked)
        });
        let drifted = report.drift.iter().flat_map(|drift| drift.configs.iter().map(|drift| &drift.key));
        let keys: BTreeSet<_> = planned.chain(drifted).collect();
        let is_about_files = ["validate", DEFINITION_REPORT].contains(&report.command.as_str());
        let is_shown = |found: &&FileDiagnostic| {
            let is_about = found.key.as_ref().is_some_and(|key| keys.contains(key));
            // Values that the service changed are repeated until the files say the same.
            let is_normalized = found.code == NormalizedConfig::CODE;
            found.severity == Severity::Error || is_about_files || is_about || is_normalized
        };
        let (allowed, open): (Vec<_>, Vec<_>) = report.diagnostics.iter().partition(|found| found.allowed.is_some());
        let (shown, others): (Vec<_>, Vec<_>) = open.into_iter().partition(is_shown);
        Self { shown, others: others.len(), allowed: allowed.len() }
    }
}
