//! A reason that blocks a plan.

use ajo_limits::{Blocker, ConfigSummary};

use super::style::{BAD, STRONG, TextStyle};
use crate::safe_text::{SafeText, safe};

const HEAD: [&str; 4] = ["UID", "DEPLOYED", "LAST MODIFIED", "BY"];

pub(super) fn block(blocker: &Blocker, style: TextStyle) -> SafeText {
    let code = style.paint(BAD, &safe!("blocked[{}]", blocker.reason.code()));
    let mut lines = vec![safe!("{}: {}", code, style.paint(STRONG, &blocker.message))];
    lines.extend(blocker.location.as_ref().map(|location| safe!(" --> {}", location)));
    lines.extend(blocker.key.as_ref().map(|key| safe!("  {}", key)));
    lines.extend(candidates(blocker, style.width));
    lines.push(safe!("hint: {}", blocker.hint));
    SafeText::join_lines(lines)
}

/// The candidates as a table, or as a list if the terminal is too narrow.
fn candidates(blocker: &Blocker, width: usize) -> Vec<SafeText> {
    if blocker.candidates.is_empty() {
        return Vec::new();
    }
    // Show the keys only if they differ from the key of the blocker.
    let keys = blocker.candidates.iter().any(|candidate| Some(&candidate.key) != blocker.key.as_ref());
    let mut head: Vec<SafeText> = HEAD.map(SafeText::from).into();
    head.extend(keys.then(|| "CONFIGURATION".into()));
    let rows: Vec<_> = blocker.candidates.iter().map(|candidate| row(candidate, keys)).collect();
    let widths: Vec<_> = (0..head.len())
        .map(|column| rows.iter().chain([&head]).map(|row| row[column].width()).max().unwrap_or_default())
        .collect();
    let table = rows.iter().fold(vec![aligned(&head, &widths)], |mut table, row| {
        table.push(aligned(row, &widths));
        table
    });
    if width == 0 || table.iter().all(|line| line.width() <= width) {
        return table;
    }
    let field = |(index, (name, value)): (usize, (&SafeText, &SafeText))| {
        safe!("  {} {}: {}", if index == 0 { '-' } else { ' ' }, name, value)
    };
    rows.iter().flat_map(|row| head.iter().zip(row).enumerate().map(field)).collect()
}

fn row(candidate: &ConfigSummary, key: bool) -> Vec<SafeText> {
    let or_unknown = |text: &Option<String>| text.as_ref().map_or_else(|| "unknown".into(), SafeText::escape);
    let mut row = vec![
        SafeText::escape(candidate.uid.as_str()),
        SafeText::from(if candidate.deployed { "yes" } else { "no" }),
        or_unknown(&candidate.last_modified_at),
        or_unknown(&candidate.last_modified_by),
    ];
    row.extend(key.then(|| SafeText::escape(&candidate.key)));
    row
}

fn aligned(row: &[SafeText], widths: &[usize]) -> SafeText {
    let cells = row.iter().zip(widths).map(|(cell, width)| safe!("  {}", cell.clone().pad(*width)));
    SafeText::join(cells, "").trim_end()
}
