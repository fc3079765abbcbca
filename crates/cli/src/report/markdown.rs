//! For a comment on a pull request, in GitHub's Markdown.
//!
//! The first line is a comment that nobody sees, by which a workflow finds the comment of the run before and replaces it.

use ajo_engine::untrusted_text::excerpt;
use ajo_limits::{Candidate, Change, Drift, Finding, Refusal, Report, StepState};

use super::config_outcome::{ConfigOutcome, Configuration};
use super::diff::{self, Part};
use super::summary;

mod page;
mod span;

use page::Page;
use span::{code, marker, text};

const CHANGES: &str = "| | | Configuration | Why | Calls |\n|---|---|---|---|---|\n";
const CONFIGURATIONS: &str = "| | Configuration | Done | Not done |\n|---|---|---|---|\n";
const DRIFTS: &str = "| | Configuration | Last modified | By |\n|---|---|---|---|\n";

pub(super) fn render(report: &Report) -> String {
    let mut page = Page::new(heading(report));
    if let Some(plan) = &report.plan {
        page.list("refusals", "", plan.refusals.iter().map(refusal));
    }
    page.list("findings", "", report.findings.iter().map(finding));
    page.list("configurations", CONFIGURATIONS, Configuration::all(&report.results).iter().map(configuration));
    let plan = report.plan.as_ref().filter(|_| report.results.is_empty());
    if let Some(plan) = plan {
        page.list("changes", CHANGES, plan.changes.iter().map(row));
        page.list("changes in detail", "", plan.changes.iter().map(details));
    }
    page.list("drifts", DRIFTS, report.drifts.iter().map(drift_row));
    page.list("drifts in detail", "", report.drifts.iter().map(drift_details));
    if let Some(plan) = plan {
        let mention = |lines: &Vec<String>| {
            let named: String = lines[1..].iter().map(|line| format!("  - {}\n", code(line))).collect();
            format!("- {}\n{named}", text(&lines[0]))
        };
        page.list("remarks", "", summary::mentions(plan).iter().map(mention));
    }
    page.list("notes", "", report.notes.iter().map(|note| format!("- {}\n", text(note))));
    page.finish(plan.map(|plan| format!("Digest: {}\n", code(&heading_excerpt(plan.digest.as_str())))))
}

/// Shortens a text of the heading and of the digest, so that there is always room for it.
fn heading_excerpt(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    excerpt(text, MAX_CHARS)
}

fn heading(report: &Report) -> String {
    let sandbox = report.sandbox.as_ref().or(report.plan.as_ref().map(|plan| &plan.sandbox));
    let marker = marker(sandbox.map(|sandbox| heading_excerpt(sandbox)));
    let command = code(&heading_excerpt(&format!("ajo {}", report.command)));
    let sandbox =
        sandbox.map(|sandbox| format!(" for sandbox {}", code(&heading_excerpt(sandbox)))).unwrap_or_default();
    let organization = report.organization.as_ref();
    let organization = organization.map(|name| format!(" of {}", code(&heading_excerpt(name)))).unwrap_or_default();
    let closing = summary::closing(report);
    let closing: String = closing.iter().map(|line| format!("**{}**\n", text(&heading_excerpt(line)))).collect();
    format!("{marker}\n### {command}{sandbox}{organization}\n\n{closing}")
}

fn refusal(refusal: &Refusal) -> String {
    let key = refusal.key.as_ref().map(|key| format!("{}: ", code(&key.to_string()))).unwrap_or_default();
    let place = refusal.place.as_ref().map(|place| format!(" ({})", code(&place.to_string()))).unwrap_or_default();
    let mut lines = vec![
        "[!CAUTION]".to_owned(),
        format!("**Refused**: {key}{}{place}", text(&refusal.message)),
        String::new(),
        format!("{} {}", code(refusal.why.code()), text(&format!("hint: {}", refusal.hint))),
    ];
    if !refusal.candidates.is_empty() {
        let head = ["", "| UID | Deployed | Last modified | By | Configuration |", "|---|---|---|---|---|"];
        lines.extend(head.map(str::to_owned));
        lines.extend(refusal.candidates.iter().map(candidate));
    }
    // A line between two alerts keeps them apart.
    lines.iter().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect::<String>() + "\n"
}

fn candidate(candidate: &Candidate) -> String {
    let deployed = if candidate.deployed { "yes" } else { "no" };
    let uid = code(candidate.uid.as_str());
    let (at, by) = (said(candidate.last_modified_at.as_ref()), said(candidate.last_modified_by.as_ref()));
    format!("| {uid} | {deployed} | {at} | {by} | {} |", code(&candidate.key.to_string()))
}

fn said(said: Option<&String>) -> String {
    said.map_or_else(|| "unknown".to_owned(), |said| text(said))
}

fn finding(finding: &Finding) -> String {
    let place = finding.place.as_ref().map(|place| format!(" at {}", code(&place.to_string()))).unwrap_or_default();
    let key = finding.key.as_ref().map(|key| format!(" in {}", code(&key.to_string()))).unwrap_or_default();
    let hint = finding.hint.as_ref().map(|hint| format!("<br>hint: {}", text(hint))).unwrap_or_default();
    let severity = finding.severity.as_str();
    format!("- **{severity}** {}{place}{key}: {}{hint}\n", code(&finding.code), text(&finding.message))
}

fn configuration(one: &Configuration<'_>) -> String {
    let mut not_done: Vec<String> = Vec::new();
    for call in one.troubles() {
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
    let rest = one.of(StepState::NotStarted);
    not_done.extend((!rest.is_empty()).then(|| format!("not started: {}", text(&diff::calls(rest)))));
    let outcome = one.outcome();
    let outcome =
        if outcome == ConfigOutcome::Done { outcome.as_str().to_owned() } else { format!("**{}**", outcome.as_str()) };
    let done = text(&diff::calls(one.of(StepState::Done)));
    format!("| {outcome} | {} | {done} | {} |\n", code(&one.key.to_string()), not_done.join("<br>"))
}

fn row(change: &Change) -> String {
    let (sign, key) = (change.kind.sign(), code(&change.key.to_string()));
    let (cause, calls) = (text(&change.cause.to_string()), text(&diff::calls(&change.steps)));
    format!("| {} | {} | {key} | {cause} | {calls} |\n", code(&sign.to_string()), change.kind)
}

fn details(change: &Change) -> String {
    let mut lines = Vec::new();
    lines.extend(change.uid.as_ref().map(|uid| format!("- uid {}", code(uid.as_str()))));
    lines.extend(change.place.as_ref().map(|place| format!("- at {}", code(&place.to_string()))));
    lines.extend(change.last_modified_at.as_ref().map(|at| format!("- last modified: {}", text(at))));
    lines.extend(diff::warning(change).map(|warning| format!("- **{warning}**")));
    let title = format!("{} {}", change.kind, code(&change.key.to_string()));
    folded(&title, &lines, &diff::of_change(change))
}

fn drift_row(drift: &Drift) -> String {
    let what = if drift.present { "drifted" } else { "**missing**" };
    let (at, by) = (said(drift.last_modified_at.as_ref()), said(drift.last_modified_by.as_ref()));
    format!("| {what} | {} | {at} | {by} |\n", code(&drift.key.to_string()))
}

fn drift_details(drift: &Drift) -> String {
    let mut lines = Vec::new();
    lines.extend(drift.uid.as_ref().map(|uid| format!("- uid {}", code(uid.as_str()))));
    lines.extend(drift.place.as_ref().map(|place| format!("- at {}", code(&place.to_string()))));
    lines.extend(drift.verdict.iter().map(|verdict| format!("- the service says: {}", text(verdict))));
    let parts = diff::of_drift(drift);
    if lines.is_empty() && parts.is_empty() {
        return String::new();
    }
    folded(&code(&drift.key.to_string()), &lines, &parts)
}

/// Something to unfold. The lines of a diff begin with its signs, so none of them can end the block that it stands in.
fn folded(title: &str, lines: &[String], parts: &[Part]) -> String {
    let mut out = format!("<details><summary>{title}</summary>\n\n");
    out.extend(lines.iter().map(|line| format!("{line}\n")));
    if !parts.is_empty() {
        out.push_str("\n```diff\n");
        for part in parts {
            out.extend([format!("@@ {} @@\n", part.title)]);
            out.extend(part.signed().map(|line| line + "\n"));
        }
        out.push_str("```\n");
    }
    out + "\n</details>\n\n"
}
