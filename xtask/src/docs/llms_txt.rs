//! `llms.txt` and `llms-full.txt`: the site for language models, in the format of llmstxt.org.

use std::fmt::Write as _;

use super::book_sources::BookPage;
use super::markdown;

/// The title of the site, with the first paragraph of its first page as the summary, and the pages by part.
pub(crate) fn render_index(pages: &[BookPage], site: &str) -> String {
    let first = pages.first().map(|page| markdown::parse(&page.text)).unwrap_or_default();
    let mut text = format!("# {}\n\n> {}\n", first.title, first.first_paragraph);
    let mut part = None;
    for page in pages {
        if part != Some(&page.part) {
            part = Some(&page.part);
            let _ = write!(text, "\n## {}\n\n", page.part);
        }
        let _ = write!(text, "- [{}]({site}{})", page.title, page.path);
        match first_sentence(&markdown::parse(&page.text).first_paragraph) {
            "" => text.push('\n'),
            sentence => {
                let _ = writeln!(text, ": {sentence}");
            }
        }
    }
    text
}

/// All pages, each with its URL.
pub(crate) fn render_full(pages: &[BookPage], site: &str) -> String {
    let page = |page: &BookPage| format!("<!-- {site}{} -->\n\n{}", page.path, page.text.trim_end());
    pages.iter().map(page).collect::<Vec<_>>().join("\n\n") + "\n"
}

fn first_sentence(paragraph: &str) -> &str {
    let end =
        paragraph.match_indices(['.', ':']).map(|(at, _)| at).find(|at| paragraph[at + 1..].starts_with([' ', '\n']));
    paragraph[..end.unwrap_or(paragraph.len())].trim_end_matches(['.', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, part: &str, text: &str) -> BookPage {
        let [path, part, text] = [path, part, text].map(str::to_owned);
        BookPage { source: format!("docs/{path}"), title: path.replace(".md", ""), path, part, text }
    }

    #[test]
    fn index_has_parts_pages_and_sentences() {
        let pages = [
            page("index.md", "Start", "# Title\n\nWhat it is. More.\n"),
            page("a.md", "Use", "# A\n\nVersion 1.2 does it. More.\n"),
            page("b.md", "Use", "# B\n"),
        ];
        assert_eq!(
            render_index(&pages, "https://s.example/"),
            "# Title\n\n> What it is. More.\n\n## Start\n\n- [index](https://s.example/index.md): What it is\n\n## Use\n\n\
             - [a](https://s.example/a.md): Version 1.2 does it\n- [b](https://s.example/b.md)\n"
        );
    }

    #[test]
    fn full_text_has_all_pages() {
        let pages = [page("index.md", "Start", "# A\n"), page("b.md", "Start", "# B\n\n")];
        assert_eq!(
            render_full(&pages, "https://s.example/"),
            "<!-- https://s.example/index.md -->\n\n# A\n\n<!-- https://s.example/b.md -->\n\n# B\n"
        );
    }
}
