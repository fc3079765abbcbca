//! One change of a plan.

use ajo_core::Uid;
use ajo_engine::untrusted_text::escape;
use ajo_limits::{Cause, Change, Kind, Place};

use super::super::diff::{self, Part};
use super::style::{BAD, CAREFUL, FAINT, GOOD, STRONG, TextStyle};

pub(super) fn block(change: &Change, style: TextStyle) -> String {
    let color = match change.kind {
        Kind::Create | Kind::Deploy => GOOD,
        Kind::Update => CAREFUL,
        Kind::Redeploy | Kind::Undeploy | Kind::Delete => BAD,
    };
    let what = style.paint(color, &format!("{} {:<8}", change.kind.sign(), change.kind));
    let key = escape(&change.key.to_string());
    let mut lines = vec![format!("{what} {}", style.paint(STRONG, &key))];
    lines.extend(identity(change.uid.as_ref(), change.place.as_ref()));
    lines.push(format!("  why: {}", escape(&change.cause.to_string())));
    // Where somebody else changed it, the reason says when.
    if let Some(at) = change.last_modified_at.as_ref().filter(|_| !matches!(change.cause, Cause::Others { .. })) {
        lines.push(style.paint(FAINT, &format!("  last modified: {}", escape(at))));
    }
    for part in diff::of_change(change) {
        lines.extend(part_lines(&part));
    }
    lines.push(format!("  calls: {}", diff::calls(&change.steps)));
    lines.extend(
        diff::warning(change).map(|warning| format!("  {}", style.paint(CAREFUL, &format!("note: {warning}")))),
    );
    lines.join("\n")
}

/// The uid and the location in the file.
pub(super) fn identity(uid: Option<&Uid>, place: Option<&Place>) -> Option<String> {
    let uid = uid.map(|uid| format!("uid {}", escape(uid.as_str())));
    let parts: Vec<_> = uid.into_iter().chain(place.map(|place| escape(&place.to_string()))).collect();
    (!parts.is_empty()).then(|| format!("  {}", parts.join(", ")))
}

/// A comparison: its title, and a line for each field.
pub(super) fn part_lines(part: &Part) -> Vec<String> {
    let fields = part.told().map(|line| format!("    {line}"));
    std::iter::once(format!("  {}:", part.title)).chain(fields).collect()
}
