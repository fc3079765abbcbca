//! The commands and examples in the README, and the variables on the page about settings.

use std::cell::Cell;

use super::{code_blocks, read_page, run_page, write_files};
use crate::limits::fixture::LimitsFixture;

/// The command to run for a line in the README. There is no terminal for the confirmation.
fn shell_line(line: &str) -> String {
    if line.starts_with("ajo apply ") { line.replacen("ajo apply", "ajo apply --yes", 1) } else { line.to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_in_readme_run() {
    let page = read_page("README.md");
    let fixture = LimitsFixture::start().await;
    write_files(&page, &fixture.path("."));
    let settings = fixture.emulator.environment();
    let setting = |name: &str| settings.iter().find(|(other, _)| *other == name).expect(name).1.clone();
    let scopes = setting("AJO_SCOPES");
    let credentials = serde_json::json!({
        "CLIENT_ID": setting("AJO_CLIENT_ID"),
        "CLIENT_SECRETS": [setting("AJO_CLIENT_SECRET")],
        "ORG_ID": setting("AJO_ORG_ID"),
        "SCOPES": scopes.split(',').collect::<Vec<_>>(),
    });
    fixture.write("credentials.json", &credentials.to_string());

    let mut ajo = fixture.command(&[]);
    ajo.env("AJO_SANDBOX", "prod").env("AJO_EMULATOR_URL", fixture.emulator.ims_url());
    ajo.env("AJO_CONFIG_DIR", fixture.path("config"));
    let commands = Cell::new(0);
    run_page("README.md", &ajo, |block| {
        let runs = block.starts_with("ajo ");
        runs.then(|| {
            commands.set(commands.get() + block.lines().filter(|line| line.starts_with("ajo ")).count());
            block.lines().map(|line| shell_line(line) + "\n").collect()
        })
    });
    assert!(commands.get() > 5, "{} commands", commands.get());
}

/// The code blocks in a language.
fn blocks_in_language(language: &str) -> Vec<String> {
    let blocks = code_blocks(&read_page("README.md")).into_iter();
    blocks.filter(|block| block.language == language).map(|block| block.text).collect()
}

/// The README example must equal the doc test of `Client`, line by line.
#[test]
fn rust_example_is_compiled() {
    let compiled = read_page("crates/core/src/client/api_client.rs");
    let mut compiled = compiled.lines().filter_map(|line| line.trim().strip_prefix("///")).map(str::trim);
    let [example] = blocks_in_language("rust").try_into().expect("one example");
    for line in
        example.lines().map(|line| line.split(" // ").next().unwrap_or(line).trim()).filter(|line| !line.is_empty())
    {
        assert!(
            compiled.any(|compiled| compiled == line),
            "line not found in the doc test, or in a different order: {line}"
        );
    }
}

#[test]
fn limits_file_is_valid() {
    let [limits] = blocks_in_language("yaml").try_into().expect("a limits file");
    let source = ajo_limits::file::SourceFile { name: "README.md".to_owned(), content: limits };
    let limits = ajo_limits::file::parse_limits(&ajo_limits::file::SourceSet::new(vec![source]), &|_| None);
    assert_eq!(limits.diagnostics, []);
    assert_eq!(limits.desired.expect("desired limits").configs.len(), 2);
}

/// The page about settings and the code must mention the same variables.
#[test]
fn settings_page_lists_all_variables() {
    let page = read_page("docs/reference/settings.md");
    let sources = [
        "crates/engine/src/parse/credentials/oauth_credentials.rs",
        "crates/engine/src/parse/credentials/env_variables.rs",
        "crates/cli/src/arguments.rs",
        "crates/cli/src/arguments/emulator.rs",
        "crates/cli/src/session/auth_context.rs",
        "crates/cli/src/session/dirs.rs",
        "crates/cli/src/session/keychain.rs",
        "crates/cli/src/session/setting.rs",
    ];
    let code: String = sources.map(read_page).concat();
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
    assert_eq!(names(&page), names(&code));
}
