//! The summary sentences of the text formats.

use std::collections::BTreeSet;
use std::path::Path;

use ajo_core::rules::Severity;
use ajo_limits::{
    Action, CommandOutcome, CommandReport, ConfigKey, ConfigSummary, DriftReport, FileDiagnostic, NotGivenConfig, Plan,
};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::findings::FindingSelection;
use super::observed_config::describe;
use crate::safe_text::{SafeText, safe};
use crate::shell_quote::shell_quote;

/// Maximum number of configurations to name in a note.
const MAX_NAMED: usize = 5;

/// The summary of a report, one line per topic.
pub(super) fn summary_lines(report: &CommandReport) -> Vec<SafeText> {
    let mut lines = Vec::new();
    let findings = FindingSelection::new(report);
    if !findings.shown.is_empty() || report.command == "validate" {
        lines.push(findings_line(&findings.shown, report.files.len()));
    }
    lines.extend(other_findings_lines(&findings, report));
    if !report.results.is_empty() {
        lines.push(results_line(report));
    } else if let Some(plan) = &report.plan {
        lines.push(plan_line(plan));
    }
    lines.extend(report.drift.as_ref().map(|drift| drift_line(report, drift)));
    lines
}

/// Notes about configurations that a plan does not change. The first line of a note is the message, the others name examples.
pub(super) fn plan_notes(plan: &Plan) -> Vec<Vec<SafeText>> {
    let mut notes = Vec::new();
    let mut add = |examples: Vec<SafeText>, message: &dyn Fn(usize) -> SafeText| {
        if !examples.is_empty() {
            notes.push(note_with_examples(message(examples.len()), examples));
        }
    };
    let not_given = plan.not_given.iter().map(|NotGivenConfig { config, file }| {
        safe!("{} in {}", config.key, file.as_deref().unwrap_or("an unknown file"))
    });
    add(not_given.collect(), &|count| {
        safe!("not given: {} in the state, but in files that were not passed; left unchanged", configs_are(count))
    });
    let unclear = plan.unclear_replacements.iter().map(|unclear| {
        let keys = |keys: &[ConfigKey]| SafeText::join(keys.iter().map(SafeText::escape), ", ");
        safe!("{} may replace {}", keys(&unclear.appeared), keys(&unclear.disappeared))
    });
    add(unclear.collect(), &|_| {
        "unclear: new limits may replace removed ones; they are created, and the old ones stay until you prune them. To change \
         a limit in place, change one entry per apply".into()
    });
    let keys = |configs: &[ConfigSummary]| configs.iter().map(|config| SafeText::escape(&config.key)).collect();
    add(keys(&plan.orphaned), &|count| {
        safe!(
            "orphaned: {} in the state but no longer in the files; --prune deletes {}",
            configs_are(count),
            them(count)
        )
    });
    add(keys(&plan.importable), &|count| {
        let subject = pluralize(
            count,
            "configuration matches the files but is not in the state",
            "configurations match the files but are not in the state",
        );
        safe!("importable: {}; add {} with `ajo import`", subject, them(count))
    });
    notes.extend(unknown_fields_line(plan).map(|line| vec![line]));
    if !plan.stale.is_empty() {
        let subject = match_files(plan.stale.len());
        notes.push(vec![safe!("stale: {}, but the state is out of date; `ajo apply` updates it", subject)]);
    }
    if !plan.missing.is_empty() {
        let subject = configs_are(plan.missing.len());
        notes.push(vec![safe!("missing: {} in the state, but neither in the files nor at the service", subject)]);
    }
    notes
}

/// The names of the fields that `ajo` does not know.
fn unknown_fields_line(plan: &Plan) -> Option<SafeText> {
    let names: BTreeSet<_> = plan.unknown_fields.iter().flat_map(|unknown| &unknown.fields).collect();
    if names.is_empty() {
        return None;
    }
    let omitted = names.len().saturating_sub(MAX_NAMED);
    let more = if omitted > 0 { safe!(" and {} more", omitted) } else { SafeText::default() };
    Some(safe!(
        "unknown fields: {} that `ajo` does not know: {}{}; updates keep them, and `extra` in the file sets them",
        pluralize(plan.unknown_fields.len(), "configuration has fields", "configurations have fields"),
        SafeText::join(names.into_iter().take(MAX_NAMED).map(SafeText::escape), ", "),
        more
    ))
}

/// A message about unmanaged configurations, and one line for each. Empty if there are none.
pub(super) fn unmanaged_lines(plan: &Plan) -> Vec<SafeText> {
    if plan.unmanaged.is_empty() {
        return Vec::new();
    }
    let (count, deployed) = (configs_are(plan.unmanaged.len()), plan.unmanaged_count.deployed);
    let message =
        safe!("unmanaged: {} in neither the files nor the state ({} deployed); left unchanged", count, deployed);
    std::iter::once(message).chain(plan.unmanaged.iter().map(describe)).collect()
}

/// A message, followed by the first few examples.
pub(super) fn note_with_examples(message: SafeText, mut examples: Vec<SafeText>) -> Vec<SafeText> {
    let omitted = examples.len().saturating_sub(MAX_NAMED);
    examples.truncate(MAX_NAMED);
    examples.extend((omitted > 0).then(|| safe!("and {} more", omitted)));
    examples.insert(0, message);
    examples
}

/// `1 configuration`, `2 configurations`.
pub(crate) fn pluralize(count: usize, one: &str, several: &str) -> SafeText {
    safe!("{} {}", count, if count == 1 { one } else { several })
}

fn findings_line(findings: &[&FileDiagnostic], files: usize) -> SafeText {
    let count = |severity| findings.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .map(|(severity, one, several)| (count(severity), one, several))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, several)| pluralize(count, one, several))
        .collect();
    let files = pluralize(files, "file", "files");
    if counts.is_empty() {
        safe!("No problems in {}.", files)
    } else {
        safe!("{} in {}.", SafeText::join(counts, ", "), files)
    }
}

/// The findings that are not shown, in one line per topic.
fn other_findings_lines(findings: &FindingSelection<'_>, report: &CommandReport) -> Vec<SafeText> {
    let mut lines = Vec::new();
    if findings.others > 0 {
        let count = if findings.shown.is_empty() {
            pluralize(findings.others, "finding", "findings")
        } else {
            pluralize(findings.others, "more finding", "more findings")
        };
        let is_compared = report.plan.is_some() && report.results.is_empty() || report.drift.is_some();
        let about = if is_compared { " for unchanged limits" } else { "" };
        let files = report.files.iter().map(|file| safe!(" {}", shell_quote(Path::new(file))));
        lines.push(safe!("{}{}: ajo validate{}", count, about, SafeText::join(files, "")));
    }
    if findings.allowed > 0 && report.command == "validate" {
        lines.push(safe!("{} allowed by comments.", pluralize(findings.allowed, "finding is", "findings are")));
    }
    lines
}

fn plan_line(plan: &Plan) -> SafeText {
    let unchanged = plan.unchanged;
    let unmanaged = match plan.unmanaged.len() {
        0 => SafeText::default(),
        count => safe!("; {} unmanaged", count),
    };
    if plan.is_empty() {
        return match unchanged {
            0 => safe!("No changes{}.", unmanaged),
            count => safe!("No changes: {}{}.", match_files(count), unmanaged),
        };
    }
    let count = |action| plan.changes.iter().filter(|change| change.action == action).count();
    let actions = [Action::Create, Action::Update, Action::Redeploy, Action::Deploy, Action::Undeploy, Action::Delete];
    let counts: Vec<_> = actions
        .into_iter()
        .map(|action| (count(action), action))
        // Users look for these three, so they are shown even if zero.
        .filter(|(count, action)| *count > 0 || matches!(action, Action::Create | Action::Update | Action::Delete))
        .map(|(count, action)| safe!("{} to {}", count, action))
        .collect();
    let mut line = safe!("Plan: {}; {} unchanged{}.", SafeText::join(counts, ", "), unchanged, unmanaged);
    if !plan.blockers.is_empty() {
        line = safe!("{} Blocked for {}.", line, pluralize(plan.blockers.len(), "reason", "reasons"));
    }
    line
}

fn results_line(report: &CommandReport) -> SafeText {
    let all = ConfigSteps::group_by_config(&report.results);
    let count = |outcome| all.iter().filter(|configuration| configuration.outcome() == outcome).count();
    let counts: Vec<_> = ConfigOutcome::ALL
        .into_iter()
        .map(|outcome| (count(outcome), outcome))
        .filter(|(count, outcome)| *count > 0 || *outcome != ConfigOutcome::Partial)
        .map(|(count, outcome)| safe!("{} {}", count, outcome.as_str()))
        .collect();
    let cancelled = if report.outcome == CommandOutcome::Cancelled { ", cancelled" } else { "" };
    safe!("{}{}: {}.", command_title(report), cancelled, SafeText::join(counts, ", "))
}

fn drift_line(report: &CommandReport, drift: &DriftReport) -> SafeText {
    let unmanaged = || drift.unmanaged.iter().map(|unmanaged| unmanaged.severity);
    let duplicates = || drift.duplicates.iter().map(|duplicate| duplicate.severity);
    let errors =
        |severities: &mut dyn Iterator<Item = Severity>| severities.filter(|it| *it == Severity::Error).count();
    let parts = [
        (drift.configs.len(), "differs from the files", "differ from the files"),
        (errors(&mut duplicates()), "has duplicates", "have duplicates"),
        (errors(&mut unmanaged()), "is in no file", "are in no file"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, several)| {
        safe!("{} {}", pluralize(count, "configuration", "configurations"), if count == 1 { one } else { several })
    });
    let mut parts: Vec<_> = parts.collect();
    let title = if parts.is_empty() {
        let is_unknown = report.outcome == CommandOutcome::Blocked;
        parts.push(if is_unknown { "Drift is unknown" } else { "No drift" }.into());
        SafeText::default()
    } else {
        safe!("{}: ", command_title(report))
    };
    let overlaps = drift.overlaps.iter().map(|overlap| overlap.severity);
    let warnings = unmanaged().chain(duplicates()).chain(overlaps).filter(|it| *it == Severity::Warning).count();
    parts.extend((warnings > 0).then(|| pluralize(warnings, "warning", "warnings")));
    safe!("{}{}.", title, SafeText::join(parts, "; "))
}

/// The command name with a capital letter.
fn command_title(report: &CommandReport) -> SafeText {
    let mut letters = report.command.chars();
    letters.next().map_or_else(SafeText::default, |first| safe!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
}

fn configs_are(count: usize) -> SafeText {
    pluralize(count, "configuration is", "configurations are")
}

fn match_files(count: usize) -> SafeText {
    pluralize(count, "configuration matches the files", "configurations match the files")
}

fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}
