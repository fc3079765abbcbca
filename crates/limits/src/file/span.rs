//! Places in a file's text.

use std::rc::Rc;

use crate::Place;

/// A place in a file, cheap to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) file: Rc<str>,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) length: u32,
    /// From which to which byte of the text.
    pub(crate) bytes: (usize, usize),
}

impl Mark {
    /// The beginning of a file.
    pub(crate) fn start(file: &Rc<str>) -> Self {
        Self { file: file.clone(), line: 1, column: 1, length: 1, bytes: (0, 0) }
    }

    /// The same in the form that is shown.
    pub(crate) fn place(&self) -> Place {
        Place { file: self.file.to_string(), line: self.line, column: self.column, length: self.length }
    }

    /// From the beginning of this one to the end of the other, if that is on the same line.
    pub(crate) fn until(&self, end: &Self) -> Option<Self> {
        let length = (end.column + end.length).checked_sub(self.column)?;
        let same = self.file == end.file && self.line == end.line && length >= self.length;
        same.then(|| Self { length, bytes: (self.bytes.0, end.bytes.1), ..self.clone() })
    }
}

/// Makes places of a file's text.
pub(crate) struct Marks<'t> {
    file: &'t Rc<str>,
    text: &'t str,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
    /// How many characters begin before each block of bytes: a line of JSON can be as long as a file.
    characters: Vec<usize>,
}

/// Length of a block whose characters are counted once, in bytes. Chosen here.
const BLOCK: usize = 256;

impl<'t> Marks<'t> {
    pub(crate) fn new(file: &'t Rc<str>, text: &'t str) -> Self {
        // A line ends where YAML ends it: at a line feed, or at a carriage return that none follows.
        let bytes = text.as_bytes();
        let ends = |index: &usize| match bytes[*index] {
            b'\n' => true,
            b'\r' => bytes.get(index + 1) != Some(&b'\n'),
            _ => false,
        };
        let lines = std::iter::once(0).chain((0..bytes.len()).filter(ends).map(|index| index + 1)).collect();
        let mut count = 0;
        let counted = |block: &[u8]| {
            let before = count;
            count += beginnings(block);
            before
        };
        // One block more, so that the end of a text is in one.
        let characters = bytes.chunks(BLOCK).chain([&[][..]]).map(counted).collect();
        Self { file, text, lines, characters }
    }

    /// The text that is marked.
    pub(crate) fn marked(&self, mark: &Mark) -> &'t str {
        self.text.get(mark.bytes.0..mark.bytes.1).unwrap_or_default()
    }

    /// The place of these bytes; of several lines, what is on the first.
    pub(crate) fn between(&self, start: usize, end: usize) -> Mark {
        let (start, end) = (self.floor(start), self.floor(end));
        let line = self.lines.partition_point(|line| *line <= start);
        let line_start = self.lines[line - 1];
        // No editor counts the mark of the byte order.
        let mark = usize::from(line == 1 && start > 0 && self.text.starts_with('\u{feff}'));
        let marked = self.text.get(start..end).unwrap_or_default();
        let length = marked.split(['\n', '\r']).next().unwrap_or_default().trim_end().chars().count();
        Mark {
            file: self.file.clone(),
            line: number(line),
            column: number(self.before(start) - self.before(line_start) - mark + 1),
            length: number(length.max(1)),
            bytes: (start, end),
        }
    }

    /// The place of a line and a column, both from 1.
    pub(crate) fn at(&self, line: usize, column: usize) -> Mark {
        Mark { line: number(line.max(1)), column: number(column.max(1)), ..Mark::start(self.file) }
    }

    /// How many characters begin before a byte.
    fn before(&self, index: usize) -> usize {
        let block = index / BLOCK;
        self.characters[block] + beginnings(&self.text.as_bytes()[block * BLOCK..index])
    }

    /// The nearest beginning of a character.
    fn floor(&self, index: usize) -> usize {
        let index = index.min(self.text.len());
        (0..=index).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or_default()
    }
}

/// How many characters begin in these bytes of UTF-8.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters_however_long_a_line_is() {
        let file = "f".into();
        for text in
            ["", "a", &"é".repeat(1000), &"x".repeat(BLOCK), &("ab\n".to_owned() + &"😀b".repeat(500)), "\u{feff}ab"]
        {
            let marks = Marks::new(&file, text);
            for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
                let column = text[line_start..at].trim_start_matches('\u{feff}').chars().count() + 1;
                assert_eq!(marks.between(at, at).column as usize, column, "{at}");
            }
        }
    }
}
