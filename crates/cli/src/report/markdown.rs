//! A pull request comment in GitHub Flavored Markdown.
//!
//! The first line is an invisible marker. Workflows use it to find and replace the comment of an earlier run.

use ajo_engine::untrusted_text::excerpt;
use ajo_limits::{Blocker, CommandReport, ConfigChange, ConfigDrift, ConfigSummary, FileDiagnostic, StepState};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::diff::{self, DiffSection};
use super::summary;

mod bounded_comment;
mod inline;

use bounded_comment::BoundedComment;
use inline::{code, marker_comment, text};

const CHANGES_HEADER: &str = "| | | Configuration | Reason | Calls |\n|---|---|---|---|---|\n";
const CONFIGURATIONS_HEADER: &str = "| | Configuration | Done | Not done |\n|---|---|---|---|\n";
const DRIFTS_HEADER: &str = "| | Configuration | Last modified | By |\n|---|---|---|---|\n";

pub(super) fn render(report: &CommandReport) -> String {
    let mut page = BoundedComment::new(heading(report));
    if let Some(plan) = &report.plan {
        page.add_list("blockers", "", plan.blockers.iter().map(blocker));
    }
    page.add_list("diagnostics", "", report.diagnostics.iter().map(diagnostic));
    page.add_list(
        "configurations",
        CONFIGURATIONS_HEADER,
        ConfigSteps::group_by_config(&report.results).iter().map(config_row),
    );
    let plan = report.plan.as_ref().filter(|_| report.results.is_empty());
    if let Some(plan) = plan {
        page.add_list("changes", CHANGES_HEADER, plan.changes.iter().map(change_row));
        page.add_list("changes in detail", "", plan.changes.iter().map(change_details));
    }
    page.add_list("drifts", DRIFTS_HEADER, report.drifts.iter().map(drift_row));
    page.add_list("drifts in detail", "", report.drifts.iter().map(drift_details));
    if let Some(plan) = plan {
        let mention = |lines: &Vec<String>| {
            let examples: String = lines[1..].iter().map(|line| format!("  - {}\n", code(line))).collect();
            format!("- {}\n{examples}", text(&lines[0]))
        };
        page.add_list("plan notes", "", summary::plan_notes(plan).iter().map(mention));
    }
    page.add_list("notes", "", report.notes.iter().map(|note| format!("- {}\n", text(note))));
    page.finish(plan.map(|plan| format!("Digest: {}\n", code(&heading_excerpt(plan.digest.as_str())))))
}

/// Shortens text for the heading and the digest, so that they always fit.
fn heading_excerpt(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    excerpt(text, MAX_CHARS)
}

fn heading(report: &CommandReport) -> String {
    let sandbox = report.sandbox.as_ref().or(report.plan.as_ref().map(|plan| &plan.sandbox));
    let marker = marker_comment(sandbox.map(|sandbox| heading_excerpt(sandbox)));
    let command = code(&heading_excerpt(&format!("ajo {}", report.command)));
    let sandbox =
        sandbox.map(|sandbox| format!(" for sandbox {}", code(&heading_excerpt(sandbox)))).unwrap_or_default();
    let organization = report.organization.as_ref();
    let organization = organization.map(|name| format!(" of {}", code(&heading_excerpt(name)))).unwrap_or_default();
    let closing = summary::summary_lines(report);
    let closing: String = closing.iter().map(|line| format!("**{}**\n", text(&heading_excerpt(line)))).collect();
    format!("{marker}\n### {command}{sandbox}{organization}\n\n{closing}")
}

fn blocker(blocker: &Blocker) -> String {
    let key = blocker.key.as_ref().map(|key| format!("{}: ", code(&key.to_string()))).unwrap_or_default();
    let location =
        blocker.location.as_ref().map(|location| format!(" ({})", code(&location.to_string()))).unwrap_or_default();
    let mut lines = vec![
        "[!CAUTION]".to_owned(),
        format!("**Blocked**: {key}{}{location}", text(&blocker.message)),
        String::new(),
        format!("{} {}", code(blocker.reason.code()), text(&format!("hint: {}", blocker.hint))),
    ];
    if !blocker.candidates.is_empty() {
        let head = ["", "| UID | Deployed | Last modified | By | Configuration |", "|---|---|---|---|---|"];
        lines.extend(head.map(str::to_owned));
        lines.extend(blocker.candidates.iter().map(candidate_row));
    }
    // A blank line separates two alerts.
    lines.iter().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect::<String>() + "\n"
}

fn candidate_row(candidate: &ConfigSummary) -> String {
    let deployed = if candidate.deployed { "yes" } else { "no" };
    let uid = code(candidate.uid.as_str());
    let (at, by) =
        (text_or_unknown(candidate.last_modified_at.as_ref()), text_or_unknown(candidate.last_modified_by.as_ref()));
    format!("| {uid} | {deployed} | {at} | {by} | {} |", code(&candidate.key.to_string()))
}

fn text_or_unknown(value: Option<&String>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| text(value))
}

fn diagnostic(diagnostic: &FileDiagnostic) -> String {
    let location =
        diagnostic.location.as_ref().map(|location| format!(" at {}", code(&location.to_string()))).unwrap_or_default();
    let key = diagnostic.key.as_ref().map(|key| format!(" in {}", code(&key.to_string()))).unwrap_or_default();
    let hint = diagnostic.hint.as_ref().map(|hint| format!("<br>hint: {}", text(hint))).unwrap_or_default();
    let severity = diagnostic.severity.as_str();
    format!("- **{severity}** {}{location}{key}: {}{hint}\n", code(&diagnostic.code), text(&diagnostic.message))
}

fn config_row(one: &ConfigSteps<'_>) -> String {
    let mut not_done: Vec<String> = Vec::new();
    for call in one.failed_or_unknown() {
        let state = if call.state == StepState::Failed { "failed" } else { "unknown" };
        let mut line = format!("{state}: {}", code(call.step.as_str()));
        if let Some(error) = &call.error {
            line.extend([format!(": {}", text(&error.message))]);
            let codes = error.code.as_deref().map(code).into_iter();
            let codes = codes.chain(error.status.map(|status| format!("status {status}")));
            let request = error.request_id.as_ref().map(|id| format!("request {}", code(id)));
            let codes: Vec<_> = codes.chain(request).collect();
            if !codes.is_empty() {
                line.extend([format!(" ({})", codes.join(", "))]);
            }
            line.push_str(&error.hint.as_ref().map(|hint| format!("<br>hint: {}", text(hint))).unwrap_or_default());
        }
        not_done.push(line);
    }
    let rest = one.verbs_in_state(StepState::NotStarted);
    not_done.extend((!rest.is_empty()).then(|| format!("not started: {}", text(&diff::join_verbs(rest)))));
    let outcome = one.outcome();
    let outcome =
        if outcome == ConfigOutcome::Done { outcome.as_str().to_owned() } else { format!("**{}**", outcome.as_str()) };
    let done = text(&diff::join_verbs(one.verbs_in_state(StepState::Done)));
    format!("| {outcome} | {} | {done} | {} |\n", code(&one.key.to_string()), not_done.join("<br>"))
}

fn change_row(change: &ConfigChange) -> String {
    let (sign, key) = (change.action.symbol(), code(&change.key.to_string()));
    let (cause, calls) = (text(&change.reason.to_string()), text(&diff::join_verbs(&change.steps)));
    format!("| {} | {} | {key} | {cause} | {calls} |\n", code(&sign.to_string()), change.action)
}

fn change_details(change: &ConfigChange) -> String {
    let mut lines = Vec::new();
    lines.extend(change.uid.as_ref().map(|uid| format!("- uid {}", code(uid.as_str()))));
    lines.extend(change.location.as_ref().map(|location| format!("- at {}", code(&location.to_string()))));
    lines.extend(change.last_modified_at.as_ref().map(|at| format!("- last modified: {}", text(at))));
    lines.extend(diff::redeploy_warning(change).map(|warning| format!("- **{warning}**")));
    let title = format!("{} {}", change.action, code(&change.key.to_string()));
    details_block(&title, &lines, &diff::change_sections(change))
}

fn drift_row(drift: &ConfigDrift) -> String {
    let what = if drift.exists { "drifted" } else { "**missing**" };
    let (at, by) = (text_or_unknown(drift.last_modified_at.as_ref()), text_or_unknown(drift.last_modified_by.as_ref()));
    format!("| {what} | {} | {at} | {by} |\n", code(&drift.key.to_string()))
}

fn drift_details(drift: &ConfigDrift) -> String {
    let mut lines = Vec::new();
    lines.extend(drift.uid.as_ref().map(|uid| format!("- uid {}", code(uid.as_str()))));
    lines.extend(drift.location.as_ref().map(|location| format!("- at {}", code(&location.to_string()))));
    lines.extend(drift.deploy_errors.iter().map(|error| format!("- cannot be deployed: {}", text(error))));
    let parts = diff::drift_sections(drift);
    if lines.is_empty() && parts.is_empty() {
        return String::new();
    }
    details_block(&code(&drift.key.to_string()), &lines, &parts)
}

/// A collapsible block. Every diff line starts with a sign, so none can close the code fence.
fn details_block(title: &str, lines: &[String], parts: &[DiffSection]) -> String {
    let mut out = format!("<details><summary>{title}</summary>\n\n");
    out.extend(lines.iter().map(|line| format!("{line}\n")));
    if !parts.is_empty() {
        out.push_str("\n```diff\n");
        for part in parts {
            out.extend([format!("@@ {} @@\n", part.title)]);
            out.extend(part.unified_diff_lines().map(|line| line + "\n"));
        }
        out.push_str("```\n");
    }
    out + "\n</details>\n\n"
}
