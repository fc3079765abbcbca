//! A reason that blocks a plan.

use ajo_engine::untrusted_text::escape;
use ajo_limits::{Blocker, ConfigSummary};

use super::style::{BAD, STRONG, TextStyle};

const HEAD: [&str; 4] = ["UID", "DEPLOYED", "LAST MODIFIED", "BY"];

pub(super) fn block(blocker: &Blocker, style: TextStyle) -> String {
    let code = style.paint(BAD, &format!("blocked[{}]", blocker.reason.code()));
    let mut lines = vec![format!("{code}: {}", style.paint(STRONG, &escape(&blocker.message)))];
    lines.extend(blocker.location.as_ref().map(|location| format!(" --> {}", escape(&location.to_string()))));
    lines.extend(blocker.key.as_ref().map(|key| format!("  {}", escape(&key.to_string()))));
    lines.extend(candidates(blocker, style.width));
    lines.push(format!("hint: {}", escape(&blocker.hint)));
    lines.join("\n")
}

/// The candidates as a table, or as a list if the terminal is too narrow.
fn candidates(blocker: &Blocker, width: usize) -> Vec<String> {
    if blocker.candidates.is_empty() {
        return Vec::new();
    }
    // Show the keys only if they differ from the key of the blocker.
    let keys = blocker.candidates.iter().any(|candidate| Some(&candidate.key) != blocker.key.as_ref());
    let mut head: Vec<String> = HEAD.map(str::to_owned).into();
    head.extend(keys.then(|| "CONFIGURATION".to_owned()));
    let rows: Vec<_> = blocker.candidates.iter().map(|candidate| row(candidate, keys)).collect();
    let widths: Vec<_> = (0..head.len())
        .map(|column| rows.iter().chain([&head]).map(|row| row[column].chars().count()).max().unwrap_or_default())
        .collect();
    let table = rows.iter().fold(vec![aligned(&head, &widths)], |mut table, row| {
        table.push(aligned(row, &widths));
        table
    });
    if width == 0 || table.iter().all(|line| line.chars().count() <= width) {
        return table;
    }
    let field = |(index, (name, value)): (usize, (&String, &String))| {
        format!("  {} {name}: {value}", if index == 0 { '-' } else { ' ' })
    };
    rows.iter().flat_map(|row| head.iter().zip(row).enumerate().map(field)).collect()
}

fn row(candidate: &ConfigSummary, key: bool) -> Vec<String> {
    let or_unknown = |text: &Option<String>| text.as_deref().map_or_else(|| "unknown".to_owned(), escape);
    let mut row = vec![
        escape(candidate.uid.as_str()),
        if candidate.deployed { "yes" } else { "no" }.to_owned(),
        or_unknown(&candidate.last_modified_at),
        or_unknown(&candidate.last_modified_by),
    ];
    row.extend(key.then(|| escape(&candidate.key.to_string())));
    row
}

fn aligned(row: &[String], widths: &[usize]) -> String {
    let cells: String = row.iter().zip(widths).map(|(cell, width)| format!("  {cell:<width$}")).collect();
    cells.trim_end().to_owned()
}
