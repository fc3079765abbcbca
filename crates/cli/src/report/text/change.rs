//! A change in a plan.

use ajo_core::Uid;
use ajo_limits::{Action, ChangeReason, ConfigChange, SourceLocation};

use super::super::diff::{self, DiffSection};
use super::super::traffic_effect::{TITLE, effect_lines};
use super::style::{BAD, CAUTION, FAINT, GOOD, STRONG, TextStyle};
use crate::safe_text::{SafeText, safe};

pub(super) fn block(change: &ConfigChange, style: TextStyle) -> SafeText {
    let color = match change.action {
        Action::Create | Action::Deploy => GOOD,
        Action::Update => CAUTION,
        Action::Redeploy | Action::Undeploy | Action::Delete => BAD,
    };
    let what = style.paint(color, &safe!("{} {:<8}", change.action.symbol(), change.action));
    let mut lines = vec![safe!("{} {}", what, style.paint(STRONG, &change.key))];
    lines.extend(uid_and_location(change.uid.as_ref(), change.location.as_ref()));
    lines.push(safe!("  reason: {}", change.reason));
    // For remote changes, the reason already contains the time.
    if let Some(at) =
        change.last_modified_at.as_ref().filter(|_| !matches!(change.reason, ChangeReason::ChangedRemotely { .. }))
    {
        lines.push(style.paint(FAINT, &safe!("  last modified: {}", at)));
    }
    for part in diff::change_sections(change) {
        lines.extend(section_lines(&part));
    }
    lines.push(safe!("  calls: {}", diff::join_verbs(&change.steps)));
    let effects = effect_lines(change, SafeText::escape);
    lines.extend((!effects.is_empty()).then(|| safe!("  {}:", TITLE)));
    lines.extend(effects.iter().map(|effect| safe!("    {}", style.paint(STRONG, effect))));
    lines.extend(
        diff::change_effects(change)
            .into_iter()
            .map(|effect| safe!("  {}", style.paint(CAUTION, &safe!("note: {}", effect)))),
    );
    lines.extend(diff::redeploy_note(change).map(|note| safe!("  {}", style.paint(CAUTION, &safe!("note: {}", note)))));
    SafeText::join_lines(lines)
}

/// One line with the uid and the location.
pub(super) fn uid_and_location(uid: Option<&Uid>, location: Option<&SourceLocation>) -> Option<SafeText> {
    let uid = uid.map(|uid| safe!("uid {}", uid.as_str()));
    let parts: Vec<_> = uid.into_iter().chain(location.map(SafeText::escape)).collect();
    (!parts.is_empty()).then(|| safe!("  {}", SafeText::join(parts, ", ")))
}

/// The title and one line per field.
pub(super) fn section_lines(part: &DiffSection) -> Vec<SafeText> {
    let fields = part.field_lines().map(|line| safe!("    {}", line));
    std::iter::once(safe!("  {}:", part.title)).chain(fields).collect()
}
