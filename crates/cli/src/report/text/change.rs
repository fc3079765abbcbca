//! A change in a plan.

use ajo_core::Uid;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Action, ChangeReason, ConfigChange, SourceLocation};

use super::super::diff::{self, DiffSection};
use super::style::{BAD, CAUTION, FAINT, GOOD, STRONG, TextStyle};

pub(super) fn block(change: &ConfigChange, style: TextStyle) -> String {
    let color = match change.action {
        Action::Create | Action::Deploy => GOOD,
        Action::Update => CAUTION,
        Action::Redeploy | Action::Undeploy | Action::Delete => BAD,
    };
    let what = style.paint(color, &format!("{} {:<8}", change.action.symbol(), change.action));
    let key = escape(&change.key.to_string());
    let mut lines = vec![format!("{what} {}", style.paint(STRONG, &key))];
    lines.extend(uid_and_location(change.uid.as_ref(), change.location.as_ref()));
    lines.push(format!("  reason: {}", escape(&change.reason.to_string())));
    // For remote changes, the reason already contains the time.
    if let Some(at) =
        change.last_modified_at.as_ref().filter(|_| !matches!(change.reason, ChangeReason::ChangedRemotely { .. }))
    {
        lines.push(style.paint(FAINT, &format!("  last modified: {}", escape(at))));
    }
    for part in diff::change_sections(change) {
        lines.extend(section_lines(&part));
    }
    lines.push(format!("  calls: {}", diff::join_verbs(&change.steps)));
    lines.extend(
        diff::redeploy_warning(change)
            .map(|warning| format!("  {}", style.paint(CAUTION, &format!("note: {warning}")))),
    );
    lines.join("\n")
}

/// One line with the uid and the location.
pub(super) fn uid_and_location(uid: Option<&Uid>, location: Option<&SourceLocation>) -> Option<String> {
    let uid = uid.map(|uid| format!("uid {}", escape(uid.as_str())));
    let parts: Vec<_> = uid.into_iter().chain(location.map(|location| escape(&location.to_string()))).collect();
    (!parts.is_empty()).then(|| format!("  {}", parts.join(", ")))
}

/// The title and one line per field.
pub(super) fn section_lines(part: &DiffSection) -> Vec<String> {
    let fields = part.field_lines().map(|line| format!("    {line}"));
    std::iter::once(format!("  {}:", part.title)).chain(fields).collect()
}
