//! Finds the links, anchors, title, and first paragraph of a Markdown file.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::html::{self, HtmlTag};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkKind {
    Page,
    Image,
}

#[derive(Debug)]
pub(crate) struct MarkdownLink {
    pub(crate) target: String,
    pub(crate) kind: LinkKind,
    /// The position of the target in the text. `None` if it is escaped there.
    pub(crate) range: Option<Range<usize>>,
    /// Starts at 1.
    pub(crate) line: usize,
}

#[derive(Debug, Default)]
pub(crate) struct MarkdownFile {
    pub(crate) title: String,
    pub(crate) first_paragraph: String,
    pub(crate) links: Vec<MarkdownLink>,
    pub(crate) anchors: Vec<String>,
}

/// The extensions that both GitHub and mdBook have.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

pub(crate) fn parse(text: &str) -> MarkdownFile {
    let mut file = MarkdownFile::default();
    let events = Parser::new_ext(text, options()).into_offset_iter();
    for (_, definition) in events.reference_definitions().iter() {
        // The title is after the target, so search from the left, behind the label.
        let start = definition.span.start + text[definition.span.clone()].find("]:").map_or(0, |at| at + 2);
        let found = text[start..definition.span.end].find(&*definition.dest).map(|at| start + at);
        file.add_link(text, &definition.dest, LinkKind::Page, found, definition.span.start);
    }
    let mut slugs = HeadingSlugs::default();
    let (mut heading, mut paragraph): (Option<String>, Option<String>) = (None, None);
    for (event, range) in events {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Inline | LinkType::Autolink, dest_url, .. }) => {
                file.add_inline_link(text, &dest_url, LinkKind::Page, range);
            }
            Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, .. }) => {
                file.add_inline_link(text, &dest_url, LinkKind::Image, range);
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => file.add_html(text, range),
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let words = heading.take().unwrap_or_default();
                file.anchors.push(slugs.add(&words));
                if file.title.is_empty() {
                    file.title = words;
                }
            }
            Event::Start(Tag::Paragraph) if file.first_paragraph.is_empty() => paragraph = Some(String::new()),
            Event::End(TagEnd::Paragraph) => file.first_paragraph.push_str(&paragraph.take().unwrap_or_default()),
            Event::Text(words) | Event::Code(words) => {
                for open in [&mut heading, &mut paragraph].into_iter().flatten() {
                    open.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                for open in [&mut heading, &mut paragraph].into_iter().flatten() {
                    open.push(' ');
                }
            }
            _ => {}
        }
    }
    file
}

impl MarkdownFile {
    fn add_link(&mut self, text: &str, target: &str, kind: LinkKind, found: Option<usize>, start: usize) {
        let range = found.map(|at| at..at + target.len());
        let line = text[..found.unwrap_or(start)].matches('\n').count() + 1;
        self.links.push(MarkdownLink { target: target.to_owned(), kind, range, line });
    }

    /// In `[text](target "title")`, the text may contain the target too, so search from the right.
    fn add_inline_link(&mut self, text: &str, target: &str, kind: LinkKind, range: Range<usize>) {
        let found = text[range.clone()].rfind(target).map(|at| range.start + at);
        self.add_link(text, target, kind, found, range.start);
    }

    fn add_html(&mut self, text: &str, range: Range<usize>) {
        let mut from = range.start;
        for HtmlTag { name, attributes } in html::tags(&text[range.clone()]) {
            for (attribute, value) in attributes {
                if matches!(&*attribute, "id" | "name") {
                    self.anchors.push(value);
                } else if html::LINK_ATTRIBUTES.contains(&&*attribute) {
                    let found = text[from..range.end].find(&format!("{attribute}=\"{value}\""));
                    let found = found.map(|at| from + at + attribute.len() + 2);
                    from = found.unwrap_or(from);
                    let kind = if name == "a" { LinkKind::Page } else { LinkKind::Image };
                    self.add_link(text, &value, kind, found, range.start);
                }
            }
        }
    }
}

/// The anchors that GitHub and mdBook give to headings.
#[derive(Default)]
struct HeadingSlugs {
    counts: HashMap<String, usize>,
}

impl HeadingSlugs {
    fn add(&mut self, heading: &str) -> String {
        let lower = heading.trim().to_lowercase();
        let letters = lower.chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '-' | '_'));
        let slug: String = letters.map(|c| if c.is_whitespace() { '-' } else { c }).collect();
        let count = self.counts.entry(slug.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) }
    }
}

/// Replaces the targets of links. A link that `replace` returns `None` for is not changed.
pub(crate) fn rewrite_links(
    text: &str,
    mut replace: impl FnMut(&MarkdownLink) -> Result<Option<String>, String>,
) -> Result<String, String> {
    let mut edits = Vec::new();
    for link in parse(text).links {
        if let Some(target) = replace(&link)? {
            let problem = || format!("line {}: write the target {} without escapes", link.line, link.target);
            edits.push((link.range.clone().ok_or_else(problem)?, target));
        }
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, target) in edits {
        text.replace_range(range, &target);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(text: &str) -> Vec<String> {
        parse(text).links.into_iter().map(|link| link.target).collect()
    }

    #[test]
    fn links_are_found_everywhere_except_in_code() {
        let text = "# T\n\n[a](a.md) ![b](b.png) <https://c.example> [d]\n\n`[x](x.md)`\n\n```text\n[y](y.md)\n```\n\n\
            | [e](e.md) |\n|---|\n| [f](<f.md> \"f\") |\n\n<img src=\"g.png\" alt=\"\">\n\n[d]: d.md \"d.md\"\n";
        let mut found = targets(text);
        found.sort();
        assert_eq!(found, ["a.md", "b.png", "d.md", "e.md", "f.md", "g.png", "https://c.example"]);
    }

    #[test]
    fn only_targets_are_rewritten() {
        let text = "[a.md](a.md \"t\") [![a.md](a.png)](a.md)\n\n<p><img src=\"a.png\" alt=\"a.png\"><a href=\"a.md\">a.md</a></p>\n\n[`a.md`][r]\n\n[r]: a.md\n";
        let rewritten = rewrite_links(text, |link| Ok(Some(link.target.replacen('a', "b", 1)))).expect("rewritten");
        assert_eq!(
            rewritten,
            "[a.md](b.md \"t\") [![a.md](b.png)](b.md)\n\n<p><img src=\"b.png\" alt=\"a.png\"><a href=\"b.md\">a.md</a></p>\n\n[`a.md`][r]\n\n[r]: b.md\n"
        );
    }

    #[test]
    fn escaped_target_is_reported() {
        let problem = rewrite_links("\n[a](a\\_b.md)\n", |_| Ok(Some("c".to_owned()))).expect_err("escaped");
        assert!(problem.starts_with("line 2: "), "{problem}");
    }

    #[test]
    fn anchors_are_those_of_github() {
        let text = "# The `ajo` command: *all* of it\n\n## Why?\n\n## Why?\n\n### a_b – c/d\n\n<a id=\"own\"></a>\n";
        assert_eq!(parse(text).anchors, ["the-ajo-command-all-of-it", "why", "why-1", "a_b--cd", "own"]);
    }

    #[test]
    fn title_and_first_paragraph_are_text() {
        let file = parse("# A `b`\n\nIt is [a link](a.md)\nto *b*.\n\nMore.\n");
        assert_eq!((&*file.title, &*file.first_paragraph), ("A b", "It is a link to b."));
    }
}
