//! The findings of a drift report, in the same words for all formats.

use std::path::Path;

use ajo_core::Uid;
use ajo_core::rules::Severity;
use ajo_limits::{
    CommandReport, ConfigDrift, ConfigKey, DEFAULT_CAP_APPLIES, DriftReport, DuplicateConfig, ObservedConfig,
    PatternOverlap, SourceLocation, UnmanagedConfig, UnmanagedReason,
};

use super::diff::{self, DiffSection};
use super::observed_config::{deployed_limit, describe, limit_and_edit};
use super::summary::{note_with_examples, pluralize};
use crate::safe_text::{SafeText, safe};
use crate::shell_quote::shell_quote;

/// An error or a warning about one configuration.
pub(super) struct DriftFinding<'r> {
    pub(super) severity: Severity,
    /// The code in SARIF and annotations.
    pub(super) code: DriftCode,
    pub(super) key: ConfigKey,
    pub(super) uid: Option<&'r Uid>,
    pub(super) location: Option<&'r SourceLocation>,
    pub(super) last_modified_at: Option<&'r String>,
    pub(super) last_modified_by: Option<&'r String>,
    pub(super) sections: Vec<DiffSection>,
    /// Further details.
    pub(super) lines: Vec<SafeText>,
    /// What to do. Several findings can have the same hint.
    pub(super) hint: Option<&'static str>,
}

/// The kinds of findings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DriftCode {
    Drifted,
    Missing,
    Unmanaged,
    RemovedFromFiles,
    Duplicate,
    Overlap,
}

impl DriftCode {
    pub(crate) const ALL: [Self; 6] =
        [Self::Drifted, Self::Missing, Self::Unmanaged, Self::RemovedFromFiles, Self::Duplicate, Self::Overlap];

    /// The code, as in `docs/errors.md`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Drifted => "AJO_LIMITS_DRIFTED",
            Self::Missing => "AJO_LIMITS_MISSING",
            Self::Unmanaged => "AJO_LIMITS_NOT_IN_FILES",
            Self::RemovedFromFiles => "AJO_LIMITS_REMOVED_FROM_FILES",
            Self::Duplicate => "AJO_LIMITS_DUPLICATE",
            Self::Overlap => "AJO_LIMITS_OVERLAP",
        }
    }

    /// One or two words.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Drifted => "drifted",
            Self::Missing => "missing",
            Self::Unmanaged => "unmanaged",
            Self::RemovedFromFiles => "removed",
            Self::Duplicate => "duplicate",
            Self::Overlap => "overlap",
        }
    }

    /// The meaning, as the predicate of a sentence.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Drifted => "differs from the limits file",
            Self::Missing => "not found at the service",
            Self::Unmanaged => "in neither the files nor the state",
            Self::RemovedFromFiles => "in the state, but no longer in the files",
            Self::Duplicate => "several configurations have this URL and these methods",
            Self::Overlap => "another URL pattern matches the same calls",
        }
    }
}

/// The errors and warnings of a report, errors first.
pub(super) fn drift_findings(report: &CommandReport) -> Vec<DriftFinding<'_>> {
    let Some(drift) = &report.drift else { return Vec::new() };
    let configs = drift.configs.iter().map(config_finding);
    let duplicates = drift.duplicates.iter().map(|duplicate| duplicate_finding(duplicate, report));
    let unmanaged = drift.unmanaged.iter().map(unmanaged_finding);
    let overlaps = drift.overlaps.iter().map(overlap_finding);
    let all = configs.chain(duplicates).chain(unmanaged).chain(overlaps);
    let mut findings: Vec<_> = all.filter(|finding| finding.severity != Severity::Note).collect();
    findings.sort_by_key(|finding| finding.severity != Severity::Error);
    findings
}

fn config_finding(drift: &ConfigDrift) -> DriftFinding<'_> {
    let mut lines: Vec<_> = drift.deploy_errors.iter().map(|error| safe!("cannot be deployed: {}", error)).collect();
    let is_live_missing = drift.deploy_mismatch.is_some_and(|deployed| deployed.expected && !deployed.actual);
    lines.extend(is_live_missing.then(|| safe!("no live limit; {}", DEFAULT_CAP_APPLIES)));
    DriftFinding {
        severity: Severity::Error,
        code: if drift.exists { DriftCode::Drifted } else { DriftCode::Missing },
        key: drift.key.clone(),
        uid: drift.uid.as_ref(),
        location: drift.location.as_ref(),
        last_modified_at: drift.last_modified_at.as_ref(),
        last_modified_by: drift.last_modified_by.as_ref(),
        sections: diff::drift_sections(drift),
        lines,
        hint: None,
    }
}

fn unmanaged_finding(unmanaged: &UnmanagedConfig) -> DriftFinding<'_> {
    let UnmanagedConfig { severity, reason, config } = unmanaged;
    let (code, hint) = match reason {
        UnmanagedReason::RemovedFromFiles => (
            DriftCode::RemovedFromFiles,
            "to delete limits that were removed from the files, run `ajo apply --prune`; if their file was deleted, run \
             `ajo import --uid UID FILE` first",
        ),
        UnmanagedReason::NotInState | UnmanagedReason::OtherFiles => (
            DriftCode::Unmanaged,
            "to manage other people's limits, add them to a file and run `ajo import`; to accept them, pass `--unmanaged warn` or \
             `--unmanaged ignore`",
        ),
    };
    let mut lines = vec![deployed_limit(config)];
    let live = config.deploy_state.live_definition().filter(|live| live.key() != config.key());
    lines.extend(live.map(|live| safe!("live for {}", live.key())));
    DriftFinding {
        severity: *severity,
        code,
        key: config.key(),
        uid: Some(&config.uid),
        location: None,
        last_modified_at: config.last_modified_at.as_ref(),
        last_modified_by: config.last_modified_by.as_ref(),
        sections: Vec::new(),
        lines,
        hint: Some(hint),
    }
}

fn duplicate_finding<'r>(duplicate: &'r DuplicateConfig, report: &CommandReport) -> DriftFinding<'r> {
    let mut lines: Vec<_> = duplicate
        .configs
        .iter()
        .map(|config| {
            let action = if config.uid == duplicate.keep { "keep" } else { "delete" };
            safe!("{} {}: {}", action, config.uid.as_str(), limit_and_edit(config))
        })
        .collect();
    lines.push("commands:".into());
    lines.extend(duplicate_commands(duplicate, report).map(|command| safe!("  {}", command)));
    DriftFinding {
        severity: duplicate.severity,
        code: DriftCode::Duplicate,
        key: duplicate.key.clone(),
        uid: None,
        location: duplicate.location.as_ref(),
        last_modified_at: None,
        last_modified_by: None,
        sections: Vec::new(),
        lines,
        hint: Some(
            "how the service combines duplicates is unknown; if the state file of another clone lists a copy, delete its entry, \
             and let both use one state file",
        ),
    }
}

/// The commands that leave only one configuration.
fn duplicate_commands<'r>(duplicate: &'r DuplicateConfig, report: &CommandReport) -> impl Iterator<Item = String> + 'r {
    let quote = |file: &String| shell_quote(Path::new(file));
    let files: Vec<_> = report.files.iter().map(quote).collect();
    let state = report.state_location.as_ref().map_or_else(String::new, |state| format!(" --state {}", quote(state)));
    let import = format!("ajo import {}{state} --uid {}", files.join(" "), duplicate.keep);
    let sandbox = report.sandbox.clone().unwrap_or_default();
    let delete = move |copy: &ObservedConfig| {
        let force = if copy.deploy_state.is_deployed() { " --force" } else { "" };
        format!("ajo {} delete {}{force} --sandbox {sandbox}", duplicate.key.api, copy.uid)
    };
    (!duplicate.is_managed).then_some(import).into_iter().chain(duplicate.copies().map(delete))
}

fn overlap_finding(overlap: &PatternOverlap) -> DriftFinding<'_> {
    DriftFinding {
        severity: overlap.severity,
        code: DriftCode::Overlap,
        key: overlap.key.clone(),
        uid: None,
        location: overlap.location.as_ref(),
        last_modified_at: None,
        last_modified_by: None,
        sections: Vec::new(),
        lines: vec![overlap_line(overlap)],
        hint: Some("which of two limits applies to a call that both match is unknown"),
    }
}

fn overlap_line(overlap: &PatternOverlap) -> SafeText {
    let uid = overlap.other_uid.as_ref().map(|uid| safe!(" ({})", uid.as_str())).unwrap_or_default();
    safe!("{}: {}{}", overlap.relation.as_str(), overlap.other, uid)
}

/// Notes about overlaps between files, and about configurations of other files. The first line of a note is the message, the
/// others name examples.
pub(super) fn drift_notes(drift: &DriftReport) -> Vec<Vec<SafeText>> {
    let overlaps: Vec<_> = drift.overlaps.iter().filter(|overlap| overlap.severity == Severity::Note).collect();
    let pairs = pluralize(overlaps.len(), "pair of URL patterns matches", "pairs of URL patterns match");
    let overlaps = overlaps.iter().map(|overlap| safe!("{}; {}", overlap.key, overlap_line(overlap)));
    let elsewhere = drift.unmanaged.iter().filter(|unmanaged| unmanaged.severity == Severity::Note);
    let elsewhere: Vec<_> = elsewhere.map(|unmanaged| describe(&unmanaged.config)).collect();
    let count = pluralize(elsewhere.len(), "configuration belongs", "configurations belong");
    [
        (safe!("overlap: {} the same calls; which limit applies to them is unknown", pairs), overlaps.collect()),
        (safe!("other files: {} to files that were not passed", count), elsewhere),
    ]
    .into_iter()
    .filter(|(_, examples): &(SafeText, Vec<SafeText>)| !examples.is_empty())
    .map(|(message, examples)| note_with_examples(message, examples))
    .collect()
}
