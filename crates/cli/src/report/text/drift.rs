//! Formats drift.

use ajo_core::rules::Severity;

use super::super::drift_finding::{DriftCode, DriftFinding};
use super::super::observed_config::last_modified;
use super::change::{section_lines, uid_and_location};
use super::style::{BAD, CAUTION, STRONG, TextStyle};
use crate::safe_text::{SafeText, safe};

/// One block per finding, and one for the hints.
pub(super) fn blocks(findings: &[DriftFinding<'_>], style: TextStyle) -> Vec<SafeText> {
    let mut blocks: Vec<_> = findings.iter().map(|finding| block(finding, style)).collect();
    let mut hints: Vec<&str> = Vec::new();
    for hint in findings.iter().filter_map(|finding| finding.hint) {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    blocks.extend((!hints.is_empty()).then(|| SafeText::join_lines(hints.iter().map(|hint| safe!("hint: {}", hint)))));
    blocks
}

fn block(finding: &DriftFinding<'_>, style: TextStyle) -> SafeText {
    let symbol = match finding.code {
        DriftCode::Drifted => "~",
        DriftCode::Missing => "-",
        DriftCode::Unmanaged | DriftCode::RemovedFromFiles => "+",
        DriftCode::Duplicate | DriftCode::Overlap => "=",
    };
    let is_error = finding.severity == Severity::Error;
    let color = if is_error && finding.code != DriftCode::Drifted { BAD } else { CAUTION };
    let severity = if is_error { SafeText::default() } else { safe!("{}: ", finding.severity.as_str()) };
    let what = style.paint(color, &safe!("{} {}{}", symbol, severity, finding.code.title()));
    let mut lines = vec![safe!("{} {}", what, style.paint(STRONG, &finding.key))];
    lines.extend(uid_and_location(finding.uid, finding.location));
    let edited = last_modified(finding.last_modified_at, finding.last_modified_by);
    lines.extend(edited.map(|edited| safe!("  last modified: {}", edited)));
    for part in &finding.sections {
        lines.extend(section_lines(part));
    }
    lines.extend(finding.lines.iter().map(|line| safe!("  {}", line)));
    SafeText::join_lines(lines)
}
