//! Compares the content of two YAML texts: everything except the layout.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

/// A part of the content, and where it starts.
type Located<P> = (P, usize);

/// The content of a text, up to its first syntax error.
#[derive(Default)]
struct Content<'t> {
    /// Values, keys, anchors, aliases, tags, and the structure.
    events: Vec<Located<Event<'t>>>,
    comments: Vec<Located<Comment<'t>>>,
}

#[derive(PartialEq)]
struct Comment<'t> {
    text: Cow<'t, str>,
    /// Whether it is on a line of its own. Where it stands decides which limit `# ajo: allow` is about.
    is_own_line: bool,
    /// How many values and keys are before it.
    nodes_before: usize,
}

/// Where in `before`, as a byte offset, its values, keys, anchors, tags, or comments first differ from `after`. `None` if they are the
/// same.
pub(super) fn find_difference(before: &str, after: &str) -> Option<usize> {
    let (before, after) = (content(before), content(after));
    let differences =
        [first_difference(&before.events, &after.events), first_difference(&before.comments, &after.comments)];
    differences.into_iter().flatten().min()
}

fn first_difference<P: PartialEq>(before: &[Located<P>], after: &[Located<P>]) -> Option<usize> {
    let same = before.iter().zip(after).take_while(|((one, _), (other, _))| one == other).count();
    if same == before.len() && same == after.len() {
        return None;
    }
    Some(before.get(same).or(before.last()).map_or(0, |(_, start)| *start))
}

fn content(text: &str) -> Content<'_> {
    let mut content = Content::default();
    let mut nodes_before = 0;
    for (event, span) in Parser::new_from_str(text).map_while(Result::ok) {
        let start = span.byte_range().map_or(0, |range| range.start);
        if let Event::Comment(comment, _) = event {
            let before = text.get(..start).unwrap_or_default();
            let is_own_line = before.trim_end_matches([' ', '\t']).ends_with('\n') || before.trim().is_empty();
            let text = comment.trim_end().to_owned().into();
            content.comments.push((Comment { text, is_own_line, nodes_before }, start));
        } else {
            nodes_before += usize::from(!matches!(event, Event::SequenceEnd | Event::MappingEnd | Event::DocumentEnd));
            content.events.push((without_layout(event), start));
        }
    }
    content
}

/// The event without the kind of quotes and the style of collections.
fn without_layout(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Scalar(value, style, anchor, tag) => {
            // Plain `1` is a number, and `"1"` is a string.
            let style = if style == ScalarStyle::Plain { style } else { ScalarStyle::DoubleQuoted };
            Event::Scalar(value, style, anchor, tag)
        }
        Event::SequenceStart(_, anchor, tag) => Event::SequenceStart(StructureStyle::Block, anchor, tag),
        Event::MappingStart(_, anchor, tag) => Event::MappingStart(StructureStyle::Block, anchor, tag),
        event => event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_no_difference() {
        let text = "a:   'x' # one\nb: {c: 1,d: [2]}\n\n# two\ne: |\n  t\n";
        let same = "a: \"x\" # one\nb:\n  c: 1\n  d:\n    - 2\n# two\ne: |\n    t\n";
        assert_eq!(find_difference(text, same), None);
    }

    #[test]
    fn other_content_is_found() {
        let text = "a: &x 1 # one\n# two\nb: *x\nc: !t \"2\"\nd: |\n  t\n";
        for (from, to, at) in [
            ("1", "\"1\"", 3),
            ("&x 1", "1", 3),
            ("# one", "#one", 8),
            (" # one\n# two", "\n# one\n# two", 8),
            ("# two\n", "", 14),
            ("# one\n# two", "# one # two", 8),
            ("*x", "1", 23),
            ("!t ", "", 29),
            ("|", "|-", 40),
            ("b:", "e:", 20),
            ("d: |\n  t\n", "", 36),
            ("d: |\n  t\n", "d: [\n", 43),
        ] {
            let changed = text.replace(from, to);
            let found = find_difference(text, &changed);
            assert!(found.is_some(), "{changed}");
            assert!(found.is_some_and(|found| found.abs_diff(at) <= 3), "{from} {to}: {found:?}");
        }
    }
}
