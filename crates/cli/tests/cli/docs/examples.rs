//! The limits in documentation, examples, specifications, and the demo can take effect: they are for calls that AJO makes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::repository_path;

const FILES: [&str; 9] = [
    "README.md",
    "openapi/capping.yaml",
    "openapi/throttling.yaml",
    "crates/cli/src/commands/demo.rs",
    "crates/cli/src/commands/limits/demo.rs",
    "crates/limits/src/file.rs",
    "crates/limits/src/lib.rs",
    "crates/emulator-wasm/npm/README.md",
    "crates/wasm/npm/README.md",
];
const FOLDERS: [&str; 2] = ["docs", "crates/wasm/npm/examples"];

/// The methods of custom actions.
const METHODS: [&str; 3] = ["GET", "POST", "PUT"];

fn example_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = FILES.map(repository_path).into();
    let mut folders: Vec<PathBuf> = FOLDERS.map(repository_path).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.extension().and_then(|extension| extension.to_str()) {
                // The commands of several APIs are on one page of the reference.
                _ if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("reference") => {
                    folders.push(path);
                }
                Some("md" | "js" | "mjs" | "ts") => files.push(path),
                _ => {}
            }
        }
    }
    files
}

/// The text after each `name:`, also with quotes around the name.
fn values<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(name).filter_map(move |(at, _)| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let starts_word = !text[..at].ends_with(is_word);
        let rest = &text[at + name.len()..];
        let value = rest.strip_prefix('"').unwrap_or(rest).strip_prefix(':')?;
        starts_word.then(|| value.trim_start())
    })
}

/// The first URL of a value, without what follows it.
fn first_url(value: &str) -> Option<&str> {
    let url = value.trim_start_matches(['"', '\'']);
    let end = url.find(|c: char| c.is_whitespace() || "\"',`)".contains(c)).unwrap_or(url.len());
    url[..end].starts_with("https://").then_some(&url[..end])
}

fn problems(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for methods in values(text, "methods").filter_map(|value| value.strip_prefix('[')?.split(']').next()) {
        let names = methods.split(|c: char| !c.is_ascii_uppercase()).filter(|name| !name.is_empty());
        problems.extend(names.filter(|name| !METHODS.contains(name)).map(|name| format!("no action uses {name}")));
    }
    if values(text, "dataSource").any(|value| value.starts_with('{') && !value.starts_with("{ $ref")) {
        problems.push("a data source is limited to 15 calls/s anyway".to_owned());
    }
    let [capping, throttling] =
        ["url", "urlPattern"].map(|name| values(text, name).filter_map(first_url).collect::<BTreeSet<_>>());
    // Not in JSON, where `url` is also part of a key in the state file.
    let lines = text.lines().map(|line| line.trim_start().trim_start_matches("- "));
    let capped: BTreeSet<&str> = lines.filter_map(|line| first_url(line.strip_prefix("url: ")?)).collect();
    problems.extend(capped.intersection(&throttling).map(|url| format!("{url} is both capped and throttled")));
    for url in capping.union(&throttling).filter(|url| !url.starts_with("https://platform.adobe.io/")) {
        let host = url["https://".len()..].split('/').next().unwrap_or_default();
        let is_public_name = host.contains('.') && host.ends_with(|c: char| c.is_ascii_lowercase() || c == '}');
        if !is_public_name && !host.starts_with("${") || host.contains(':') || host.contains(".adobe.") {
            problems.push(format!("no action calls {url}"));
        }
    }
    problems
}

#[test]
fn examples_can_take_effect() {
    let mut count = 0;
    for file in example_files() {
        let text = read(&file);
        count += values(&text, "methods").count();
        assert_eq!(problems(&without_findings(&text)), Vec::<String>::new(), "{}", file.display());
    }
    assert!(count > 20, "{count} definitions");
}

/// The section about findings shows limits without effect on purpose.
fn without_findings(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\n## Findings\n") else { return text.to_owned() };
    before.to_owned() + rest.split_once("\n## ").map_or("", |(_, after)| after)
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn useless_examples_are_found() {
    for (text, expected) in [
        ("url: https://a.example/*\nmethods: [GET, PUT]\naction: { rating: 1 }", None),
        ("{\"methods\": [\n\"DELETE\"\n]}", Some("no action uses DELETE")),
        ("dataSource: { rating: 1 }", Some("a data source is limited to 15 calls/s anyway")),
        ("url: https://a.example:8443/*", Some("no action calls https://a.example:8443/*")),
        ("url: \"https://10.0.0.1/*\",", Some("no action calls https://10.0.0.1/*")),
        ("url: https://x.adobe.com/", Some("no action calls https://x.adobe.com/")),
        (
            "url: https://a.example/*\nurlPattern: https://a.example/*",
            Some("https://a.example/* is both capped and throttled"),
        ),
    ] {
        assert_eq!(problems(text).first().map(String::as_str), expected, "{text}");
    }
}
