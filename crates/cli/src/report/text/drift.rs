//! One configuration that is not as it should be.

use ajo_engine::untrusted_text::escape;
use ajo_limits::Drift;

use super::super::diff;
use super::change::{identity, part_lines};
use super::style::{BAD, CAREFUL, STRONG, TextStyle};

pub(super) fn block(drift: &Drift, style: TextStyle) -> String {
    let what = if drift.present { style.paint(CAREFUL, "~ drifted") } else { style.paint(BAD, "- missing") };
    let mut lines = vec![format!("{what} {}", style.paint(STRONG, &escape(&drift.key.to_string())))];
    lines.extend(identity(drift.uid.as_ref(), drift.place.as_ref()));
    lines.extend(edited(drift).map(|edited| format!("  last modified: {edited}")));
    for part in diff::of_drift(drift) {
        lines.extend(part_lines(&part));
    }
    lines.extend(drift.verdict.iter().map(|verdict| format!("  the service says: {}", escape(verdict))));
    lines.join("\n")
}

/// When, and by whom.
fn edited(drift: &Drift) -> Option<String> {
    let at = drift.last_modified_at.as_deref().map(escape);
    let by = drift.last_modified_by.as_ref().map(|by| format!("by {}", escape(by)));
    let edited: Vec<_> = at.into_iter().chain(by).collect();
    (!edited.is_empty()).then(|| edited.join(" "))
}
