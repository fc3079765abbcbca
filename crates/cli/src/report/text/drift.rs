//! A configuration that differs from the files.

use ajo_engine::untrusted_text::escape;
use ajo_limits::ConfigDrift;

use super::super::diff;
use super::change::{section_lines, uid_and_location};
use super::style::{BAD, CAUTION, STRONG, TextStyle};

pub(super) fn block(drift: &ConfigDrift, style: TextStyle) -> String {
    let what = if drift.exists { style.paint(CAUTION, "~ drifted") } else { style.paint(BAD, "- missing") };
    let mut lines = vec![format!("{what} {}", style.paint(STRONG, &escape(&drift.key.to_string())))];
    lines.extend(uid_and_location(drift.uid.as_ref(), drift.location.as_ref()));
    lines.extend(last_modified(drift).map(|edited| format!("  last modified: {edited}")));
    for part in diff::drift_sections(drift) {
        lines.extend(section_lines(&part));
    }
    lines.extend(drift.deploy_errors.iter().map(|error| format!("  cannot be deployed: {}", escape(error))));
    lines.join("\n")
}

/// The time and author of the last modification.
fn last_modified(drift: &ConfigDrift) -> Option<String> {
    let at = drift.last_modified_at.as_deref().map(escape);
    let by = drift.last_modified_by.as_ref().map(|by| format!("by {}", escape(by)));
    let edited: Vec<_> = at.into_iter().chain(by).collect();
    (!edited.is_empty()).then(|| edited.join(" "))
}
