//! The pages of the site, and the links between them.

use std::path::Path;

use super::markdown::{LinkKind, MarkdownLink};
use super::project_urls::ProjectUrls;
use super::repository_paths::{is_external, relative, resolve, split_fragment};
use super::summary::SitePage;
use crate::workspace::root;

/// The first page.
const FIRST_PAGE: &str = "docs/index.md";
/// On the site, links to it lead to the first page.
const README: &str = "README.md";

pub(crate) struct SiteMap {
    pub(crate) pages: Vec<SitePage>,
    pub(crate) urls: ProjectUrls,
}

/// The path of a file of the repository on the site. A `README.md` is the index of its folder there.
pub(crate) fn site_path(source: &str) -> String {
    let path = source.strip_prefix("docs/").unwrap_or(source);
    match path.strip_suffix(README) {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => format!("{folder}index.md"),
        _ => path.to_owned(),
    }
}

/// Whether the site has a copy of a linked file: an image, or a file in `docs` that is no page, such as a JSON Schema.
pub(crate) fn is_asset(path: &str, kind: LinkKind) -> bool {
    let is_markdown = || Path::new(path).extension().is_some_and(|extension| extension == "md");
    kind == LinkKind::Image || path.starts_with("docs/") && !is_markdown() && root().join(path).is_file()
}

impl SiteMap {
    pub(crate) fn is_page(&self, source: &str) -> bool {
        self.pages.iter().any(|page| page.source == source)
    }

    /// The path in the repository that a link leads to, without its fragment. `None` for other sites and for the page itself.
    pub(crate) fn linked_path(&self, source: &str, link: &MarkdownLink) -> Result<Option<String>, String> {
        let (path, _) = split_fragment(&link.target);
        match self.urls.repository_path(path) {
            Some(path) => Ok(Some(path.to_owned())),
            None if path.is_empty() || is_external(&link.target) => Ok(None),
            None => {
                resolve(source, path).map(Some).ok_or_else(|| format!("{source}: {path} is outside the repository"))
            }
        }
    }

    /// The same link on the site. `None` if it does not change.
    pub(crate) fn site_link(&self, source: &str, link: &MarkdownLink) -> Result<Option<String>, String> {
        let Some(path) = self.linked_path(source, link)? else { return Ok(None) };
        let fragment = split_fragment(&link.target).1;
        let target = if is_asset(&path, link.kind) {
            relative(&site_path(source), &site_path(&path))
        } else if let Some(page) = self.page_of(&path, fragment) {
            relative(&site_path(source), &site_path(&page))
        } else {
            let view = if root().join(&path).is_dir() { "tree" } else { "blob" };
            self.urls.repository_link(view, &path)
        };
        Ok(Some(fragment.map_or(target.clone(), |fragment| format!("{target}#{fragment}"))))
    }

    /// The page for a path. A folder has the page of its README.
    fn page_of(&self, path: &str, fragment: Option<&str>) -> Option<String> {
        let readme = format!("{path}/{README}");
        let first = (path == README && fragment.is_none()).then(|| FIRST_PAGE.to_owned());
        first.into_iter().chain([path.to_owned(), readme]).find(|source| self.is_page(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(source: &str, target: &str, kind: LinkKind) -> Option<String> {
        let page = |source: &str| SitePage { title: String::new(), part: String::new(), source: source.to_owned() };
        let sources = [FIRST_PAGE, "docs/a.md", "docs/x/README.md", "ARCHITECTURE.md", "crates/wasm/npm/README.md"];
        let urls = ProjectUrls::new("https://git.example/r", "https://site.example");
        let map = SiteMap { pages: sources.map(page).to_vec(), urls };
        map.site_link(source, &MarkdownLink { target: target.to_owned(), kind, range: None, line: 1 }).expect("inside")
    }

    #[test]
    fn pages_link_to_pages() {
        for (source, target, expected) in [
            ("docs/a.md", "index.md", "index.md"),
            ("docs/a.md", "x/README.md#y", "x/index.md#y"),
            ("docs/a.md", "x/", "x/index.md"),
            ("docs/x/README.md", "../../ARCHITECTURE.md", "../ARCHITECTURE.md"),
            ("ARCHITECTURE.md", "docs/a.md#b", "a.md#b"),
            ("crates/wasm/npm/README.md", "../../../docs/a.md", "../../../a.md"),
            ("crates/wasm/npm/README.md", "https://git.example/r/blob/main/docs/a.md", "../../../a.md"),
            ("docs/a.md", "../README.md", "index.md"),
        ] {
            assert_eq!(link(source, target, LinkKind::Page).as_deref(), Some(expected), "{source} {target}");
        }
    }

    #[test]
    fn other_files_are_in_the_repository() {
        for (target, expected) in [
            ("../Cargo.toml", "https://git.example/r/blob/main/Cargo.toml"),
            ("../xtask/src", "https://git.example/r/tree/main/xtask/src"),
            ("../README.md#two-commands", "https://git.example/r/blob/main/README.md#two-commands"),
        ] {
            assert_eq!(link("docs/a.md", target, LinkKind::Page).as_deref(), Some(expected));
        }
    }

    #[test]
    fn images_and_files_in_docs_are_on_the_site() {
        assert_eq!(link("docs/a.md", "book.toml", LinkKind::Page).as_deref(), Some("book.toml"));
        assert_eq!(link("docs/x/README.md", "../p/q.svg", LinkKind::Image).as_deref(), Some("../p/q.svg"));
        assert_eq!(link("ARCHITECTURE.md", "docs/p/q.svg", LinkKind::Image).as_deref(), Some("p/q.svg"));
    }

    #[test]
    fn other_sites_and_fragments_do_not_change() {
        for target in ["https://example.com/a.md", "#b", "mailto:a@example.com"] {
            assert_eq!(link("docs/a.md", target, LinkKind::Page), None, "{target}");
        }
    }
}
