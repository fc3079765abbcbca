//! Text for a terminal. Colors only highlight; all information is in the text.

use ajo_engine::untrusted_text::escape;
use ajo_limits::CommandReport;

use super::summary;

mod blocker;
mod change;
mod config_steps;
mod diagnostic;
mod drift;
mod style;

pub(crate) use style::TextStyle;

pub(super) fn render(report: &CommandReport, sources: &dyn Fn(&str) -> Option<String>, style: TextStyle) -> String {
    let mut blocks: Vec<String> = heading(report).into_iter().collect();
    blocks.extend(diagnostic::blocks(report, sources, style));
    if let Some(plan) = &report.plan {
        blocks.extend(plan.blockers.iter().map(|blocker| blocker::block(blocker, style)));
        // After an apply, the results replace the planned changes.
        if report.results.is_empty() {
            blocks.extend(plan.changes.iter().map(|change| change::block(change, style)));
            let mentions: Vec<_> = summary::plan_notes(plan).iter().map(|lines| lines.join("\n  ")).collect();
            blocks.extend((!mentions.is_empty()).then(|| mentions.join("\n")));
        }
    }
    blocks.extend(config_steps::blocks(report, style));
    blocks.extend(report.drifts.iter().map(|drift| drift::block(drift, style)));
    let notes: Vec<_> = report.notes.iter().map(|note| format!("note: {}", escape(note))).collect();
    blocks.extend((!notes.is_empty()).then(|| notes.join("\n")));
    let mut closing = summary::summary_lines(report);
    if let Some(plan) = report.plan.as_ref().filter(|_| report.results.is_empty()) {
        closing.push(format!("Digest: {}", escape(plan.digest.as_str())));
    }
    blocks.extend((!closing.is_empty()).then(|| closing.join("\n")));
    blocks.join("\n\n") + if blocks.is_empty() { "" } else { "\n" }
}

fn heading(report: &CommandReport) -> Option<String> {
    let sandbox = report.sandbox.as_ref().map(|sandbox| format!("Sandbox {}", escape(sandbox)))?;
    let organization = report.organization.as_ref().map(|organization| format!(" of {}", escape(organization)));
    Some(sandbox + &organization.unwrap_or_default())
}
