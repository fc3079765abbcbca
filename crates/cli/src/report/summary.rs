//! The summary sentences of the text formats.

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Action, CommandOutcome, CommandReport, ConfigSummary, Plan};

use super::config_steps::{ConfigOutcome, ConfigSteps};

/// Maximum number of configurations to name in a note.
const MAX_NAMED: usize = 5;

/// The summary of a report, one line per topic.
pub(super) fn summary_lines(report: &CommandReport) -> Vec<String> {
    let mut lines = Vec::new();
    if !report.diagnostics.is_empty() || report.command == "validate" {
        lines.push(diagnostics_line(report));
    }
    if !report.results.is_empty() {
        lines.push(results_line(report));
    } else if let Some(plan) = &report.plan {
        lines.push(plan_line(plan));
    }
    if !report.drifts.is_empty() {
        let count = report.drifts.len();
        lines.push(format!("{}: {} the files.", command_title(report), differ_from(count)));
    } else if report.outcome == CommandOutcome::Clean && matches!(report.command.as_str(), "drift" | "verify") {
        lines.push("No drift.".to_owned());
    }
    lines
}

/// Notes about configurations that a plan does not change. The first line of a note is the message, the others name examples.
pub(super) fn plan_notes(plan: &Plan) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut mention = |candidates: &[ConfigSummary], text: &dyn Fn(usize) -> String| {
        if candidates.is_empty() {
            return;
        }
        let mut lines = vec![text(candidates.len())];
        lines.extend(candidates.iter().take(MAX_NAMED).map(|candidate| escape(&candidate.key.to_string())));
        if candidates.len() > MAX_NAMED {
            lines.push(format!("and {} more", candidates.len() - MAX_NAMED));
        }
        all.push(lines);
    };
    mention(&plan.orphaned, &|count| {
        format!(
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
        format!("importable: {subject}; add {} with `ajo import`", them(count))
    });
    let mut count = |count: usize, text: &dyn Fn(usize) -> String| {
        all.extend((count > 0).then(|| vec![text(count)]));
    };
    count(plan.unmanaged.len(), &|count| {
        format!("unmanaged: {} in neither the files nor the state; left unchanged", configs_are(count))
    });
    count(plan.stale.len(), &|count| format!("stale: {}, but the state is out of date", match_files(count)));
    count(plan.missing.len(), &|count| {
        format!("missing: {} in the state, but neither in the files nor at the service", configs_are(count))
    });
    all
}

/// `1 configuration`, `2 configurations`.
pub(super) fn pluralize(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

fn diagnostics_line(report: &CommandReport) -> String {
    let count = |severity| report.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts: Vec<_> = counts
        .into_iter()
        .map(|(severity, one)| (count(severity), one))
        .filter(|(count, _)| *count > 0)
        .map(|(count, one)| pluralize(count, one, &format!("{one}s")))
        .collect();
    let files = pluralize(report.files.len(), "file", "files");
    if counts.is_empty() { format!("No problems in {files}.") } else { format!("{} in {files}.", counts.join(", ")) }
}

fn plan_line(plan: &Plan) -> String {
    let unchanged = plan.unchanged;
    if plan.is_empty() {
        return match unchanged {
            0 => "No changes.".to_owned(),
            count => format!("No changes: {}.", match_files(count)),
        };
    }
    let count = |action| plan.changes.iter().filter(|change| change.action == action).count();
    let actions = [Action::Create, Action::Update, Action::Redeploy, Action::Deploy, Action::Undeploy, Action::Delete];
    let counts: Vec<_> = actions
        .into_iter()
        .map(|action| (count(action), action))
        // Users look for these three, so they are shown even if zero.
        .filter(|(count, action)| *count > 0 || matches!(action, Action::Create | Action::Update | Action::Delete))
        .map(|(count, action)| format!("{count} to {action}"))
        .collect();
    let mut line = format!("Plan: {}; {unchanged} unchanged.", counts.join(", "));
    if !plan.blockers.is_empty() {
        line.extend([format!(" Blocked for {}.", pluralize(plan.blockers.len(), "reason", "reasons"))]);
    }
    line
}

fn results_line(report: &CommandReport) -> String {
    let all = ConfigSteps::group_by_config(&report.results);
    let count = |outcome| all.iter().filter(|configuration| configuration.outcome() == outcome).count();
    let counts: Vec<_> = ConfigOutcome::ALL
        .into_iter()
        .map(|outcome| (count(outcome), outcome))
        .filter(|(count, outcome)| *count > 0 || *outcome != ConfigOutcome::Partial)
        .map(|(count, outcome)| format!("{count} {}", outcome.as_str()))
        .collect();
    let cancelled = if report.outcome == CommandOutcome::Cancelled { ", cancelled" } else { "" };
    format!("{}{cancelled}: {}.", command_title(report), counts.join(", "))
}

/// The command name with a capital letter.
fn command_title(report: &CommandReport) -> String {
    let command = escape(&report.command);
    let mut letters = command.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn configs_are(count: usize) -> String {
    pluralize(count, "configuration is", "configurations are")
}

fn match_files(count: usize) -> String {
    pluralize(count, "configuration matches the files", "configurations match the files")
}

fn differ_from(count: usize) -> String {
    pluralize(count, "configuration differs from", "configurations differ from")
}

fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}
