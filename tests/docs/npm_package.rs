//! Compares the npm package's README and examples with the code.

use std::path::PathBuf;

use ajo_core::{DEADLINE, RetryPolicy, TIMEOUT};

use super::doc_tables::{read_file, workspace_root};

const README: &str = "crates/wasm/npm/README.md";
/// Folders with the programs that users copy.
const EXAMPLES: [&str; 2] = ["crates/wasm/npm/examples", "crates/emulator-wasm/npm/README.md"];

/// The text behind `default` in the row of an option.
fn documented_default(option: &str) -> String {
    let page = read_file(README);
    let row = page.lines().find(|line| line.starts_with(&format!("| `{option}` |")));
    let row = row.unwrap_or_else(|| panic!("{README} has no row for {option}"));
    let default = row.rsplit_once("default ").unwrap_or_else(|| panic!("{row} has no default")).1;
    default.chars().filter(char::is_ascii_digit).collect()
}

#[test]
fn documented_defaults_match() {
    let policy = RetryPolicy::default();
    let expected = [
        ("timeoutMs", DEADLINE.as_millis().to_string()),
        ("attemptTimeoutMs", TIMEOUT.as_millis().to_string()),
        ("maxAttempts", policy.max_attempts.to_string()),
    ];
    for (option, value) in expected {
        assert_eq!(documented_default(option), value, "{option}");
    }
}

/// The files below a path, or the file itself.
fn files(path: PathBuf) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path];
    }
    let entries = path.read_dir().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    entries.flat_map(|entry| files(entry.expect("an entry").path())).collect()
}

/// The README, and every example: its path and its text.
fn programs() -> Vec<(String, String)> {
    let paths = EXAMPLES.iter().chain(&[README]).flat_map(|path| files(workspace_root().join(path)));
    let is_text =
        |path: &PathBuf| path.extension().is_some_and(|it| ["js", "mjs", "ts", "md"].iter().any(|known| it == *known));
    let all: Vec<_> = paths
        .filter(is_text)
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("UTF-8")))
        .collect();
    assert!(all.len() > 7, "{} files", all.len());
    all
}

/// A limit for data sources has no effect above 15 calls per second, so an example would mislead.
#[test]
fn npm_examples_limit_actions() {
    let programs = programs();
    for (path, text) in &programs {
        for form in ["dataSource:", "\"dataSource\":", "service: \"dataSource\"", ".dataSource"] {
            assert!(!text.contains(form), "{path} has {form}");
        }
    }
    assert!(programs.iter().filter(|(_, text)| text.contains("service: \"action\"")).count() >= 2);
}

/// The edge runtime of Next.js is deprecated.
#[test]
fn npm_examples_use_node_routes() {
    for (path, text) in programs() {
        let compact = text.replace(['\'', ' '], "");
        assert!(!compact.contains("runtime=\"edge\"") && !compact.contains("runtime=edge"), "{path} has an edge route");
    }
    let route = read_file("crates/wasm/npm/examples/next-route/app/api/limits/route.js");
    assert!(route.contains("export async function GET"), "{route}");
}

/// What a user looks for before the first call in an unusual environment.
#[test]
fn npm_readme_names_environments() {
    let page = read_file(README);
    let names = [
        "Proxies",
        "jsdom",
        "React Native",
        "Chrome and Edge 115",
        "Firefox 92",
        "Safari 15.4",
        "serverExternalPackages",
        "import source",
    ];
    for name in names {
        assert!(page.contains(name), "{README} does not mention {name}");
    }
}
