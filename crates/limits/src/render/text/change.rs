//! One change of a plan.

use super::super::diff::{self, Part};
use super::super::escape::visible;
use super::paint::{BAD, CAREFUL, FAINT, GOOD, Paint, STRONG};
use crate::{Cause, Change, Kind};

pub(super) fn block(change: &Change, paint: Paint) -> String {
    let style = match change.kind {
        Kind::Create | Kind::Deploy => GOOD,
        Kind::Update => CAREFUL,
        Kind::Redeploy | Kind::Undeploy | Kind::Delete => BAD,
    };
    let what = paint.paint(style, &format!("{} {:<8}", change.kind.sign(), change.kind));
    let key = visible(&change.key.to_string());
    let mut lines = vec![format!("{what} {}", paint.paint(STRONG, &key))];
    let mut about = Vec::new();
    about.extend(change.uid.as_ref().map(|uid| format!("uid {}", visible(uid.as_str()))));
    about.extend(change.place.as_ref().map(|place| visible(&place.to_string())));
    if !about.is_empty() {
        lines.push(format!("  {}", about.join(", ")));
    }
    lines.push(format!("  why: {}", visible(&change.cause.to_string())));
    // Where somebody else changed it, the reason says when.
    if let Some(at) = change.last_modified_at.as_ref().filter(|_| !matches!(change.cause, Cause::Others { .. })) {
        lines.push(paint.paint(FAINT, &format!("  last modified: {}", visible(at))));
    }
    for part in diff::of_change(change) {
        lines.extend(part_lines(&part));
    }
    lines.push(format!("  calls: {}", diff::calls(&change.steps)));
    lines.extend(
        diff::warning(change).map(|warning| format!("  {}", paint.paint(CAREFUL, &format!("note: {warning}")))),
    );
    lines.join("\n")
}

/// A comparison: its title, and a line for each field.
pub(super) fn part_lines(part: &Part) -> Vec<String> {
    let fields = part.told().map(|line| format!("    {line}"));
    std::iter::once(format!("  {}:", part.title)).chain(fields).collect()
}
