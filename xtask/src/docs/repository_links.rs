//! Checks the links in all Markdown files of the repository, and that the table of contents has all pages.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::files_below;
use super::markdown::{self, MarkdownFile, MarkdownLink};
use super::project_urls::ProjectUrls;
use super::repository_paths::{is_external, resolve, split_fragment};
use super::site_map::{SiteMap, site_path};
use super::summary::{SUMMARY, parse_summary};
use crate::workspace::root;

/// Files below `docs` that are no pages: the contents, and the skill for AI assistants, which is installed as a file.
const NO_PAGES: [&str; 2] = [SUMMARY, "docs/skills/"];

/// The Markdown files of the repository, by path.
type MarkdownFiles = BTreeMap<String, MarkdownFile>;

/// The step `markdown-links`.
pub(crate) fn check() -> Result<(), String> {
    let files = read_markdown_files(root())?;
    let map = read_site_map()?;
    let mut problems = unlisted_pages(&files, &map);
    for (source, file) in &files {
        for link in &file.links {
            if let Some(problem) = find_problem(&files, &map, source, link) {
                problems.push(format!("{source}:{}: {}: {problem}", link.line, link.target));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

pub(crate) fn read_site_map() -> Result<SiteMap, String> {
    let text = std::fs::read_to_string(root().join(SUMMARY)).map_err(|error| format!("{SUMMARY}: {error}"))?;
    Ok(SiteMap { pages: parse_summary(&text)?, urls: ProjectUrls::read()? })
}

fn read_markdown_files(folder: &Path) -> Result<MarkdownFiles, String> {
    let paths = files_below(folder)?.into_iter().filter(|path| is_markdown(path));
    let read = |path: String| {
        let text = std::fs::read_to_string(folder.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        Ok((path, markdown::parse(&text)))
    };
    paths.map(read).collect()
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

fn unlisted_pages(files: &MarkdownFiles, map: &SiteMap) -> Vec<String> {
    let is_page =
        |source: &&String| source.starts_with("docs/") && !NO_PAGES.iter().any(|path| source.starts_with(path));
    let unlisted = files.keys().filter(is_page).filter(|source| !map.is_page(source));
    unlisted.map(|source| format!("{SUMMARY} does not list {source}")).collect()
}

fn find_problem(files: &MarkdownFiles, map: &SiteMap, source: &str, link: &MarkdownLink) -> Option<String> {
    let (path, fragment) = split_fragment(&link.target);
    if let Some(path) = map.urls.repository_path(path) {
        return find_problem_in_repository(files, path, fragment);
    }
    if let Some(page) = path.strip_prefix(&*map.urls.site) {
        return find_problem_on_site(files, map, page, fragment);
    }
    if is_external(&link.target) {
        return find_external_problem(&link.target);
    }
    if path.starts_with('/') {
        return Some("a link starts with a slash".to_owned());
    }
    match resolve(source, path) {
        _ if path.is_empty() => find_problem_in_repository(files, source, fragment),
        Some(path) => find_problem_in_repository(files, &path, fragment),
        None => Some("outside the repository".to_owned()),
    }
}

fn find_problem_in_repository(files: &MarkdownFiles, path: &str, fragment: Option<&str>) -> Option<String> {
    if !root().join(path).exists() {
        return Some(format!("{path} does not exist"));
    }
    let fragment = fragment?;
    let is_anchor = match files.get(path) {
        Some(file) => file.anchors.iter().any(|anchor| anchor == fragment),
        None => fragment.strip_prefix('L').is_some_and(|line| line.parse::<u32>().is_ok()),
    };
    (!is_anchor).then(|| format!("{path} has no heading #{fragment}"))
}

fn find_problem_on_site(files: &MarkdownFiles, map: &SiteMap, path: &str, fragment: Option<&str>) -> Option<String> {
    let file =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.md") } else { path.replace(".html", ".md") };
    match map.pages.iter().find(|page| site_path(&page.source) == file) {
        Some(page) => find_problem_in_repository(files, &page.source, fragment),
        None => Some(format!("the site has no page {path}")),
    }
}

/// Only the form, because checks work without a network.
fn find_external_problem(target: &str) -> Option<String> {
    if target.starts_with("mailto:") {
        return (!target.contains('@')).then(|| "no address".to_owned());
    }
    match target.parse::<http::Uri>() {
        Ok(uri) if matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some() => None,
        _ => Some("not a URL with http or https".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::markdown::LinkKind;
    use crate::docs::summary::SitePage;

    fn fixture() -> (MarkdownFiles, SiteMap) {
        // These files exist, because the check looks for them.
        let file = |text: &str| markdown::parse(text);
        let files = MarkdownFiles::from([
            ("README.md".to_owned(), file("# One\n")),
            ("docs/errors.md".to_owned(), file("# Errors\n\n## Two\n")),
        ]);
        let page = SitePage { title: String::new(), part: String::new(), source: "docs/errors.md".to_owned() };
        let urls = ProjectUrls::new("https://git.example/r", "https://site.example/r");
        (files, SiteMap { pages: vec![page], urls })
    }

    #[test]
    fn broken_links_are_found() {
        let (files, map) = fixture();
        let problem = |target: &str| {
            let link = MarkdownLink { target: target.to_owned(), kind: LinkKind::Page, range: None, line: 1 };
            find_problem(&files, &map, "docs/errors.md", &link)
        };
        for target in [
            "#two",
            "../README.md#one",
            "../Cargo.toml",
            "../Cargo.toml#L3",
            "https://example.com/a",
            "mailto:a@example.com",
            "https://git.example/r/blob/main/Cargo.toml",
            "https://site.example/r/errors.html#two",
        ] {
            assert_eq!(problem(target), None, "{target}");
        }
        for target in [
            "#three",
            "../README.md#two",
            "missing.md",
            "../Cargo.toml#name",
            "../../outside.md",
            "/docs/errors.md",
            "https:/example.com",
            "ftp://example.com/a",
            "mailto:a",
            "https://git.example/r/blob/main/missing",
            "https://site.example/r/missing.html",
            "https://site.example/r/errors.html#three",
        ] {
            assert!(problem(target).is_some(), "{target}");
        }
    }

    #[test]
    fn unlisted_page_is_found() {
        let (mut files, map) = fixture();
        assert_eq!(unlisted_pages(&files, &map), [] as [&str; 0]);
        files.insert("docs/new.md".to_owned(), MarkdownFile::default());
        files.insert("docs/skills/a/SKILL.md".to_owned(), MarkdownFile::default());
        assert_eq!(unlisted_pages(&files, &map), ["docs/SUMMARY.md does not list docs/new.md"]);
    }
}
