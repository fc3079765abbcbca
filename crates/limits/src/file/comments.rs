//! The comments of a file.

use granit_parser::{Event, Parser};

/// A comment without its `#`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Comment<'t> {
    /// The byte offset of `text`.
    pub(crate) start: usize,
    pub(crate) text: &'t str,
}

/// The comments of a YAML document, in order. Stops at the first syntax error.
pub(crate) fn find_comments(text: &str) -> Vec<Comment<'_>> {
    if !text.contains('#') {
        return Vec::new();
    }
    let events = Parser::new_from_str(text).map_while(Result::ok);
    let comments = events.filter_map(|(event, span)| match event {
        Event::Comment(..) => {
            let start = span.byte_range()?.start + 1;
            let line = text.get(start..)?.split(['\n', '\r']).next()?;
            Some(Comment { start, text: line })
        }
        _ => None,
    });
    comments.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_are_found() {
        let text = "# one\na: |  # two\n  x # no\n\n# three\nb: >-\n  fold # no\nc: plain\n  multi # four # same\n\
                    d: \"q # no\n  x\" # five\ne: 'x # no' #six\nf: é#no # 🦀\ng: [a, # seven\n  b]\n\t# eight\nh: | # nine";
        let comments = find_comments(text);
        let texts: Vec<_> = comments.iter().map(|comment| comment.text.trim()).collect();
        assert_eq!(texts, ["one", "two", "three", "four # same", "five", "six", "🦀", "seven", "eight", "nine"]);
        assert!(comments.iter().all(|it| text[it.start..].starts_with(it.text) && text[..it.start].ends_with('#')));
    }
}
