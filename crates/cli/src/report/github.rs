//! Workflow commands for GitHub Actions. The runner shows each one as an annotation at a line of a file.
//!
//! Every output line is a command. The runner parses all lines for commands, so there are no lines with untrusted text.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Blocker, CommandReport, ConfigChange, ConfigDrift, FileDiagnostic, SourceLocation};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::diff;
use super::summary;

pub(super) fn render(report: &CommandReport) -> String {
    let mut commands: Vec<String> = report.diagnostics.iter().map(diagnostic).collect();
    if let Some(plan) = &report.plan {
        commands.extend(plan.blockers.iter().map(blocker));
        if report.results.is_empty() {
            commands.extend(plan.changes.iter().map(change));
        }
    }
    commands.extend(ConfigSteps::group_by_config(&report.results).iter().flat_map(config_steps));
    commands.extend(report.drifts.iter().map(drift));
    let notices = report.notes.iter().map(|note| escape(note)).chain(summary::summary_lines(report));
    commands.extend(
        notices.map(|line| workflow_command("notice", &format!("ajo {}", escape(&report.command)), None, &[line])),
    );
    commands.into_iter().map(|command| command + "\n").collect()
}

fn diagnostic(diagnostic: &FileDiagnostic) -> String {
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut lines = vec![escape(&diagnostic.message)];
    lines.extend(diagnostic.key.as_ref().map(|key| format!("in {}", escape(&key.to_string()))));
    lines.extend(diagnostic.hint.as_ref().map(|hint| format!("hint: {}", escape(hint))));
    workflow_command(name, &escape(&diagnostic.code), diagnostic.location.as_ref(), &lines)
}

fn blocker(blocker: &Blocker) -> String {
    let mut lines = vec![escape(&blocker.message)];
    lines.extend(blocker.key.as_ref().map(|key| format!("for {}", escape(&key.to_string()))));
    lines.extend(blocker.candidates.iter().map(|candidate| {
        let by = candidate.last_modified_by.as_ref().map(|by| format!(", last modified by {}", escape(by)));
        let key = escape(&candidate.key.to_string());
        format!("- {} {key}{}", escape(candidate.uid.as_str()), by.unwrap_or_default())
    }));
    lines.push(format!("hint: {}", escape(&blocker.hint)));
    workflow_command("error", blocker.reason.code(), blocker.location.as_ref(), &lines)
}

fn change(change: &ConfigChange) -> String {
    let mut lines = vec![escape(&change.key.to_string()), format!("reason: {}", escape(&change.reason.to_string()))];
    for part in diff::change_sections(change) {
        lines.push(format!("{}:", part.title));
        lines.extend(part.field_lines().map(|line| format!("  {line}")));
    }
    lines.push(format!("calls: {}", diff::join_verbs(&change.steps)));
    lines.extend(diff::redeploy_warning(change).map(|warning| format!("note: {warning}")));
    workflow_command("notice", &format!("to {}", change.action), change.location.as_ref(), &lines)
}

fn drift(drift: &ConfigDrift) -> String {
    let mut lines = vec![escape(&drift.key.to_string())];
    let by = drift.last_modified_by.as_ref().map(|by| format!("last modified by {}", escape(by)));
    lines.extend(by);
    for part in diff::drift_sections(drift) {
        lines.push(format!("{}:", part.title));
        lines.extend(part.field_lines().map(|line| format!("  {line}")));
    }
    lines.extend(drift.deploy_errors.iter().map(|error| format!("cannot be deployed: {}", escape(error))));
    workflow_command("warning", if drift.exists { "drifted" } else { "missing" }, drift.location.as_ref(), &lines)
}

/// Successful configurations produce no command; the summary counts them.
fn config_steps(one: &ConfigSteps<'_>) -> Vec<String> {
    let key = escape(&one.key.to_string());
    if matches!(one.outcome(), ConfigOutcome::Partial | ConfigOutcome::NotStarted) {
        return vec![workflow_command("warning", one.outcome().as_str(), None, &[key])];
    }
    let commands = one.failed_or_unknown().map(|call| {
        let mut lines = vec![format!("{key}: {}", call.step)];
        let mut title = one.outcome().as_str().to_owned();
        if let Some(error) = &call.error {
            lines.push(escape(&error.message));
            lines.extend(error.status.map(|status| format!("status {status}")));
            lines.extend(error.request_id.as_ref().map(|id| format!("request {}", escape(id))));
            lines.extend(error.hint.as_ref().map(|hint| format!("hint: {}", escape(hint))));
            title = error.code.as_deref().map_or(title, escape);
        }
        workflow_command("error", &title, None, &lines)
    });
    commands.collect()
}

/// Formats a workflow command. The strings are already safe for a terminal; this adds the escapes that the runner decodes.
fn workflow_command(name: &str, title: &str, location: Option<&SourceLocation>, lines: &[String]) -> String {
    let location = location.map(|location| {
        let SourceLocation { file, line, column, length } = location;
        // `endColumn` is inclusive.
        let end = column.saturating_add((*length).max(1) - 1);
        let file = escape_property(&escape(file));
        format!("file={file},line={line},endLine={line},col={column},endColumn={end},")
    });
    let location = location.unwrap_or_default();
    format!("::{name} {location}title={}::{}", escape_property(title), escape_data(&lines.join("\n")))
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflow_command_is_escaped() {
        let location = SourceLocation { file: "a,b:c%.yaml".to_owned(), line: 3, column: 5, length: 4 };
        let text = workflow_command("error", "X: Y", Some(&location), &["100%".to_owned(), "b".to_owned()]);
        let properties = "file=a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=5,endColumn=8,title=X%3A Y";
        assert_eq!(text, format!("::error {properties}::100%25%0Ab"));
    }
}
