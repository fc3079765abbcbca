//! Runs the commands in `docs/other-apis.md`: on an emulator, and on a stub of the APIs that the emulator does not have.

use tempfile::TempDir;

use super::{code_blocks, read_page, run_page};
use crate::api::stub::Stub;
use crate::fake_server::json_response;
use crate::support::{CommandOutput, ajo_command};

const PAGE: &str = "docs/other-apis.md";

#[test]
fn commands_on_the_page_run() {
    let stub = Stub::start(|request| {
        let body = match request.line.as_str() {
            "GET /ajo/journey?pageSize=5" => r#"{"results":[{"name":"Welcome"}],"page":0,"limit":5,"pages":1}"#,
            "GET /ajo/journey?filter=status%3Dlive" => r#"{"results":[{"name":"A"}],"page":0,"limit":100,"pages":2}"#,
            "GET /ajo/journey?filter=status%3Dlive&page=1" => {
                r#"{"results":[{"name":"B"}],"page":1,"limit":100,"pages":2}"#
            }
            "GET /imp/" => "{}",
            "POST /ajo/config/suppression/addresses?type=client" if request.body.starts_with("[{") => "[]",
            "GET /ajo/content/templates/8e0c2f6d" => r#"{"id":"8e0c2f6d"}"#,
            _ => return json_response(404, r#"{"message":"not on the page"}"#),
        };
        json_response(200, body)
    });
    let folder = TempDir::new().expect("a folder");
    let mut ajo = stub.command(&[]);
    ajo.env("AJO_SANDBOX", "prod");
    // No test reaches Adobe.
    let local = |block: &str| block.replace("https://cjm.adobe.io", &stub.url());
    let page_run = run_page(PAGE, ajo.current_dir(folder.path()), |block| Some(local(block)));
    assert_eq!(page_run.block_count, 3);
    for text in ["\nA\nB\n", "Welcome", "HTTP 200\n", "8e0c2f6d"] {
        assert!(page_run.output.contains(text), "{text}: {}", page_run.output);
    }
    assert_eq!(stub.calls().len(), 6);
}

/// The Rust example must equal the doc test of `Client::request`, line by line.
#[test]
fn rust_example_is_compiled() {
    let compiled = read_page("crates/core/src/client/request.rs");
    let mut compiled = compiled.lines().filter_map(|line| line.trim().strip_prefix("///")).map(str::trim);
    let example = code_blocks(&read_page(PAGE)).into_iter().find(|block| block.language == "rust").expect("an example");
    for line in example.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        assert!(compiled.any(|compiled| compiled == line), "not in the doc test: {line}");
    }
}

/// The page and the documentation of `Client::request` say the same about retries.
#[test]
fn retries_are_documented_once() {
    let (page, source) = (read_page(PAGE), read_page("crates/core/src/client/request.rs"));
    let rows: Vec<&str> =
        page.lines().skip_while(|line| *line != "### Retries").filter(|line| line.starts_with("| ")).take(4).collect();
    assert!(rows.len() == 4 && rows[3].starts_with("| POST, PATCH | "), "{rows:?}");
    for row in &rows[1..] {
        assert!(source.contains(&format!("/// {row}\n")), "{row}");
    }
    let help = CommandOutput::from(ajo_command(&["api", "--help"]).output().expect("ajo runs")).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("POST and PATCH are retried only if they were provably not processed."), "{help}");
}
