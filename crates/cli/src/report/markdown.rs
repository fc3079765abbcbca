//! A pull request comment in GitHub Flavored Markdown.
//!
//! The first line is an invisible marker. Workflows use it to find and replace the comment of an earlier run.

use ajo_limits::{Blocker, CommandReport, ConfigChange, ConfigSummary, FileDiagnostic, ObservedConfig, StepState};

use super::config_steps::{ConfigOutcome, ConfigSteps};
use super::diff::{self, DiffSection};
use super::drift_finding::{DriftFinding, drift_findings, drift_notes};
use super::findings::FindingSelection;
use super::summary;
use super::traffic_effect::effect_lines;
use crate::safe_text::{SafePart, SafeText, safe};

mod bounded_comment;
mod inline;

use bounded_comment::BoundedComment;
use inline::{code, marker_comment, text};

const CHANGES_HEADER: &str = "| | | Configuration | Reason | Calls |\n|---|---|---|---|---|\n";
const EFFECTS_HEADER: &str = "**Effect on observed traffic**\n\n";
const CONFIGURATIONS_HEADER: &str = "| | Configuration | Done | Not done |\n|---|---|---|---|\n";
const DRIFT_HEADER: &str = "| | | Configuration | Last modified | By |\n|---|---|---|---|---|\n";
const UNMANAGED_HEADER: &str =
    "| Unmanaged | Limit | Deployed | Last modified | By | UID |\n|---|---|---|---|---|---|\n";

pub(super) fn render(report: &CommandReport) -> SafeText {
    let mut page = BoundedComment::new(heading(report));
    if let Some(plan) = &report.plan {
        page.add_list("blockers", "", plan.blockers.iter().map(blocker));
    }
    page.add_list(
        "configurations",
        CONFIGURATIONS_HEADER,
        ConfigSteps::group_by_config(&report.results).iter().map(config_row),
    );
    let plan = report.plan.as_ref().filter(|_| report.results.is_empty());
    if let Some(plan) = plan {
        page.add_list("changes", CHANGES_HEADER, plan.changes.iter().map(change_row));
        page.add_list("effects", EFFECTS_HEADER, plan.changes.iter().map(effect_item));
        page.add_list("changes in detail", "", plan.changes.iter().map(change_details));
    }
    let findings = drift_findings(report);
    page.add_list("findings", DRIFT_HEADER, findings.iter().map(drift_row));
    page.add_list("findings in detail", "", findings.iter().map(drift_details));
    page.add_list(
        "notes",
        "",
        report.drift.as_ref().map(drift_notes).unwrap_or_default().iter().map(|lines| note_item(lines)),
    );
    page.add_list("diagnostics", "", FindingSelection::new(report).shown.into_iter().map(diagnostic));
    if let Some(plan) = plan {
        page.add_list("plan notes", "", summary::plan_notes(plan).iter().map(|lines| note_item(lines)));
        page.add_list("unmanaged configurations", UNMANAGED_HEADER, plan.unmanaged.iter().map(unmanaged_row));
    }
    page.add_list("notes", "", report.notes.iter().map(|note| safe!("- {}\n", text(note))));
    page.finish(plan.map(|plan| safe!("Digest: {}\n", code(&heading_excerpt(plan.digest.as_str())))))
}

/// Shortens text for the heading and the digest, so that they always fit.
fn heading_excerpt(text: &(impl SafePart + ?Sized)) -> SafeText {
    const MAX_CHARS: usize = 200;
    safe!("{}", text).truncate(MAX_CHARS)
}

fn heading(report: &CommandReport) -> SafeText {
    let sandbox = report.sandbox.as_ref().or(report.plan.as_ref().map(|plan| &plan.sandbox));
    let marker = marker_comment(sandbox.map(heading_excerpt).as_ref());
    let command = code(&heading_excerpt(&safe!("ajo {}", report.command)));
    let sandbox = sandbox.map(|sandbox| safe!(" for sandbox {}", code(&heading_excerpt(sandbox)))).unwrap_or_default();
    let organization = report.organization.as_ref();
    let organization = organization.map(|name| safe!(" of {}", code(&heading_excerpt(name)))).unwrap_or_default();
    let closing = summary::summary_lines(report);
    let closing: SafeText = closing.iter().map(|line| safe!("**{}**\n", text(&heading_excerpt(line)))).collect();
    safe!("{}\n### {}{}{}\n\n{}", marker, command, sandbox, organization, closing)
}

fn blocker(blocker: &Blocker) -> SafeText {
    let key = blocker.key.as_ref().map(|key| safe!("{}: ", code(key))).unwrap_or_default();
    let location = blocker.location.as_ref().map(|location| safe!(" ({})", code(location))).unwrap_or_default();
    let mut lines = vec![
        "[!CAUTION]".into(),
        safe!("**Blocked**: {}{}{}", key, text(&blocker.message), location),
        SafeText::default(),
        safe!("{} {}", code(blocker.reason.code()), text(&safe!("hint: {}", blocker.hint))),
    ];
    if !blocker.candidates.is_empty() {
        let head = ["", "| UID | Deployed | Last modified | By | Configuration |", "|---|---|---|---|---|"];
        lines.extend(head.map(SafeText::from));
        lines.extend(blocker.candidates.iter().map(candidate_row));
    }
    // A blank line separates two alerts.
    let quoted = lines.iter().map(|line| safe!("> {}", line).trim_end());
    SafeText::join_lines(quoted.chain([SafeText::default(), SafeText::default()]))
}

fn candidate_row(candidate: &ConfigSummary) -> SafeText {
    let deployed = if candidate.deployed { "yes" } else { "no" };
    let uid = code(candidate.uid.as_str());
    let (at, by) =
        (text_or_unknown(candidate.last_modified_at.as_ref()), text_or_unknown(candidate.last_modified_by.as_ref()));
    safe!("| {} | {} | {} | {} | {} |", uid, deployed, at, by, code(&candidate.key))
}

fn unmanaged_row(config: &ObservedConfig) -> SafeText {
    let deployed = if config.deploy_state.is_deployed() { "yes" } else { "no" };
    let (at, by) =
        (text_or_unknown(config.last_modified_at.as_ref()), text_or_unknown(config.last_modified_by.as_ref()));
    let limit = text(&config.deploy_state.limit_summary());
    safe!("| {} | {} | {} | {} | {} | {} |\n", code(&config.key()), limit, deployed, at, by, code(config.uid.as_str()))
}

/// A message with examples.
fn note_item(lines: &[SafeText]) -> SafeText {
    let examples: SafeText = lines[1..].iter().map(|line| safe!("  - {}\n", code(line))).collect();
    safe!("- {}\n{}", text(&lines[0]), examples)
}

fn text_or_unknown(value: Option<&String>) -> SafeText {
    value.map_or_else(|| "unknown".into(), text)
}

fn diagnostic(diagnostic: &FileDiagnostic) -> SafeText {
    let location = diagnostic.location.as_ref().map(|location| safe!(" at {}", code(location))).unwrap_or_default();
    let key = diagnostic.key.as_ref().map(|key| safe!(" in {}", code(key))).unwrap_or_default();
    let hint = diagnostic.hint.as_ref().map(|hint| safe!("<br>hint: {}", text(hint))).unwrap_or_default();
    let severity = diagnostic.severity.as_str();
    safe!("- **{}** {}{}{}: {}{}\n", severity, code(&diagnostic.code), location, key, text(&diagnostic.message), hint)
}

fn config_row(one: &ConfigSteps<'_>) -> SafeText {
    let mut not_done: Vec<SafeText> = Vec::new();
    for call in one.failed_or_unknown() {
        let state = if call.state == StepState::Failed { "failed" } else { "unknown" };
        let mut line = safe!("{}: {}", state, code(call.step.as_str()));
        if let Some(error) = &call.error {
            line.push(&safe!(": {}", text(&error.message)));
            let codes = error.code.as_deref().map(code).into_iter();
            let codes = codes.chain(error.status.map(|status| safe!("status {}", status)));
            let request = error.request_id.as_ref().map(|id| safe!("request {}", code(id)));
            let codes: Vec<_> = codes.chain(request).collect();
            if !codes.is_empty() {
                line.push(&safe!(" ({})", SafeText::join(codes, ", ")));
            }
            line.push(&error.hint.as_ref().map(|hint| safe!("<br>hint: {}", text(hint))).unwrap_or_default());
        }
        not_done.push(line);
    }
    let rest = one.verbs_in_state(StepState::NotStarted);
    not_done.extend((!rest.is_empty()).then(|| safe!("not started: {}", text(&diff::join_verbs(rest)))));
    not_done.extend(one.live_limit().map(|live| safe!("**{}**", live.describe())));
    let outcome = one.outcome();
    let outcome =
        if outcome == ConfigOutcome::Done { outcome.as_str().into() } else { safe!("**{}**", outcome.as_str()) };
    let done = text(&diff::join_verbs(one.verbs_in_state(StepState::Done)));
    safe!("| {} | {} | {} | {} |\n", outcome, code(one.key), done, SafeText::join(not_done, "<br>"))
}

fn change_row(change: &ConfigChange) -> SafeText {
    let (sign, key) = (change.action.symbol(), code(&change.key));
    let (cause, calls) = (text(&change.reason), text(&diff::join_verbs(&change.steps)));
    safe!("| {} | {} | {} | {} | {} |\n", code(&sign), change.action, key, cause, calls)
}

/// The effects of a change; empty if it has none.
fn effect_item(change: &ConfigChange) -> SafeText {
    let effects = effect_lines(change, code);
    let (sign, key) = (code(&change.action.symbol()), code(&change.key));
    effects.iter().map(|effect| safe!("- {} {}: {}\n", sign, key, effect)).collect()
}

fn change_details(change: &ConfigChange) -> SafeText {
    let mut lines = Vec::new();
    lines.extend(change.uid.as_ref().map(|uid| safe!("- uid {}", code(uid.as_str()))));
    lines.extend(change.location.as_ref().map(|location| safe!("- at {}", code(location))));
    lines.extend(change.last_modified_at.as_ref().map(|at| safe!("- last modified: {}", text(at))));
    lines.extend(diff::change_effects(change).iter().map(|effect| safe!("- {}", text(effect))));
    lines.extend(diff::redeploy_note(change).map(|note| safe!("- {}", note)));
    let title = safe!("{} {}", change.action, code(&change.key));
    details_block(&title, &lines, &diff::change_sections(change))
}

fn drift_row(finding: &DriftFinding<'_>) -> SafeText {
    let (severity, title) = (finding.severity.as_str(), finding.code.title());
    let at = text_or_unknown(finding.last_modified_at);
    safe!(
        "| **{}** | {} | {} | {} | {} |\n",
        severity,
        title,
        code(&finding.key),
        at,
        text_or_unknown(finding.last_modified_by)
    )
}

fn drift_details(finding: &DriftFinding<'_>) -> SafeText {
    let mut lines = vec![safe!("- {}", finding.code.description())];
    lines.extend(finding.uid.map(|uid| safe!("- uid {}", code(uid.as_str()))));
    lines.extend(finding.location.map(|location| safe!("- at {}", code(location))));
    lines.extend(finding.lines.iter().map(|line| safe!("- {}", text(line))));
    lines.extend(finding.hint.map(|hint| safe!("- hint: {}", text(hint))));
    details_block(&safe!("{} {}", finding.code.title(), code(&finding.key)), &lines, &finding.sections)
}

/// A collapsible block. Every diff line starts with a sign, so none can close the code fence.
fn details_block(title: &SafeText, lines: &[SafeText], parts: &[DiffSection]) -> SafeText {
    let mut out = safe!("<details><summary>{}</summary>\n\n", title);
    for line in lines {
        out.push(&safe!("{}\n", line));
    }
    if !parts.is_empty() {
        out.push(&"\n```diff\n".into());
        for part in parts {
            out.push(&safe!("@@ {} @@\n", part.title));
            for line in part.unified_diff_lines() {
                out.push(&safe!("{}\n", line));
            }
        }
        out.push(&"```\n".into());
    }
    out.push(&"\n</details>\n\n".into());
    out
}
