//! Spans in the text of a file.

use std::rc::Rc;

use crate::SourceLocation;

/// A span in a file; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceSpan {
    pub(crate) file: Rc<str>,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) length: u32,
    /// The start and end byte offset.
    pub(crate) bytes: (usize, usize),
}

impl SourceSpan {
    /// The start of a file.
    pub(crate) fn file_start(file: &Rc<str>) -> Self {
        Self { file: file.clone(), line: 1, column: 1, length: 1, bytes: (0, 0) }
    }

    /// The public representation of the span.
    pub(crate) fn to_location(&self) -> SourceLocation {
        SourceLocation { file: self.file.to_string(), line: self.line, column: self.column, length: self.length }
    }

    /// The span from the start of `self` to the end of `end`, if both are on the same line.
    pub(crate) fn extend_to(&self, end: &Self) -> Option<Self> {
        let length = (end.column + end.length).checked_sub(self.column)?;
        let same = self.file == end.file && self.line == end.line && length >= self.length;
        same.then(|| Self { length, bytes: (self.bytes.0, end.bytes.1), ..self.clone() })
    }
}

/// Converts offsets in a file's text to spans.
pub(crate) struct LineIndex<'t> {
    file: &'t Rc<str>,
    text: &'t str,
    /// The byte offset of each line.
    lines: Vec<usize>,
    /// The number of characters before each block. A JSON file may be a single long line, so counting from its start is slow.
    characters: Vec<usize>,
}

/// The block size for counting characters, in bytes.
const BLOCK_SIZE: usize = 256;

impl<'t> LineIndex<'t> {
    pub(crate) fn new(file: &'t Rc<str>, text: &'t str) -> Self {
        // Lines end where YAML ends them: at a line feed, or at a carriage return without a line feed.
        let bytes = text.as_bytes();
        let ends = |index: &usize| match bytes[*index] {
            b'\n' => true,
            b'\r' => bytes.get(index + 1) != Some(&b'\n'),
            _ => false,
        };
        let lines = std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|index| index + 1)).collect();
        let mut count = 0;
        let count_before = |block: &[u8]| {
            let before = count;
            count += count_chars(block);
            before
        };
        // One more block, so that the end of the text is in a block too.
        let characters = bytes.chunks(BLOCK_SIZE).chain([&[][..]]).map(count_before).collect();
        Self { file, text, lines, characters }
    }

    /// The text of a span.
    pub(crate) fn source_at(&self, span: &SourceSpan) -> &'t str {
        self.text.get(span.bytes.0..span.bytes.1).unwrap_or_default()
    }

    /// The span of a byte range; truncated to the first line.
    pub(crate) fn byte_span(&self, start: usize, end: usize) -> SourceSpan {
        let (start, end) = (self.floor_char_boundary(start), self.floor_char_boundary(end));
        let line = self.lines.partition_point(|line| *line <= start);
        let line_start = self.lines[line - 1];
        // Editors do not count the byte order mark.
        let bom = usize::from(line == 1 && start > 0 && self.text.starts_with('\u{feff}'));
        let source = self.text.get(start..end).unwrap_or_default();
        let length = source.split(['\n', '\r']).next().unwrap_or_default().trim_end().chars().count();
        SourceSpan {
            file: self.file.clone(),
            line: to_u32(line),
            column: to_u32(self.chars_before(start) - self.chars_before(line_start) - bom + 1),
            length: to_u32(length.max(1)),
            bytes: (start, end),
        }
    }

    /// The span of a line and column, both starting at 1.
    pub(crate) fn line_column_span(&self, line: usize, column: usize) -> SourceSpan {
        SourceSpan { line: to_u32(line.max(1)), column: to_u32(column.max(1)), ..SourceSpan::file_start(self.file) }
    }

    /// The number of characters before a byte offset.
    fn chars_before(&self, index: usize) -> usize {
        let block = index / BLOCK_SIZE;
        self.characters[block] + count_chars(&self.text.as_bytes()[block * BLOCK_SIZE..index])
    }

    /// The start of the character that contains a byte offset.
    fn floor_char_boundary(&self, index: usize) -> usize {
        let index = index.min(self.text.len());
        (0..=index).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or_default()
    }
}

/// The number of characters that start in these bytes of UTF-8.
fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let file = "f".into();
        for text in [
            "",
            "a",
            &"é".repeat(1000),
            &"x".repeat(BLOCK_SIZE),
            &("ab\n".to_owned() + &"😀b".repeat(500)),
            "\u{feff}ab",
        ] {
            let line_index = LineIndex::new(&file, text);
            for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
                let column = text[line_start..at].trim_start_matches('\u{feff}').chars().count() + 1;
                assert_eq!(line_index.byte_span(at, at).column as usize, column, "{at}");
            }
        }
    }
}
