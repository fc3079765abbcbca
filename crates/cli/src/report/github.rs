//! Workflow commands for GitHub Actions. The runner shows each one as an annotation at a line of a file.
//!
//! Every output line is a command. The runner parses all lines for commands, so there are no lines with untrusted text.

use ajo_core::rules::Severity;
use ajo_limits::{Blocker, CommandReport, ConfigChange, ConfigDrift, FileDiagnostic, SourceLocation};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::diff;
use super::findings::FindingSelection;
use super::summary;
use crate::safe_text::{SafeText, safe};

pub(super) fn render(report: &CommandReport) -> SafeText {
    let mut commands: Vec<SafeText> = Vec::new();
    if let Some(plan) = &report.plan {
        commands.extend(plan.blockers.iter().map(blocker));
        if report.results.is_empty() {
            commands.extend(plan.changes.iter().map(change));
        }
    }
    commands.extend(ConfigSteps::group_by_config(&report.results).iter().flat_map(config_steps));
    commands.extend(report.drifts.iter().map(drift));
    commands.extend(FindingSelection::new(report).shown.into_iter().map(diagnostic));
    let notices = report.notes.iter().map(SafeText::escape).chain(summary::summary_lines(report));
    commands.extend(notices.map(|line| workflow_command("notice", safe!("ajo {}", report.command), None, vec![line])));
    SafeText::join_lines(commands.into_iter().chain([SafeText::default()]))
}

fn diagnostic(diagnostic: &FileDiagnostic) -> SafeText {
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut lines = vec![SafeText::escape(&diagnostic.message)];
    lines.extend(diagnostic.key.as_ref().map(|key| safe!("in {}", key)));
    lines.extend(diagnostic.hint.as_ref().map(|hint| safe!("hint: {}", hint)));
    workflow_command(name, SafeText::escape(&diagnostic.code), diagnostic.location.as_ref(), lines)
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
    lines.extend(diff::redeploy_warning(change).map(|warning| safe!("note: {}", warning)));
    workflow_command("notice", safe!("to {}", change.action), change.location.as_ref(), lines)
}

fn drift(drift: &ConfigDrift) -> SafeText {
    let mut lines = vec![SafeText::escape(&drift.key)];
    let by = drift.last_modified_by.as_ref().map(|by| safe!("last modified by {}", by));
    lines.extend(by);
    for part in diff::drift_sections(drift) {
        lines.push(safe!("{}:", part.title));
        lines.extend(part.field_lines().map(|line| safe!("  {}", line)));
    }
    lines.extend(drift.deploy_errors.iter().map(|error| safe!("cannot be deployed: {}", error)));
    let title = if drift.exists { "drifted" } else { "missing" };
    workflow_command("warning", title.into(), drift.location.as_ref(), lines)
}

/// Successful configurations produce no command; the summary counts them.
fn config_steps(one: &ConfigSteps<'_>) -> Vec<SafeText> {
    if matches!(one.outcome(), ConfigOutcome::Partial | ConfigOutcome::NotStarted) {
        return vec![workflow_command("warning", one.outcome().as_str().into(), None, vec![SafeText::escape(one.key)])];
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
