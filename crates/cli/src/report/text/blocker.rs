//! One reason not to apply a plan.

use ajo_engine::untrusted_text::escape;
use ajo_limits::{Candidate, Refusal};

use super::style::{BAD, STRONG, TextStyle};

const HEAD: [&str; 4] = ["UID", "DEPLOYED", "LAST MODIFIED", "BY"];

pub(super) fn block(refusal: &Refusal, style: TextStyle) -> String {
    let code = style.paint(BAD, &format!("refused[{}]", refusal.why.code()));
    let mut lines = vec![format!("{code}: {}", style.paint(STRONG, &escape(&refusal.message)))];
    lines.extend(refusal.place.as_ref().map(|place| format!(" --> {}", escape(&place.to_string()))));
    lines.extend(refusal.key.as_ref().map(|key| format!("  {}", escape(&key.to_string()))));
    lines.extend(candidates(refusal, style.width));
    lines.push(format!("hint: {}", escape(&refusal.hint)));
    lines.join("\n")
}

/// Those that could be meant, as a table; one below the other where the terminal is too narrow for it.
fn candidates(refusal: &Refusal, width: usize) -> Vec<String> {
    if refusal.candidates.is_empty() {
        return Vec::new();
    }
    // All have the key that the refusal names, or else it has to be said.
    let keys = refusal.candidates.iter().any(|candidate| Some(&candidate.key) != refusal.key.as_ref());
    let mut head: Vec<String> = HEAD.map(str::to_owned).into();
    head.extend(keys.then(|| "CONFIGURATION".to_owned()));
    let rows: Vec<_> = refusal.candidates.iter().map(|candidate| row(candidate, keys)).collect();
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

fn row(candidate: &Candidate, key: bool) -> Vec<String> {
    let said = |text: &Option<String>| text.as_deref().map_or_else(|| "unknown".to_owned(), escape);
    let mut row = vec![
        escape(candidate.uid.as_str()),
        if candidate.deployed { "yes" } else { "no" }.to_owned(),
        said(&candidate.last_modified_at),
        said(&candidate.last_modified_by),
    ];
    row.extend(key.then(|| escape(&candidate.key.to_string())));
    row
}

fn aligned(row: &[String], widths: &[usize]) -> String {
    let cells: String = row.iter().zip(widths).map(|(cell, width)| format!("  {cell:<width$}")).collect();
    cells.trim_end().to_owned()
}
