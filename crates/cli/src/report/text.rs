//! Text for a terminal. Colors only highlight; all information is in the text.

use ajo_limits::CommandReport;

use super::drift_finding::{drift_findings, drift_notes};
use super::findings::FindingSelection;
use super::summary;
use crate::safe_text::{SafeText, safe};

mod blocker;
mod change;
mod config_steps;
mod diagnostic;
mod drift;
mod style;

pub(crate) use style::TextStyle;

pub(super) fn render(report: &CommandReport, sources: &dyn Fn(&str) -> Option<String>, style: TextStyle) -> SafeText {
    let mut blocks: Vec<SafeText> = heading(report).into_iter().collect();
    if let Some(plan) = &report.plan {
        blocks.extend(plan.blockers.iter().map(|blocker| blocker::block(blocker, style)));
        // After an apply, the results replace the planned changes.
        if report.results.is_empty() {
            blocks.extend(plan.changes.iter().map(|change| change::block(change, style)));
            let unmanaged = Some(summary::unmanaged_lines(plan)).filter(|lines| !lines.is_empty());
            blocks.extend(note_block(summary::plan_notes(plan).into_iter().chain(unmanaged).collect()));
        }
    }
    blocks.extend(config_steps::blocks(report, style));
    blocks.extend(drift::blocks(&drift_findings(report), style));
    blocks.extend(report.drift.as_ref().and_then(|drift| note_block(drift_notes(drift))));
    let findings = FindingSelection::new(report);
    blocks.extend(diagnostic::blocks(&findings.shown, sources, style));
    let notes: Vec<_> = report.notes.iter().map(|note| safe!("note: {}", note)).collect();
    blocks.extend((!notes.is_empty()).then(|| SafeText::join_lines(notes)));
    let mut closing = summary::summary_lines(report);
    if let Some(plan) = report.plan.as_ref().filter(|_| report.results.is_empty()) {
        closing.push(safe!("Digest: {}", plan.digest.as_str()));
    }
    blocks.extend((!closing.is_empty()).then(|| SafeText::join_lines(closing)));
    let end = SafeText::from(if blocks.is_empty() { "" } else { "\n" });
    safe!("{}{}", SafeText::join(blocks, "\n\n"), end)
}

/// Notes of several lines each.
fn note_block(notes: Vec<Vec<SafeText>>) -> Option<SafeText> {
    let notes: Vec<_> = notes.into_iter().map(|lines| SafeText::join(lines, "\n  ")).collect();
    (!notes.is_empty()).then(|| SafeText::join_lines(notes))
}

fn heading(report: &CommandReport) -> Option<SafeText> {
    let sandbox = report.sandbox.as_ref().map(|sandbox| safe!("Sandbox {}", sandbox))?;
    let organization = report.organization.as_ref().map(|organization| safe!(" of {}", organization));
    Some(safe!("{}{}", sandbox, organization.unwrap_or_default()))
}
