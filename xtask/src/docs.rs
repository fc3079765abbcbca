//! `cargo xtask docs`: builds the documentation site with mdBook and checks it.
//!
//! The sources are Markdown files whose links work on GitHub. [`site_map`] says where they are on the site, and [`book_sources`] writes
//! copies with the links of the site. mdBook builds these; then [`llms_txt`] is added, and [`site_check`] checks everything.
//! [`repository_links`] is the fast check that needs no mdBook.

mod book_sources;
mod files;
mod html;
mod llms_txt;
mod markdown;
mod pictures;
mod project_urls;
pub(crate) mod repository_links;
mod repository_paths;
mod site_check;
mod site_map;
mod site_size;
mod summary;

use std::path::Path;

use clap::Subcommand;

use book_sources::BookPage;
use files::{read, recreate, write};
use site_map::SiteMap;

use crate::process::{read_output, run_in};
use crate::workspace::target;

/// The version of mdBook that the theme is made for.
const MDBOOK_VERSION: &str = "0.5";
const INSTALL_MDBOOK: &str = "cargo install mdbook@0.5.4 --locked";

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum DocsAction {
    /// Write the pictures in docs/pictures/ again
    Pictures,
}

pub(crate) fn run(action: Option<DocsAction>) -> Result<String, String> {
    match action {
        None => build(),
        Some(DocsAction::Pictures) => pictures::update(),
    }
}

fn build() -> Result<String, String> {
    check_mdbook()?;
    repository_links::check()?;
    let map = repository_links::read_site_map()?;
    let pages = book_sources::read_pages(&map)?;
    let (sources, site) = (target().join("site-sources"), target().join("site"));
    recreate(&sources)?;
    recreate(&site)?;
    book_sources::write_book(&map, &pages, &sources)?;
    run_in(&sources, "mdbook", &["build", "--dest-dir", &site.display().to_string()])?;
    add_files(&map, &pages, &site)?;
    let report = site_check::check(&site, &map.urls)?;
    let external: Vec<String> = report.external_links.iter().cloned().collect();
    write(&target().join("site-external-links.txt"), external.join("\n") + "\n")?;
    if !report.problems.is_empty() {
        return Err(format!(
            "{}\n{} problems in {}",
            report.problems.join("\n"),
            report.problems.len(),
            site.display()
        ));
    }
    Ok(format!(
        "{}\n{} pages, {} internal links, none broken; {} external links, not followed: {}\n{}",
        site.display(),
        report.pages,
        report.internal_links,
        external.len(),
        target().join("site-external-links.txt").display(),
        site_size::describe(&site)?,
    ))
}

fn check_mdbook() -> Result<(), String> {
    let version = read_output("mdbook", &["--version"]).unwrap_or_default();
    let number = version.trim().trim_start_matches("mdbook v");
    match number.strip_prefix(MDBOOK_VERSION) {
        Some(rest) if rest.starts_with('.') => Ok(()),
        _ if number.is_empty() => Err(format!("mdbook is not installed; run `{INSTALL_MDBOOK}`")),
        _ => Err(format!("mdbook {number} is installed, but the site needs {MDBOOK_VERSION}; run `{INSTALL_MDBOOK}`")),
    }
}

/// Adds the Markdown of each page and the files for language models, and corrects edit links.
fn add_files(map: &SiteMap, pages: &[BookPage], site: &Path) -> Result<(), String> {
    for page in pages {
        write(&site.join(&page.path), &page.text)?;
        let html = site.join(&page.path).with_extension("html");
        write(&html, book_sources::correct_edit_link(map, page, &read(&html)?))?;
    }
    write(&site.join("llms.txt"), llms_txt::render_index(pages, &map.urls.site))?;
    write(&site.join("llms-full.txt"), llms_txt::render_full(pages, &map.urls.site))
}
