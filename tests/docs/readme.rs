//! What the README shows is what there is.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The code blocks of one language.
fn blocks(language: &str) -> Vec<String> {
    let readme = read("README.md");
    let mut blocks = Vec::new();
    for part in readme.split("\n```").skip(1).step_by(2) {
        if let Some(code) = part.strip_prefix(language).and_then(|rest| rest.strip_prefix('\n')) {
            blocks.push(code.to_owned());
        }
    }
    blocks
}

/// The example in the documentation of `Client` compiles as a test; the README's is the same, line by line.
#[test]
fn the_rust_example_is_the_one_that_compiles() {
    let compiled = read("crates/core/src/client/native_client.rs");
    let mut compiled = compiled.lines().filter_map(|line| line.trim().strip_prefix("///")).map(str::trim);
    let [example] = blocks("rust").try_into().expect("one example");
    for line in
        example.lines().map(|line| line.split(" // ").next().unwrap_or(line).trim()).filter(|line| !line.is_empty())
    {
        assert!(compiled.any(|compiled| compiled == line), "not compiled anywhere, or in another order: {line}");
    }
}

/// The YAML files of the README, a definition and a limits file, are such that the command takes them.
#[test]
fn the_definition_and_the_limits_file_have_no_finding() {
    let [yaml, limits] = blocks("yaml").try_into().expect("a definition and a limits file");
    let source = ajo_limits::file::Source { name: "README.md".to_owned(), text: limits };
    let limits = ajo_limits::file::read(&ajo_limits::file::Sources::new(vec![source]), &|_| None);
    assert_eq!(limits.findings, []);
    assert_eq!(limits.desired.expect("it wants something").configs.len(), 2);
    let definition: ajo_core::CappingDefinition = serde_saphyr::from_str(&yaml).expect("a definition");
    let definition = serde_json::to_value(definition).expect("JSON");
    assert_eq!(ajo_core::rules::capping(&definition), []);
}

/// Every variable that the README lists is one that the command knows, and the other way round.
#[test]
fn the_settings_are_those_of_the_command() {
    let readme = read("README.md");
    let sources = [
        "crates/auth/src/credentials/oauth_credentials.rs",
        "crates/auth/src/credentials/env_variables.rs",
        "crates/cli/src/arguments.rs",
        "crates/cli/src/arguments/emulator.rs",
        "crates/cli/src/session/caller.rs",
        "crates/cli/src/session/dirs.rs",
        "crates/cli/src/session/keychain.rs",
        "crates/cli/src/session/settings.rs",
    ];
    let code: String = sources.map(read).concat();
    let names = |text: &str| {
        let mut names: Vec<String> = text
            .split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
            .filter(|word| word.starts_with("AJO_") && word.len() > 4)
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    };
    assert_eq!(names(&readme), names(&code));
}
