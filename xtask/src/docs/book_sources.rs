//! Writes the sources that mdBook builds: the pages with the links of the site, their images and files, and the configuration.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::{read, write};
use super::markdown::{self, rewrite_links};
use super::site_map::{SiteMap, is_asset, site_path};
use super::summary::SUMMARY;
use crate::workspace::root;

/// mdBook's configuration, without the URLs of the project.
const CONFIGURATION: &str = "docs/book.toml";
const THEME: &str = "docs/theme";
/// The folder of the pages in the build folder. mdBook puts it in front of a page's path in edit links.
const PAGES: &str = "docs";

/// A page as it is on the site.
pub(crate) struct BookPage {
    /// Relative to the site, with the extension `md`.
    pub(crate) path: String,
    pub(crate) source: String,
    pub(crate) title: String,
    pub(crate) part: String,
    pub(crate) text: String,
}

/// Reads all pages and rewrites their links.
pub(crate) fn read_pages(map: &SiteMap) -> Result<Vec<BookPage>, String> {
    let page = |page: &super::summary::SitePage| {
        let text = rewrite(map, &page.source, &read(&root().join(&page.source))?)?;
        Ok(BookPage {
            path: site_path(&page.source),
            source: page.source.clone(),
            title: page.title.clone(),
            part: page.part.clone(),
            text,
        })
    };
    map.pages.iter().map(page).collect()
}

fn rewrite(map: &SiteMap, source: &str, text: &str) -> Result<String, String> {
    rewrite_links(text, |link| map.site_link(source, link)).map_err(|problem| format!("{source}: {problem}"))
}

/// Writes everything to the build folder.
pub(crate) fn write_book(map: &SiteMap, pages: &[BookPage], build_folder: &Path) -> Result<(), String> {
    let folder = build_folder.join(PAGES);
    write(&folder.join("SUMMARY.md"), rewrite(map, SUMMARY, &read(&root().join(SUMMARY))?)?)?;
    for page in pages {
        write(&folder.join(&page.path), &page.text)?;
    }
    for (source, path) in assets(map, pages)? {
        copy(&root().join(&source), &folder.join(path))?;
    }
    for path in super::files::files_below(&root().join(THEME))? {
        copy(&root().join(THEME).join(&path), &build_folder.join("theme").join(&path))?;
    }
    write(&build_folder.join("book.toml"), configuration(map)?)
}

/// The images and files that pages link to, by source, with their path on the site.
fn assets(map: &SiteMap, pages: &[BookPage]) -> Result<BTreeMap<String, String>, String> {
    let mut assets = BTreeMap::new();
    for page in pages {
        for link in markdown::parse(&read(&root().join(&page.source))?).links {
            let path = map.linked_path(&page.source, &link)?.filter(|path| is_asset(path, link.kind));
            assets.extend(path.map(|path| (path.clone(), site_path(&path))));
        }
    }
    Ok(assets)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    write(to, std::fs::read(from).map_err(|error| format!("{}: {error}", from.display()))?)
}

/// The configuration with the URLs of the project.
fn configuration(map: &SiteMap) -> Result<String, String> {
    let problem = |error: &dyn std::fmt::Display| format!("{CONFIGURATION}: {error}");
    let mut table: toml::Table =
        toml::from_str(&read(&root().join(CONFIGURATION))?).map_err(|error| problem(&error))?;
    let html = table.get_mut("output").and_then(|output| output.get_mut("html")?.as_table_mut());
    let html = html.ok_or_else(|| problem(&"[output.html] is missing"))?;
    let edit = map.urls.repository_link("edit", "{path}");
    for (key, value) in [
        ("git-repository-url", map.urls.repository()),
        ("edit-url-template", &edit),
        ("site-url", map.urls.site_root()),
    ] {
        html.insert(key.to_owned(), value.into());
    }
    toml::to_string(&table).map_err(|error| problem(&error))
}

/// Corrects the edit link of a page that is not in `docs`, or has another name there.
pub(crate) fn correct_edit_link(map: &SiteMap, page: &BookPage, html: &str) -> String {
    let link = |path: &str| format!("\"{}\"", map.urls.repository_link("edit", path));
    html.replace(&link(&format!("{PAGES}/{}", page.path)), &link(&page.source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::project_urls::ProjectUrls;

    fn site_map() -> SiteMap {
        SiteMap { pages: Vec::new(), urls: ProjectUrls::new("https://git.example/r", "https://site.example/r") }
    }

    #[test]
    fn configuration_has_the_urls_of_the_project() {
        let text = configuration(&site_map()).expect("valid");
        let table: toml::Table = toml::from_str(&text).expect("TOML");
        let html = &table["output"]["html"];
        assert_eq!(html["site-url"].as_str(), Some("/r/"));
        assert_eq!(html["edit-url-template"].as_str(), Some("https://git.example/r/edit/main/{path}"));
        assert_eq!(table["book"]["src"].as_str(), Some(PAGES));
    }

    #[test]
    fn edit_link_leads_to_the_source() {
        let page = |path: &str, source: &str| BookPage {
            path: path.to_owned(),
            source: source.to_owned(),
            title: String::new(),
            part: String::new(),
            text: String::new(),
        };
        for (path, source) in [("a.md", "docs/a.md"), ("A.md", "A.md"), ("x/index.md", "docs/x/README.md")] {
            let html = format!("<a href=\"https://git.example/r/edit/main/docs/{path}\">");
            let expected = format!("<a href=\"https://git.example/r/edit/main/{source}\">");
            assert_eq!(correct_edit_link(&site_map(), &page(path, source), &html), expected);
        }
    }
}
