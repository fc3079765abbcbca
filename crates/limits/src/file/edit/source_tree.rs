//! The structure of a file's text: where its keys, values, collections, and comments are.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

/// A parsed file.
pub(super) struct SourceTree {
    pub(super) root: SourceNode,
    /// The byte ranges of the comments, each from its `#` to the end of its line.
    pub(super) comments: Vec<Range<usize>>,
}

/// A value and its text.
#[derive(Clone, Debug)]
pub(super) struct SourceNode {
    /// The byte range of the value, without surrounding white space; for a value without text, the end of its key.
    pub(super) range: Range<usize>,
    /// Whether an anchor names the value, so that aliases may share it.
    pub(super) is_anchored: bool,
    pub(super) value: SourceValue,
}

#[derive(Clone, Debug)]
pub(super) enum SourceValue {
    Scalar { text: String, style: ScalarStyle },
    Sequence { is_flow: bool, items: Vec<SourceNode> },
    Mapping { is_flow: bool, entries: Vec<(SourceNode, SourceNode)> },
    Alias,
}

/// A collection that is not complete yet: its children alternate between keys and values in a mapping.
struct OpenCollection {
    start: usize,
    is_anchored: bool,
    is_flow: bool,
    is_mapping: bool,
    children: Vec<SourceNode>,
}

impl SourceTree {
    /// Parses a text that the limits file parser accepts. Returns `None` if this parser does not.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut comments = Vec::new();
        let mut open: Vec<OpenCollection> = Vec::new();
        let mut root = None;
        for next in Parser::new_from_str(text) {
            let (event, span) = next.ok()?;
            let range = trimmed_range(text, &span)?;
            let node = match event {
                Event::Comment(..) => {
                    comments.push(range);
                    continue;
                }
                Event::Scalar(value, style, anchor, _) => {
                    let value = SourceValue::Scalar { text: value.into_owned(), style };
                    SourceNode { range, is_anchored: anchor != 0, value }
                }
                Event::Alias(_) => SourceNode { range, is_anchored: false, value: SourceValue::Alias },
                Event::SequenceStart(style, anchor, _) => {
                    open.push(OpenCollection::new(range.start, style, anchor, false));
                    continue;
                }
                Event::MappingStart(style, anchor, _) => {
                    open.push(OpenCollection::new(range.start, style, anchor, true));
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => open.pop()?.close(text, span.end.byte_offset()?),
                _ => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(node),
                None if root.is_none() => root = Some(node),
                None => return None,
            }
        }
        Some(Self { root: root?, comments })
    }
}

/// The range of a span. The parser's span of a block scalar ends after its last line break.
fn trimmed_range(text: &str, span: &Span) -> Option<Range<usize>> {
    let range = span.byte_range()?;
    let source = text.get(range.clone())?;
    Some(range.start..range.start + source.trim_end().len())
}

impl OpenCollection {
    fn new(start: usize, style: StructureStyle, anchor: usize, is_mapping: bool) -> Self {
        let is_flow = style == StructureStyle::Flow;
        Self { start, is_anchored: anchor != 0, is_flow, is_mapping, children: Vec::new() }
    }

    /// The collection. Its block style ends with its last child, whatever the parser's `end` is.
    fn close(self, text: &str, end: usize) -> SourceNode {
        let Self { start, is_anchored, is_flow, is_mapping, children } = self;
        let mut last = start;
        let value = if is_mapping {
            let mut entries = Vec::new();
            let mut children = children.into_iter();
            while let (Some(key), Some(mut value)) = (children.next(), children.next()) {
                if let SourceValue::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } = value.value {
                    // The parser's span does not contain the header, such as `|`.
                    let header = text[key.range.end..].find(['|', '>']).map(|at| key.range.end + at);
                    value.range.start = header.unwrap_or(value.range.start).min(value.range.start);
                }
                if value.range.is_empty() {
                    value.range = key.range.end..key.range.end;
                }
                last = last.max(value.range.end);
                entries.push((key, value));
            }
            SourceValue::Mapping { is_flow, entries }
        } else {
            last = children.iter().map(|item| item.range.end).max().unwrap_or(last);
            SourceValue::Sequence { is_flow, items: children }
        };
        SourceNode { range: start..if is_flow { end } else { last }, is_anchored, value }
    }
}

impl SourceNode {
    /// The entries of a mapping.
    pub(super) fn entries(&self) -> &[(Self, Self)] {
        if let SourceValue::Mapping { entries, .. } = &self.value { entries } else { &[] }
    }

    /// The items of a sequence.
    pub(super) fn items(&self) -> &[Self] {
        if let SourceValue::Sequence { items, .. } = &self.value { items } else { &[] }
    }

    /// The index of the entry with this key.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.entries().iter().position(|(key, _)| key.scalar() == Some(name))
    }

    /// The value of a key.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.position(name).map(|index| &self.entries()[index].1)
    }

    pub(super) fn scalar(&self) -> Option<&str> {
        if let SourceValue::Scalar { text, .. } = &self.value { Some(text) } else { None }
    }

    pub(super) const fn is_flow(&self) -> bool {
        matches!(self.value, SourceValue::Sequence { is_flow: true, .. } | SourceValue::Mapping { is_flow: true, .. })
    }

    /// Whether the value is shared by an anchor or an alias, so that changing it could change other values.
    pub(super) const fn is_shared(&self) -> bool {
        self.is_anchored || matches!(self.value, SourceValue::Alias)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(node: &SourceNode, text: &str) -> String {
        let source = format!("{:?}", &text[node.range.clone()]);
        let source = if node.is_anchored { format!("&{source}") } else { source };
        match &node.value {
            SourceValue::Scalar { .. } => source,
            SourceValue::Alias => format!("alias {source}"),
            SourceValue::Sequence { is_flow, items } => {
                let items: Vec<_> = items.iter().map(|item| describe(item, text)).collect();
                format!("[{}]{}", items.join(", "), if *is_flow { "" } else { "block" })
            }
            SourceValue::Mapping { entries, .. } => {
                let entry =
                    |(key, value): &(SourceNode, SourceNode)| describe(key, text) + ": " + &describe(value, text);
                let entries: Vec<_> = entries.iter().map(entry).collect();
                format!("{{{}}} {source}", entries.join(", "))
            }
        }
    }

    #[test]
    fn ranges_are_exact() {
        for (text, expected) in [
            ("a: 1 # x\nb: 'é' #\n", r#"{"a": "1", "b": "'é'"} "a: 1 # x\nb: 'é'""#),
            ("\u{feff}a: \"x\"\n", r#"{"a": "\"x\""} "a: \"x\"""#),
            (
                "a:\nb: |\n  x\n  y\n\n# c\nd: >-\n  z",
                r#"{"a": "", "b": "|\n  x\n  y", "d": ">-\n  z"} "a:\nb: |\n  x\n  y\n\n# c\nd: >-\n  z""#,
            ),
            (
                "- &x {a: 1, b: [2, 3 ] }\r\n- *x\r\n",
                r#"[{"a": "1", "b": ["2", "3"]} &"{a: 1, b: [2, 3 ] }", alias "*x"]block"#,
            ),
            ("a: x\n  y\nb: { # z\n }\n", r#"{"a": "x\n  y", "b": {} "{ # z\n }"} "a: x\n  y\nb: { # z\n }""#),
        ] {
            let tree = SourceTree::parse(text).expect("YAML");
            assert_eq!(describe(&tree.root, text), expected);
        }
    }

    #[test]
    fn comments_are_found() {
        let text = "# a\nb: \"# no\" # c\n#d\r\ne: |\n  # no\n";
        let tree = SourceTree::parse(text).expect("YAML");
        let comments: Vec<_> = tree.comments.iter().map(|comment| &text[comment.clone()]).collect();
        assert_eq!(comments, ["# a", "# c", "#d"]);
    }
}
