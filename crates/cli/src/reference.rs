//! The pages in `docs/reference/` about the command, its files, and the service. The tests below compare them with the code.

mod api_page;
mod commands_page;
mod emulator_page;
mod error_codes_page;
mod exit_codes_page;
mod fidelity_rows;
mod markdown_text;
mod option_row;
mod page;
mod page_check;
mod schema_objects;
mod schema_pages;
mod schema_type;
mod settings_page;

use std::path::{Path, PathBuf};

use ajo_core::Api;
use page_check::check_page;

/// Rewrites the pages.
const GENERATOR: &str = "UPDATE=1 cargo test -p ajo --lib reference";

fn reference_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(name)
}

fn read_source(path: &str) -> String {
    let path = reference_path("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn check(name: &str, content: &str) {
    check_page(&reference_path(name), content, GENERATOR);
}

#[test]
fn commands_page_is_current() {
    check("commands.md", &commands_page::render());
}

#[test]
fn settings_page_is_current() {
    check("settings.md", &settings_page::render());
}

#[test]
fn exit_codes_page_is_current() {
    check("exit-codes.md", &exit_codes_page::render());
}

#[test]
fn schema_pages_are_current() {
    for page in schema_pages::PAGES {
        check(page.file, &page.render());
        check(&page.schema_file(), &page.render_schema());
    }
}

#[test]
fn error_codes_page_is_current() {
    check("error-codes.md", &error_codes_page::render());
}

#[test]
fn emulator_page_is_current() {
    check("emulator-behaviors.md", &emulator_page::render());
}

#[test]
fn api_pages_are_current() {
    for api in [Api::Capping, Api::Throttling] {
        check(&format!("{api}-api.md"), &api_page::render(api));
    }
}
