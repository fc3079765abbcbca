//! `docs/reference/error-codes.md`.

use super::markdown_text::{code_span, escape_text};
use super::page::MarkdownPage;
use ajo_core::ErrorResponse;
use ajo_core::rules::PUBLISHED_CODES;
use ajo_emulator::{GatewayError, ServiceError, TokenEndpointError};
use ajo_limits::BlockReason;
use serde_json::json;

use super::fidelity_rows::{FidelityRow, find_row, read_rows};
use super::{GENERATOR, read_source};
use crate::report::DriftCode;

pub(super) fn render() -> String {
    let introduction =
        "All codes of the service and of `ajo`. [Errors](../errors.md) explains kinds of errors, retries, and hints.";
    let source = "the tables of codes in `crates/`";
    let mut page = MarkdownPage::new("Error codes", GENERATOR, source, introduction);
    let rows = read_rows();
    page.heading(2, "Validation codes");
    page.markdown(
        "The service returns these codes in `can_deploy`, or rejects an invalid payload with one. `ajo validate` and \
         `ajo_core::rules` find the same mistakes without a connection.",
    );
    let cells = PUBLISHED_CODES.map(|code| code_row(code, find_row(&rows, "rule", code)));
    page.table(&["code", "meaning", "label"], &cells);

    page.heading(2, "Codes of the service");
    page.markdown("An error response of the capping or throttling API has one of these numbers.");
    let cells = ServiceError::ALL.map(|error| {
        let code = error.code.to_string();
        let hint = find_hint(error.status, &json!({ "error": { "code": error.code } }).to_string());
        with_status(&code, error.status, find_row(&rows, "service", &code), Some(hint))
    });
    page.table(&["code", "status", "meaning", "label", "what to do"], &cells);

    page.heading(2, "Codes of the gateway");
    page.markdown("Adobe's API gateway checks each request first. Its errors have these values in `error_code`.");
    let cells = GatewayError::ALL.map(|error| {
        let hint = find_hint(error.status, &json!({ "error_code": error.code }).to_string());
        with_status(error.code, error.status, find_row(&rows, "gateway", error.code), Some(hint))
    });
    page.table(&["code", "status", "meaning", "label", "what to do"], &cells);

    page.heading(2, "Errors of the token endpoint");
    page.markdown("A rejected token request has one of these values in `error` (RFC 6749, section 5.2).");
    let cells = TokenEndpointError::ALL
        .map(|error| with_status(error.error, error.status, find_row(&rows, "ims", error.name), None));
    page.table(&["error", "status", "meaning", "label"], &cells);

    page.heading(2, "Codes of ajo");
    page.markdown(
        "`ajo` reports these codes in addition, in JSON, SARIF, and annotations. A comment in a limits file can \
         [allow](../limits-files.md#findings) a warning or a note.",
    );
    let cells =
        own_codes().into_iter().map(|own| vec![code_span(&own.code), own.origin.to_owned(), escape_text(&own.meaning)]);
    page.table(&["code", "reported by", "meaning"], &cells.collect::<Vec<_>>());
    page.finish()
}

fn code_row(code: &str, row: &FidelityRow) -> Vec<String> {
    vec![code_span(code), escape_text(&row.description), row.provenance.clone()]
}

fn with_status(code: &str, status: u16, row: &FidelityRow, hint: Option<String>) -> Vec<String> {
    let mut cells = code_row(code, row);
    cells.insert(1, status.to_string());
    cells.extend(hint.map(|hint| escape_text(&hint)));
    cells
}

fn find_hint(status: u16, body: &str) -> String {
    let response = ErrorResponse::parse(status, None, body.as_bytes());
    response.hint().unwrap_or_default().to_owned()
}

/// A code that begins with `AJO_LIMITS_`.
struct OwnCode {
    code: String,
    origin: &'static str,
    meaning: String,
}

/// All codes, sorted. Several parts of `ajo` can report the same code.
fn own_codes() -> Vec<OwnCode> {
    let mut codes = documented_codes(&read_source("crates/engine/src/rules.rs"), "definitions");
    codes.extend(documented_codes(&read_source("crates/limits/src/file.rs"), "limits files"));
    codes.extend(DriftCode::ALL.map(|code| OwnCode {
        code: code.as_str().to_owned(),
        origin: "`ajo drift`, `ajo verify`",
        meaning: code.description().to_owned(),
    }));
    let schema = ajo_limits::json_schema(ajo_limits::SchemaName::Report);
    let reasons = schema["definitions"]["BlockReason"]["oneOf"].as_array().into_iter().flatten();
    codes.extend(reasons.map(|reason| {
        let name: BlockReason = serde_json::from_value(reason["const"].clone()).expect("a reason");
        let meaning = reason["description"].as_str().unwrap_or_default();
        OwnCode { code: name.code().to_owned(), origin: "`ajo plan`, `ajo apply`", meaning: lower_first(meaning) }
    }));
    codes.sort_by(|one, other| (&one.code, one.origin).cmp(&(&other.code, other.origin)));
    codes
}

/// The codes in the table of a module's documentation.
fn documented_codes(module: &str, origin: &'static str) -> Vec<OwnCode> {
    let rows = module.lines().filter_map(|line| line.strip_prefix("//! | `")?.strip_suffix(" |")?.split_once("` | "));
    let codes = rows.flat_map(|(codes, meaning)| {
        let code = move |code: &str| OwnCode { code: code.to_owned(), origin, meaning: meaning.to_owned() };
        codes.split("`, `").map(code).collect::<Vec<_>>()
    });
    codes.collect()
}

/// Without the period, like the other meanings.
fn lower_first(text: &str) -> String {
    let mut characters = text.trim_end_matches('.').chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// The codes in the sources, without tests.
fn codes_in_sources() -> Vec<String> {
    let mut codes = Vec::new();
    let crates = super::reference_path("../../crates");
    let mut folders: Vec<_> = ["engine", "limits", "cli"].map(|name| crates.join(name).join("src")).into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.extend(path.file_name().is_some_and(|name| name != "tests").then_some(path));
            } else if path.file_name().is_some_and(|name| name != "tests.rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let parts = code.split("\"AJO_LIMITS_").skip(1).filter_map(|part| part.split('"').next());
                codes.extend(parts.filter(|name| !name.is_empty()).map(|name| format!("AJO_LIMITS_{name}")));
            }
        }
    }
    codes.retain(|code| code.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn own_codes_are_complete() {
    let listed = own_codes();
    let used = codes_in_sources();
    assert!(used.len() > 40, "{}", used.len());
    let missing: Vec<&String> = used.iter().filter(|code| listed.iter().all(|own| own.code != **code)).collect();
    assert!(
        missing.is_empty(),
        "add to the table in crates/limits/src/file.rs or crates/engine/src/rules.rs: {missing:?}"
    );
    let unused: Vec<&str> =
        listed.iter().map(|own| own.code.as_str()).filter(|code| !used.iter().any(|used| used == code)).collect();
    assert!(unused.is_empty(), "in a table, but not in the code: {unused:?}");
}
