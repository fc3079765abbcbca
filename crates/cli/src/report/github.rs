//! For the log of a workflow of GitHub Actions: the runner shows each command at the line of the file that it names.
//!
//! Every line is a command. The runner looks for commands in other lines too, so there are none with text of others in them.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Change, Drift, Finding, Place, Refusal, Report};

use super::config_outcome::{ConfigOutcome, Configuration};
use super::diff;
use super::summary;

pub(super) fn render(report: &Report) -> String {
    let mut commands: Vec<String> = report.findings.iter().map(finding).collect();
    if let Some(plan) = &report.plan {
        commands.extend(plan.refusals.iter().map(refusal));
        if report.results.is_empty() {
            commands.extend(plan.changes.iter().map(change));
        }
    }
    commands.extend(Configuration::all(&report.results).iter().flat_map(configuration));
    commands.extend(report.drifts.iter().map(drift));
    let told = report.notes.iter().map(|note| escape(note)).chain(summary::closing(report));
    commands.extend(told.map(|line| command("notice", &format!("ajo {}", escape(&report.command)), None, &[line])));
    commands.into_iter().map(|command| command + "\n").collect()
}

fn finding(finding: &Finding) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Remark => "notice",
    };
    let mut lines = vec![escape(&finding.message)];
    lines.extend(finding.key.as_ref().map(|key| format!("in {}", escape(&key.to_string()))));
    lines.extend(finding.hint.as_ref().map(|hint| format!("hint: {}", escape(hint))));
    command(name, &escape(&finding.code), finding.place.as_ref(), &lines)
}

fn refusal(refusal: &Refusal) -> String {
    let mut lines = vec![escape(&refusal.message)];
    lines.extend(refusal.key.as_ref().map(|key| format!("for {}", escape(&key.to_string()))));
    lines.extend(refusal.candidates.iter().map(|candidate| {
        let by = candidate.last_modified_by.as_ref().map(|by| format!(", last modified by {}", escape(by)));
        let key = escape(&candidate.key.to_string());
        format!("- {} {key}{}", escape(candidate.uid.as_str()), by.unwrap_or_default())
    }));
    lines.push(format!("hint: {}", escape(&refusal.hint)));
    command("error", refusal.why.code(), refusal.place.as_ref(), &lines)
}

fn change(change: &Change) -> String {
    let mut lines = vec![escape(&change.key.to_string()), format!("why: {}", escape(&change.cause.to_string()))];
    for part in diff::of_change(change) {
        lines.push(format!("{}:", part.title));
        lines.extend(part.told().map(|line| format!("  {line}")));
    }
    lines.push(format!("calls: {}", diff::calls(&change.steps)));
    lines.extend(diff::warning(change).map(|warning| format!("note: {warning}")));
    command("notice", &format!("to {}", change.kind), change.place.as_ref(), &lines)
}

fn drift(drift: &Drift) -> String {
    let mut lines = vec![escape(&drift.key.to_string())];
    let by = drift.last_modified_by.as_ref().map(|by| format!("last modified by {}", escape(by)));
    lines.extend(by);
    for part in diff::of_drift(drift) {
        lines.push(format!("{}:", part.title));
        lines.extend(part.told().map(|line| format!("  {line}")));
    }
    lines.extend(drift.verdict.iter().map(|verdict| format!("the service says: {}", escape(verdict))));
    command("warning", if drift.present { "drifted" } else { "missing" }, drift.place.as_ref(), &lines)
}

/// Nothing for what was done: the summary counts it.
fn configuration(one: &Configuration<'_>) -> Vec<String> {
    let key = escape(&one.key.to_string());
    if matches!(one.outcome(), ConfigOutcome::Partly | ConfigOutcome::NotStarted) {
        return vec![command("warning", one.outcome().as_str(), None, &[key])];
    }
    let told = one.troubles().map(|call| {
        let mut lines = vec![format!("{key}: {}", call.step)];
        let mut title = one.outcome().as_str().to_owned();
        if let Some(error) = &call.error {
            lines.push(escape(&error.message));
            lines.extend(error.status.map(|status| format!("status {status}")));
            lines.extend(error.request_id.as_ref().map(|id| format!("request {}", escape(id))));
            lines.extend(error.hint.as_ref().map(|hint| format!("hint: {}", escape(hint))));
            title = error.code.as_deref().map_or(title, escape);
        }
        command("error", &title, None, &lines)
    });
    told.collect()
}

/// A command. The texts in it are harmless already, and what the command's own form needs is escaped here, as the runner
/// takes it back.
fn command(name: &str, title: &str, place: Option<&Place>, lines: &[String]) -> String {
    let place = place.map(|place| {
        let Place { file, line, column, length } = place;
        // The runner takes the last column that is meant.
        let end = column.saturating_add((*length).max(1) - 1);
        let file = property(&escape(file));
        format!("file={file},line={line},endLine={line},col={column},endColumn={end},")
    });
    let place = place.unwrap_or_default();
    format!("::{name} {place}title={}::{}", property(title), data(&lines.join("\n")))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_escaped_as_the_runner_takes_it_back() {
        let place = Place { file: "a,b:c%.yaml".to_owned(), line: 3, column: 5, length: 4 };
        let text = command("error", "X: Y", Some(&place), &["100%".to_owned(), "b".to_owned()]);
        let properties = "file=a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=5,endColumn=8,title=X%3A Y";
        assert_eq!(text, format!("::error {properties}::100%25%0Ab"));
    }
}
