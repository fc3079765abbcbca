//! Replacements in a text.

use std::ops::Range;

/// Replaces a byte range.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextEdit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

impl TextEdit {
    pub(super) fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at..at, text)
    }

    pub(super) fn remove(range: Range<usize>) -> Self {
        Self::replace(range, "")
    }
}

/// Applies edits that do not overlap. Edits at one place are applied in order.
pub(super) fn apply_edits(text: &str, mut edits: Vec<TextEdit>) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let mut edited = String::with_capacity(text.len());
    let mut end = 0;
    for edit in edits {
        edited.push_str(&text[end..edit.range.start]);
        edited.push_str(&edit.text);
        end = edit.range.end;
    }
    edited + &text[end..]
}

/// The offset of the first byte of a line.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

/// The offset of the line break that ends a line, or of the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |end| at + end)
}

/// The line break of a text.
pub(super) fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The offset of the line after this one.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    let rest = &text[end..];
    end + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
}
