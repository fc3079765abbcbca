//! Edits of one collection or scalar.

use granit_parser::ScalarStyle;
use serde_json::Value;

use super::source_tree::{SourceNode, SourceTree, SourceValue};
use super::text_edit::{TextEdit, line_break, line_end, line_start, next_line};
use crate::file::export::value_text::TextStyle;

/// A file that is edited.
pub(super) struct EditedText<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t SourceTree,
}

impl EditedText<'_> {
    /// Replaces the value of an entry. Keeps the quotes of a string.
    pub(super) fn replace_value(&self, key: &SourceNode, node: &SourceNode, value: &Value) -> Option<TextEdit> {
        if node.range.is_empty() {
            let colon = self.text[key.range.end..].find(':')? + key.range.end + 1;
            return Some(TextEdit::insert(colon, format!(" {}", TextStyle::Yaml.value(value))));
        }
        if self.tree.comments.iter().any(|comment| node.range.contains(&comment.start)) {
            return None;
        }
        let style = match &node.value {
            SourceValue::Scalar { style: ScalarStyle::DoubleQuoted, .. } => TextStyle::Json,
            SourceValue::Scalar { .. } => TextStyle::Yaml,
            SourceValue::Sequence { .. } | SourceValue::Mapping { .. } if node.is_flow() => key_style(key),
            _ => return None,
        };
        Some(TextEdit::replace(node.range.clone(), style.value(value)))
    }

    /// Adds an entry at the end of a mapping.
    pub(super) fn insert_entry(&self, mapping: &SourceNode, key: &str, value: &Value) -> Option<TextEdit> {
        let SourceValue::Mapping { entries, .. } = &mapping.value else { return None };
        let Some((last_key, last_value)) = entries.last() else {
            let is_json = self.tree.root.entries().first().is_some_and(|(key, _)| key_style(key) == TextStyle::Json);
            let style = if is_json { TextStyle::Json } else { TextStyle::Yaml };
            return self.fill_empty(mapping, &format!("{{ {} }}", style.entry(key, value)));
        };
        let (first_key, _) = entries.first()?;
        let entry = key_style(first_key).entry(key, value);
        let end = last_value.range.end;
        Some(if mapping.is_flow() {
            TextEdit::insert(end, format!(",{}{entry}", self.flow_separator(last_key)))
        } else {
            self.insert_lines(end, &self.block_indent(first_key.range.start), &[entry])
        })
    }

    /// Removes an entry of a mapping. `None` if nothing would be left.
    pub(super) fn remove_entry(&self, mapping: &SourceNode, index: usize) -> Option<TextEdit> {
        let entries = mapping.entries();
        let (key, value) = entries.get(index)?;
        if entries.len() == 1 {
            return None;
        }
        let end = value.range.end;
        if mapping.is_flow() {
            let next = entries.get(index + 1).map(|(key, _)| key.range.start);
            let previous = index.checked_sub(1).map(|index| entries[index].1.range.end);
            return Some(remove_flow_child(key.range.start, end, previous, next));
        }
        if self.text[line_start(self.text, key.range.start)..key.range.start].trim().is_empty() {
            return Some(self.remove_lines(key.range.start, end));
        }
        // The first key of a list item, which is on the line of the dash.
        let (next, _) = entries.get(index + 1)?;
        Some(TextEdit::remove(key.range.start..next.range.start))
    }

    /// Adds an item to a sequence of scalars.
    pub(super) fn insert_scalar_item(&self, sequence: &SourceNode, value: &Value) -> Option<TextEdit> {
        let SourceValue::Sequence { items, .. } = &sequence.value else { return None };
        let last = items.last()?;
        let is_json = matches!(&last.value, SourceValue::Scalar { style: ScalarStyle::DoubleQuoted, .. });
        let item = if is_json { TextStyle::Json } else { TextStyle::Yaml }.value(value);
        Some(if sequence.is_flow() {
            TextEdit::insert(last.range.end, format!(",{}{item}", self.flow_separator(last)))
        } else {
            let indent = self.block_indent(self.dash(items.first()?)?);
            self.insert_lines(last.range.end, &indent, &[format!("- {item}")])
        })
    }

    /// Removes an item of a sequence. Of a block sequence, this can be the last item.
    pub(super) fn remove_item(&self, sequence: &SourceNode, index: usize) -> Option<TextEdit> {
        let items = sequence.items();
        let item = items.get(index)?;
        if !sequence.is_flow() {
            return Some(self.remove_lines(self.dash(item)?, item.range.end));
        }
        let next = items.get(index + 1).map(|item| item.range.start);
        let previous = index.checked_sub(1).map(|index| items[index].range.end);
        Some(remove_flow_child(item.range.start, item.range.end, previous, next))
    }

    /// Adds the lines of a mapping as an item of a block sequence, or of an empty one.
    pub(super) fn insert_block_item(
        &self,
        key: &SourceNode,
        sequence: &SourceNode,
        lines: &[String],
    ) -> Option<Vec<TextEdit>> {
        let dashed = item_lines(lines);
        if let (Some(first), Some(last)) = (sequence.items().first(), sequence.items().last()) {
            let indent = self.block_indent(self.dash(first)?);
            return (!sequence.is_flow()).then(|| vec![self.insert_lines(last.range.end, &indent, &dashed)]);
        }
        let indent = self.block_indent(key.range.start) + "  ";
        let empty =
            self.text[key.range.end..sequence.range.end].find('[').map_or(key.range.end, |at| key.range.end + at);
        let start = self.text[..empty].trim_end().len();
        Some(vec![
            TextEdit::remove(start.min(sequence.range.end)..sequence.range.end),
            self.insert_lines(sequence.range.end, &indent, &dashed),
        ])
    }

    /// Adds a key with lines below it at the end of a block mapping.
    pub(super) fn insert_block_entry(&self, mapping: &SourceNode, key: &str, lines: &[String]) -> Option<TextEdit> {
        let (first, _) = mapping.entries().first().filter(|_| !mapping.is_flow())?;
        let lines: Vec<_> =
            std::iter::once(format!("{key}:")).chain(lines.iter().map(|line| format!("  {line}"))).collect();
        Some(self.insert_lines(mapping.range.end, &self.block_indent(first.range.start), &lines))
    }

    /// Adds a flow value as an item of a flow sequence.
    pub(super) fn insert_flow_item(&self, sequence: &SourceNode, value: &Value, style: TextStyle) -> Option<TextEdit> {
        let item = style.value(value);
        match sequence.items().last() {
            Some(last) => Some(TextEdit::insert(last.range.end, format!(",{}{item}", self.flow_separator(last)))),
            None => self.fill_empty(sequence, &format!("[{item}]")),
        }
    }

    /// Replaces an empty flow collection.
    fn fill_empty(&self, node: &SourceNode, text: &str) -> Option<TextEdit> {
        // A comment between the brackets would be lost.
        let inner = self.text.get(node.range.start + 1..node.range.end.checked_sub(1)?)?;
        (node.is_flow() && inner.trim().is_empty()).then(|| TextEdit::replace(node.range.clone(), text))
    }

    /// Inserts lines after the line that contains `at`.
    fn insert_lines(&self, at: usize, indent: &str, lines: &[String]) -> TextEdit {
        let line_break = line_break(self.text);
        let lines = lines.iter().map(|line| format!("{line_break}{indent}{line}"));
        TextEdit::insert(line_end(self.text, at), lines.collect::<String>())
    }

    /// Removes the lines from `start` to `end`, except comments that have a line of their own.
    fn remove_lines(&self, start: usize, end: usize) -> TextEdit {
        let range = line_start(self.text, start)..next_line(self.text, end);
        let inside = self.tree.comments.iter().filter(|comment| range.contains(&comment.start));
        let own_line = inside.filter_map(|comment| {
            let first = line_start(self.text, comment.start);
            self.text[first..comment.start].trim().is_empty().then(|| &self.text[first..next_line(self.text, first)])
        });
        TextEdit::replace(range.clone(), own_line.collect::<String>())
    }

    /// The white space that indents a child of a block collection. The child may follow a dash.
    fn block_indent(&self, child: usize) -> String {
        let before = &self.text[line_start(self.text, child)..child];
        before.trim_start_matches('\u{feff}').chars().map(|_| ' ').collect()
    }

    /// The offset of the dash of an item of a block sequence.
    fn dash(&self, item: &SourceNode) -> Option<usize> {
        let start = line_start(self.text, item.range.start);
        let line = &self.text[start..item.range.start];
        let before = self.text[..item.range.start].trim_end();
        match line.find(|c| c != ' ') {
            Some(at) => line[at..].starts_with('-').then_some(start + at),
            None => before.ends_with('-').then(|| before.len() - 1),
        }
    }

    /// The text between the comma and the next child of a flow collection: a line break if each child has its own line.
    fn flow_separator(&self, last: &SourceNode) -> String {
        let start = line_start(self.text, last.range.start);
        let before = &self.text[start..last.range.start];
        if before.trim().is_empty() && start > 0 {
            format!("{}{before}", line_break(self.text))
        } else {
            " ".to_owned()
        }
    }
}

/// Removes a child of a flow collection and its comma.
fn remove_flow_child(start: usize, end: usize, previous: Option<usize>, next: Option<usize>) -> TextEdit {
    match (previous, next) {
        (_, Some(next)) => TextEdit::remove(start..next),
        (Some(previous), None) => TextEdit::remove(previous..end),
        (None, None) => TextEdit::remove(start..end),
    }
}

/// The lines of a mapping as an item of a block sequence.
pub(super) fn item_lines(lines: &[String]) -> Vec<String> {
    let dashed = |(index, line): (usize, &String)| format!("{} {line}", if index == 0 { "-" } else { " " });
    lines.iter().enumerate().map(dashed).collect()
}

/// The style of a mapping with this key.
pub(super) fn key_style(key: &SourceNode) -> TextStyle {
    match &key.value {
        SourceValue::Scalar { style: ScalarStyle::DoubleQuoted, .. } => TextStyle::Json,
        _ => TextStyle::Yaml,
    }
}
