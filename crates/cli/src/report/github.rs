//! Workflow commands for GitHub Actions. The runner shows each one as an annotation at a line of a file.
//!
//! Every output line is a command. The runner parses all lines for commands, so there are no lines with untrusted text.

use ajo_core::rules::Severity;
use ajo_limits::{Blocker, CommandReport, ConfigChange, FileDiagnostic, SourceLocation};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::diff;
use super::drift_finding::{DriftFinding, drift_findings, drift_notes};
use super::findings::FindingSelection;
use super::observed_config::last_modified;
use super::summary;
use super::traffic_effect::{TITLE, effect_lines};
use crate::safe_text::{SafeText, safe};

pub(super) fn render(report: &CommandReport) -> SafeText {
    let mut commands: Vec<SafeText> = Vec::new();
    if let Some(plan) = &report.plan {
        commands.extend(plan.blockers.iter().map(blocker));
        if report.results.is_empty() {
            commands.extend(plan.changes.iter().map(change));
            let unmanaged = summary::unmanaged_lines(plan);
            commands.extend(
                (!unmanaged.is_empty()).then(|| workflow_command("notice", "unmanaged".into(), None, unmanaged)),
            );
        }
    }
    commands.extend(ConfigSteps::group_by_config(&report.results).iter().flat_map(config_steps));
    commands.extend(drift_findings(report).into_iter().map(drift));
    commands.extend(FindingSelection::new(report).shown.into_iter().map(diagnostic));
    let notes = report.drift.as_ref().map(drift_notes).unwrap_or_default().into_iter().map(SafeText::join_lines);
    let notices = notes.chain(report.notes.iter().map(SafeText::escape)).chain(summary::summary_lines(report));
    commands.extend(notices.map(|line| workflow_command("notice", safe!("ajo {}", report.command), None, vec![line])));
    SafeText::join_lines(commands.into_iter().chain([SafeText::default()]))
}

fn diagnostic(diagnostic: &FileDiagnostic) -> SafeText {
    let name = severity_command(diagnostic.severity);
    let mut lines = vec![SafeText::escape(&diagnostic.message)];
    lines.extend(diagnostic.key.as_ref().map(|key| safe!("in {}", key)));
    lines.extend(diagnostic.hint.as_ref().map(|hint| safe!("hint: {}", hint)));
    workflow_command(name, SafeText::escape(&diagnostic.code), diagnostic.location.as_ref(), lines)
}

const fn severity_command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn blocker(blocker: &Blocker) -> SafeText {
    let mut lines = vec![SafeText::escape(&blocker.message)];
    lines.extend(blocker.key.as_ref().map(|key| safe!("for {}", key)));
    lines.extend(blocker.candidates.iter().map(|candidate| {
        let by = candidate.last_modified_by.as_ref().map(|by| safe!(", last modified by {}", by));
        safe!("- {} {}{}", candidate.uid.as_str(), candidate.key, by.unwrap_or_default())
    }));
    lines.push(safe!("hint: {}", blocker.hint));
    workflow_command("error", blocker.reason.code().into(), blocker.location.as_ref(), lines)
}

fn change(change: &ConfigChange) -> SafeText {
    let mut lines = vec![SafeText::escape(&change.key), safe!("reason: {}", change.reason)];
    for part in diff::change_sections(change) {
        lines.push(safe!("{}:", part.title));
        lines.extend(part.field_lines().map(|line| safe!("  {}", line)));
    }
    lines.push(safe!("calls: {}", diff::join_verbs(&change.steps)));
    lines.extend(effect_lines(change, SafeText::escape).into_iter().map(|effect| safe!("{}: {}", TITLE, effect)));
    lines.extend(diff::change_effects(change).into_iter().map(|effect| safe!("note: {}", effect)));
    lines.extend(diff::redeploy_note(change).map(|note| safe!("note: {}", note)));
    workflow_command("notice", safe!("to {}", change.action), change.location.as_ref(), lines)
}

fn drift(finding: DriftFinding<'_>) -> SafeText {
    let mut lines = vec![safe!("{}: {}", finding.key, finding.code.description())];
    lines.extend(finding.uid.map(|uid| safe!("uid {}", uid.as_str())));
    let edited = last_modified(finding.last_modified_at, finding.last_modified_by);
    lines.extend(edited.map(|edited| safe!("last modified: {}", edited)));
    for part in &finding.sections {
        lines.push(safe!("{}:", part.title));
        lines.extend(part.field_lines().map(|line| safe!("  {}", line)));
    }
    lines.extend(finding.lines);
    lines.extend(finding.hint.map(|hint| safe!("hint: {}", hint)));
    workflow_command(severity_command(finding.severity), finding.code.title().into(), finding.location, lines)
}

/// Successful configurations produce no command; the summary counts them.
fn config_steps(one: &ConfigSteps<'_>) -> Vec<SafeText> {
    let live = one.live_limit().map(|live| live.describe().into());
    if matches!(one.outcome(), ConfigOutcome::Partial | ConfigOutcome::NotStarted) {
        let lines = [SafeText::escape(one.key)].into_iter().chain(live);
        return vec![workflow_command("warning", one.outcome().as_str().into(), None, lines.collect())];
    }
    let commands = one.failed_or_unknown().map(|call| {
        let mut lines = vec![safe!("{}: {}", one.key, call.step)];
        let mut title = SafeText::from(one.outcome().as_str());
        if let Some(error) = &call.error {
            lines.push(SafeText::escape(&error.message));
            lines.extend(error.status.map(|status| safe!("status {}", status)));
            lines.extend(error.request_id.as_ref().map(|id| safe!("request {}", id)));
            lines.extend(error.hint.as_ref().map(|hint| safe!("hint: {}", hint)));
            title = error.code.as_deref().map_or(title, SafeText::escape);
        }
        lines.extend(live.clone());
        workflow_command("error", title, None, lines)
    });
    commands.collect()
}

/// Formats a workflow command.
fn workflow_command(
    name: &'static str,
    title: SafeText,
    location: Option<&SourceLocation>,
    lines: Vec<SafeText>,
) -> SafeText {
    let mut properties = Vec::new();
    if let Some(SourceLocation { file, line, column, length }) = location {
        // `endColumn` is inclusive.
        let end = column.saturating_add((*length).max(1) - 1);
        let numbers = [("line", line), ("endLine", line), ("col", column), ("endColumn", &end)];
        properties.push(("file", SafeText::escape(file)));
        properties.extend(numbers.map(|(name, number)| (name, SafeText::escape(number))));
    }
    properties.push(("title", title));
    SafeText::github_command(name, &properties, &SafeText::join_lines(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflow_command_is_escaped() {
        let location = SourceLocation { file: "a,b:c%.yaml".to_owned(), line: 3, column: 5, length: 4 };
        let text = workflow_command("error", "X: Y".into(), Some(&location), vec!["100%".into(), "b".into()]);
        let properties = "file=a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=5,endColumn=8,title=X%3A Y";
        assert_eq!(text.as_str(), format!("::error {properties}::100%25%0Ab"));
    }
}
