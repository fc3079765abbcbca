//! Checks the built site: links, anchors, images, ids, and that it loads nothing from other hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::files::{files_below, read};
use super::html::{self, HtmlTag};
use super::markdown;
use super::project_urls::ProjectUrls;
use super::repository_paths::{is_external, resolve, split_fragment};
use crate::workspace::root;

/// GitHub Pages serves it for any missing path, so its links start at the root of the site.
const NOT_FOUND_PAGE: &str = "404.html";

#[derive(Default)]
pub(crate) struct SiteReport {
    pub(crate) pages: usize,
    pub(crate) internal_links: usize,
    pub(crate) external_links: BTreeSet<String>,
    pub(crate) problems: Vec<String>,
}

struct SiteLink {
    file: String,
    target: String,
    /// Whether the browser loads the target with the page.
    is_resource: bool,
}

/// Checks the HTML, Markdown, and CSS files of the site, and `llms.txt`.
pub(crate) fn check(site: &Path, urls: &ProjectUrls) -> Result<SiteReport, String> {
    let files: BTreeSet<String> = files_below(site)?.into_iter().collect();
    let mut report = SiteReport::default();
    let mut anchors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    for file in &files {
        let extension = Path::new(file).extension().unwrap_or_default();
        let ids = match extension.to_str() {
            Some("html") => {
                report.pages += 1;
                read_html(file, &read(&site.join(file))?, &mut links, &mut report.problems)
            }
            Some("md") => read_markdown(file, &read(&site.join(file))?, &mut links),
            Some("txt") if file == "llms.txt" => read_markdown(file, &read(&site.join(file))?, &mut links),
            Some("css") => read_css(file, &read(&site.join(file))?, &mut links),
            _ => Vec::new(),
        };
        anchors.insert(file.clone(), ids.into_iter().collect());
    }
    for link in links {
        let problem = match internal_target(&link, urls) {
            Some(target) => {
                report.internal_links += 1;
                find_problem(&files, &anchors, &target)
            }
            None if link.is_resource => Some("loaded from another host".to_owned()),
            None => {
                report.external_links.insert(link.target.clone());
                let path = urls.repository_path(split_fragment(&link.target).0);
                path.filter(|path| !root().join(path).exists()).map(|_| "not in the repository".to_owned())
            }
        };
        report.problems.extend(problem.map(|problem| format!("{}: {}: {problem}", link.file, link.target)));
    }
    Ok(report)
}

fn read_html(file: &str, text: &str, links: &mut Vec<SiteLink>, problems: &mut Vec<String>) -> Vec<String> {
    let mut ids = Vec::new();
    for tag in html::tags(text) {
        if let Some(id) = tag.attribute("id") {
            if ids.iter().any(|other| other == id) {
                problems.push(format!("{file}: the id {id} is used twice"));
            }
            ids.push(id.to_owned());
        }
        problems.extend(find_tag_problem(&tag).map(|problem| format!("{file}: {problem}")));
        for target in html::LINK_ATTRIBUTES.iter().filter_map(|name| tag.attribute(name)) {
            if tag.name != "base" {
                let is_resource = !matches!(&*tag.name, "a" | "area");
                links.push(SiteLink { file: file.to_owned(), target: target.to_owned(), is_resource });
            }
        }
    }
    ids
}

fn find_tag_problem(tag: &HtmlTag) -> Option<String> {
    let has_class = |name| tag.attribute("class").is_some_and(|classes| classes.split(' ').any(|class| class == name));
    match &*tag.name {
        "img" if tag.attribute("alt").is_none() => Some("an image has no alt text".to_owned()),
        "html" if tag.attribute("lang").is_none_or(str::is_empty) => Some("the language is missing".to_owned()),
        // mdBook's script sends requests to play.rust-lang.org if a page has one.
        _ if has_class("playground") => Some("a code block uses the Rust playground".to_owned()),
        _ => None,
    }
}

fn read_markdown(file: &str, text: &str, links: &mut Vec<SiteLink>) -> Vec<String> {
    let parsed = markdown::parse(text);
    let link = |link: markdown::MarkdownLink| SiteLink {
        file: file.to_owned(),
        target: link.target,
        is_resource: link.kind == markdown::LinkKind::Image,
    };
    links.extend(parsed.links.into_iter().map(link));
    parsed.anchors
}

fn read_css(file: &str, text: &str, links: &mut Vec<SiteLink>) -> Vec<String> {
    for part in text.split("url(").skip(1) {
        let target = part.split(')').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
        if !target.starts_with("data:") {
            links.push(SiteLink { file: file.to_owned(), target: target.to_owned(), is_resource: true });
        }
    }
    Vec::new()
}

/// The path of an internal link on the site, with its fragment.
fn internal_target(link: &SiteLink, urls: &ProjectUrls) -> Option<String> {
    let target = link.target.strip_prefix(&*urls.site).map(|path| format!("{}{path}", urls.site_root()));
    let target = target.as_deref().unwrap_or(&link.target);
    if is_external(target) {
        return None;
    }
    let (path, fragment) = split_fragment(target);
    let file = if link.file == NOT_FOUND_PAGE { "index.html" } else { &*link.file };
    let path = match path.strip_prefix(urls.site_root()) {
        Some(path) => with_index(path),
        None if path.is_empty() => link.file.clone(),
        // Another site on the host: no file of this one has such a path.
        None if path.starts_with('/') => path.to_owned(),
        None => resolve(file, &with_index(path)).unwrap_or_else(|| path.to_owned()),
    };
    Some(fragment.map_or(path.clone(), |fragment| format!("{path}#{fragment}")))
}

/// The file that a server sends for a folder.
fn with_index(path: &str) -> String {
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

fn find_problem(
    files: &BTreeSet<String>,
    anchors: &BTreeMap<String, BTreeSet<String>>,
    target: &str,
) -> Option<String> {
    let (path, fragment) = split_fragment(target);
    if !files.contains(path) {
        return Some("no such file".to_owned());
    }
    let fragment = fragment.filter(|fragment| !fragment.is_empty())?;
    (!anchors[path].contains(fragment)).then(|| "no such anchor".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::files::write;

    fn check_site(files: &[(&str, &str)]) -> SiteReport {
        let site = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            write(&site.path().join(path), text).expect("written");
        }
        check(site.path(), &ProjectUrls::new("https://git.example/r", "https://host.example/r")).expect("readable")
    }

    #[test]
    fn working_links_pass() {
        let report = check_site(&[
            (
                "index.html",
                "<html lang=en><a href='x/a.html#b'>a</a><a href='#'>t</a><a href='https://example.com'>e</a><img src=i.png alt=''>",
            ),
            (
                "x/a.html",
                "<html lang=en><h1 id=b><a href='../'>i</a><a href='#b'>b</a><a href='https://host.example/r/x/a.html'>s</a>",
            ),
            ("404.html", "<html lang=en><base href='/r/'><a href='x/a.html'>a</a><a href='/r/'>i</a>"),
            ("i.png", ""),
            ("s.css", "a { background: url('i.png') } b { background: url(data:x) }"),
            ("a.md", "# B\n\n[b](#b) [x](x/a.html#b) ![i](i.png)\n"),
            ("llms.txt", "[a](https://host.example/r/a.md#b)\n"),
        ]);
        assert_eq!(report.problems, [] as [&str; 0]);
        assert_eq!((report.pages, report.internal_links, report.external_links.len()), (3, 13, 1));
    }

    #[test]
    fn problems_are_found() {
        for (page, problem) in [
            ("<a href=missing.html>", "no such file"),
            ("<a href=../index.html>", "no such file"),
            ("<a href=/index.html>", "no such file"),
            ("<a href=https://host.example/r/missing.html>", "no such file"),
            ("<a href='#missing'>", "no such anchor"),
            ("<img src=missing.png alt=''>", "no such file"),
            ("<p id=a><p id=a>", "the id a is used twice"),
            ("<script src=https://cdn.example/a.js>", "loaded from another host"),
            ("<link rel=stylesheet href=//cdn.example/a.css>", "loaded from another host"),
            ("<img src=a.html>", "an image has no alt text"),
            ("<pre class='x playground'>", "a code block uses the Rust playground"),
            ("<a href=https://git.example/r/blob/main/missing.rs>", "not in the repository"),
        ] {
            let report = check_site(&[("a.html", page)]);
            assert!(
                report.problems.len() == 1 && report.problems[0].ends_with(problem),
                "{page}: {:?}",
                report.problems
            );
        }
        let report =
            check_site(&[("a.css", "@font-face { src: url(https://fonts.example/a.woff2) }"), ("b.md", "[a](a.md)\n")]);
        assert_eq!(report.problems.len(), 2, "{:?}", report.problems);
    }
}
