//! Reads `docs/SUMMARY.md`, the table of contents.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::markdown;
use super::repository_paths::resolve;

/// The table of contents.
pub(crate) const SUMMARY: &str = "docs/SUMMARY.md";

/// The part of the pages above the first part.
const FIRST_PART: &str = "Overview";

/// A page of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SitePage {
    pub(crate) title: String,
    /// The heading above it in the summary.
    pub(crate) part: String,
    /// Its source, relative to the workspace root.
    pub(crate) source: String,
}

/// The pages in order. mdBook checks the rest of the format.
pub(crate) fn parse_summary(text: &str) -> Result<Vec<SitePage>, String> {
    let mut pages: Vec<SitePage> = Vec::new();
    let (mut part, mut is_heading, mut link) = (FIRST_PART.to_owned(), false, None);
    for event in Parser::new_ext(text, markdown::options()) {
        match event {
            // The first heading is the title of the summary.
            Event::Start(Tag::Heading { .. }) if !pages.is_empty() => {
                is_heading = true;
                part.clear();
            }
            Event::End(TagEnd::Heading(_)) => is_heading = false,
            Event::Start(Tag::Link { dest_url, .. }) => {
                let source = resolve(SUMMARY, &dest_url).ok_or_else(|| format!("{SUMMARY}: {dest_url} is outside"))?;
                link = Some(SitePage { title: String::new(), part: part.clone(), source });
            }
            Event::End(TagEnd::Link) => pages.extend(link.take()),
            Event::Text(words) | Event::Code(words) => match &mut link {
                Some(page) => page.title.push_str(&words),
                None if is_heading => part.push_str(&words),
                None => {}
            },
            _ => {}
        }
    }
    match pages.iter().enumerate().find(|(index, page)| pages[..*index].iter().any(|other| other.source == page.source))
    {
        Some((_, page)) => Err(format!("{SUMMARY}: {} is listed twice", page.source)),
        None => Ok(pages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_title_part_and_source() {
        let text = "# Summary\n\n[Start](index.md)\n\n# Rust\n\n- [The `a` crate](rust.md)\n  - [More](../crates/a/README.md)\n";
        let page = |title: &str, part: &str, source: &str| SitePage {
            title: title.to_owned(),
            part: part.to_owned(),
            source: source.to_owned(),
        };
        assert_eq!(
            parse_summary(text).expect("valid"),
            [
                page("Start", FIRST_PART, "docs/index.md"),
                page("The a crate", "Rust", "docs/rust.md"),
                page("More", "Rust", "crates/a/README.md"),
            ]
        );
    }

    #[test]
    fn page_is_listed_once() {
        let problem = parse_summary("[a](a.md)\n[b](./a.md)\n").expect_err("twice");
        assert!(problem.ends_with("docs/a.md is listed twice"), "{problem}");
    }
}
