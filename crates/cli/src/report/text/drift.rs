//! A configuration that differs from the files.

use ajo_limits::ConfigDrift;

use super::super::diff;
use super::change::{section_lines, uid_and_location};
use super::style::{BAD, CAUTION, STRONG, TextStyle};
use crate::safe_text::{SafeText, safe};

pub(super) fn block(drift: &ConfigDrift, style: TextStyle) -> SafeText {
    let what = if drift.exists { style.paint(CAUTION, "~ drifted") } else { style.paint(BAD, "- missing") };
    let mut lines = vec![safe!("{} {}", what, style.paint(STRONG, &drift.key))];
    lines.extend(uid_and_location(drift.uid.as_ref(), drift.location.as_ref()));
    lines.extend(last_modified(drift).map(|edited| safe!("  last modified: {}", edited)));
    for part in diff::drift_sections(drift) {
        lines.extend(section_lines(&part));
    }
    lines.extend(drift.deploy_errors.iter().map(|error| safe!("  cannot be deployed: {}", error)));
    SafeText::join_lines(lines)
}

/// The time and author of the last modification.
fn last_modified(drift: &ConfigDrift) -> Option<SafeText> {
    let at = drift.last_modified_at.as_ref().map(SafeText::escape);
    let by = drift.last_modified_by.as_ref().map(|by| safe!("by {}", by));
    let edited: Vec<_> = at.into_iter().chain(by).collect();
    (!edited.is_empty()).then(|| SafeText::join(edited, " "))
}
