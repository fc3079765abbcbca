//! The summary sentences of the text formats.

use std::path::Path;

use ajo_core::rules::Severity;
use ajo_limits::{Action, CommandOutcome, CommandReport, ConfigSummary, FileDiagnostic, Plan};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::findings::FindingSelection;
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
    if !report.drifts.is_empty() {
        let count = report.drifts.len();
        lines.push(safe!("{}: {} the files.", command_title(report), differ_from(count)));
    } else if report.outcome == CommandOutcome::Clean && matches!(report.command.as_str(), "drift" | "verify") {
        lines.push("No drift.".into());
    }
    lines
}

/// Notes about configurations that a plan does not change. The first line of a note is the message, the others name examples.
pub(super) fn plan_notes(plan: &Plan) -> Vec<Vec<SafeText>> {
    let mut all = Vec::new();
    let mut mention = |candidates: &[ConfigSummary], text: &dyn Fn(usize) -> SafeText| {
        if candidates.is_empty() {
            return;
        }
        let mut lines = vec![text(candidates.len())];
        lines.extend(candidates.iter().take(MAX_NAMED).map(|candidate| SafeText::escape(&candidate.key)));
        if candidates.len() > MAX_NAMED {
            lines.push(safe!("and {} more", candidates.len() - MAX_NAMED));
        }
        all.push(lines);
    };
    mention(&plan.orphaned, &|count| {
        safe!(
            "orphaned: {} in the state but no longer in the files; --prune deletes {}",
            configs_are(count),
            them(count)
        )
    });
    mention(&plan.importable, &|count| {
        let subject = pluralize(
            count,
            "configuration matches the files but is not in the state",
            "configurations match the files but are not in the state",
        );
        safe!("importable: {}; add {} with `ajo import`", subject, them(count))
    });
    let mut count = |count: usize, text: &dyn Fn(usize) -> SafeText| {
        all.extend((count > 0).then(|| vec![text(count)]));
    };
    count(plan.unmanaged.len(), &|count| {
        safe!("unmanaged: {} in neither the files nor the state; left unchanged", configs_are(count))
    });
    count(plan.stale.len(), &|count| safe!("stale: {}, but the state is out of date", match_files(count)));
    count(plan.missing.len(), &|count| {
        safe!("missing: {} in the state, but neither in the files nor at the service", configs_are(count))
    });
    all
}

/// `1 configuration`, `2 configurations`.
pub(super) fn pluralize(count: usize, one: &str, several: &str) -> SafeText {
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

/// What is not shown, in one line per topic.
fn other_findings_lines(findings: &FindingSelection<'_>, report: &CommandReport) -> Vec<SafeText> {
    let mut lines = Vec::new();
    if findings.others > 0 {
        let count = if findings.shown.is_empty() {
            pluralize(findings.others, "finding", "findings")
        } else {
            pluralize(findings.others, "more finding", "more findings")
        };
        let is_compared = report.plan.is_some() && report.results.is_empty() || !report.drifts.is_empty();
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
    if plan.is_empty() {
        return match unchanged {
            0 => "No changes.".into(),
            count => safe!("No changes: {}.", match_files(count)),
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
    let mut line = safe!("Plan: {}; {} unchanged.", SafeText::join(counts, ", "), unchanged);
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

fn differ_from(count: usize) -> SafeText {
    pluralize(count, "configuration differs from", "configurations differ from")
}

fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}
