//! The comments of a file.

use super::yaml_node::{YamlNode, YamlValue};

/// A comment without its `#`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Comment<'t> {
    /// The byte offset of `text`.
    pub(crate) start: usize,
    pub(crate) text: &'t str,
}

/// The comments of a file, in order.
pub(crate) struct Comments<'t>(Vec<Comment<'t>>);

impl<'t> Comments<'t> {
    /// Finds the comments of a document. The parser drops them, but it says where the scalars are; a `#` anywhere else, at the
    /// start of a line or after a space, starts a comment (YAML 1.2, section 6.6).
    pub(crate) fn find(root: &YamlNode, text: &'t str) -> Self {
        if !text.contains('#') {
            return Self(Vec::new());
        }
        let mut scalars = Vec::new();
        add_scalars(root, &mut scalars);
        scalars.sort_unstable();
        let mut comments: Vec<Comment<'t>> = Vec::new();
        let mut end_of_last = 0;
        for (at, _) in text.match_indices('#') {
            let before = &text[..at];
            let starts = before.is_empty() || before.ends_with([' ', '\t', '\n', '\r', '\u{feff}']);
            let preceding = scalars[..scalars.partition_point(|(start, _)| *start <= at)].last();
            if at >= end_of_last && starts && preceding.is_none_or(|(_, end)| *end <= at) {
                let line = text[at + 1..].split(['\n', '\r']).next().unwrap_or_default();
                comments.push(Comment { start: at + 1, text: line });
                end_of_last = at + 1 + line.len();
            }
        }
        Self(comments)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Comment<'t>> {
        self.0.iter()
    }
}

/// The byte ranges of all keys and scalar values.
fn add_scalars(node: &YamlNode, scalars: &mut Vec<(usize, usize)>) {
    match &node.value {
        YamlValue::Sequence(items) => items.iter().for_each(|item| add_scalars(item, scalars)),
        YamlValue::Mapping(map) => map.iter().for_each(|(name, value)| {
            add_scalars(name, scalars);
            add_scalars(value, scalars);
        }),
        _ => scalars.push(node.span.bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::yaml_parser::parse_yaml;

    #[test]
    fn only_comments_are_found() {
        let text = "# one\na: |  # two\n  x # no\n\n# three\nb: >-\n  fold # no\nc: plain\n  multi # four # same\n\
                    d: \"q # no\n  x\" # five\ne: 'x # no' #six\nf: é#no # 🦀\ng: [a, # seven\n  b]\n\t# eight";
        let root = parse_yaml(&"f".into(), text).expect("YAML");
        let comments = Comments::find(&root, text);
        let texts: Vec<_> = comments.iter().map(|comment| comment.text.trim()).collect();
        assert_eq!(texts, ["one", "two", "three", "four # same", "five", "six", "🦀", "seven", "eight"]);
        assert!(comments.iter().all(|it| text[it.start..].starts_with(it.text) && text[..it.start].ends_with('#')));
    }
}
