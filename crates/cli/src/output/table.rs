//! Tables.

use ajo_engine::untrusted_text::excerpt;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use crate::safe_text::SafeText;

/// Maximum length of a table cell in characters.
const MAX_CELL_CHARS: usize = 2_000;

/// A borderless table that fits the terminal. Its width is unlimited if standard output is not a terminal.
pub(crate) fn format_table(head: &[&str], rows: Vec<Vec<SafeText>>) -> SafeText {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    // Laying out a table takes much longer than printing, so a cell shows the start of a long string. JSON has all of it.
    table.add_rows(rows.into_iter().map(|row| row.into_iter().map(|cell| excerpt(cell.as_str(), MAX_CELL_CHARS))));
    // The first column holds the uid. Users copy it, so it is never wrapped.
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    SafeText::from_lines(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn long_table_cell_is_cut() {
        let rows = vec![
            vec!["u-1".into(), SafeText::escape(&"x y".repeat(2 << 20))],
            vec!["u-2".into(), SafeText::escape(&"東".repeat(2 << 20))],
        ];
        let began = Instant::now();
        let table = format_table(&["UID", "URL"], rows).into_string();
        assert!(table.chars().count() < 10_000, "{}", table.len());
        assert!(table.contains('…') && table.lines().any(|line| line.starts_with("u-2")), "{}", table.len());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let url = format!("https://a.example/{}", "x".repeat(1000));
        assert!(
            format_table(&["UID", "URL"], vec![vec!["u-1".into(), SafeText::escape(&url)]]).as_str().contains(&url)
        );
    }
}
