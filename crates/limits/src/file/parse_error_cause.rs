//! Finds the character that causes a parse error. The parser names a place after it, often on another line.

use ajo_core::rules::{describe_character, is_invisible};

use super::source_span::{LineIndex, SourceSpan};

/// The message and position of the character in the indentation, or where a space was expected, that causes a parse error. `None`
/// for other errors.
pub(crate) fn find_cause(
    index: &LineIndex<'_>,
    text: &str,
    message: &str,
    error_line: u32,
) -> Option<(String, SourceSpan)> {
    let error_line = error_line as usize;
    let lines: Vec<&str> = text.lines().collect();
    // YAML in flow style may be indented with tabs. Where tabs matter, the error says so, but it can be a line too early.
    let with_tabs = message.contains("tab");
    let last = lines.len().min(error_line + usize::from(with_tabs));
    let (line, column, character) = (0..last).rev().find_map(|at| {
        let is_near = at + 2 >= error_line;
        let (column, character) = misplaced_character(lines[at], with_tabs && is_near, is_near)?;
        Some((at + 1, column, character))
    })?;
    let place = if lines[line - 1].chars().take(column).all(is_blank) {
        "in the indentation; YAML allows only spaces there"
    } else {
        "where YAML expects a space"
    };
    let kind = if is_invisible(character) { "invisible character " } else { "" };
    let message = format!("{kind}{} {place}", describe_character(character));
    Some((message, index.line_column_span(line, column + 1)))
}

/// The first character of a line that YAML does not take for the space that it looks like, and its index. Far from the error, only
/// in the indentation and after `-` and `:`.
fn misplaced_character(line: &str, with_tabs: bool, anywhere: bool) -> Option<(usize, char)> {
    let line = line.trim_start_matches('\u{feff}');
    let mut is_indentation = true;
    let mut before = ' ';
    for (index, character) in line.chars().enumerate() {
        if character == '#' && before.is_whitespace() {
            return None;
        }
        is_indentation &= is_blank(character);
        let is_place = is_indentation || anywhere || matches!(before, '-' | ':');
        let is_tab = character == '\t';
        if is_place && is_blank(character) && character != ' ' && (!is_tab || with_tabs) {
            return Some((index, character));
        }
        before = character;
    }
    None
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || is_invisible(character)
}
