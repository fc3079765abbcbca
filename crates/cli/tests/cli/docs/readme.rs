//! The commands, examples, and settings in the README.

use std::cell::Cell;

use super::{code_blocks, read_page, run_page, write_files};
use crate::limits::fixture::LimitsFixture;

/// The placeholder for a created uid in the README.
const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

/// The command to run for a line in the README.
fn shell_line(line: &str) -> String {
    if line.starts_with("ajo emulator serve") {
        // It runs until stopped, so only check its arguments. The test of docs/emulator.md starts one.
        return format!("{} --help > /dev/null", line.split(" #").next().unwrap_or(line));
    }
    let line = line.replace("./integration-tests.sh", "sh ./integration-tests.sh");
    let line = line.replace(UID, r#"$(ajo capping list --output json | sed 's/.*"uid":"\([^"]*\)".*/\1/')"#);
    if line.starts_with("ajo plan ") {
        // The configuration created earlier has the same URL as the limits file and would be a conflict.
        return format!("ajo emulator reset\n{line}");
    }
    // There is no terminal for the confirmation.
    let confirmed =
        ["ajo apply", "ajo capping set"].into_iter().find(|command| line.starts_with(&format!("{command} ")));
    confirmed.map_or(line.clone(), |command| line.replacen(command, &format!("{command} --yes"), 1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_in_readme_run() {
    let page = read_page("README.md");
    let fixture = LimitsFixture::start().await;
    let definition = code_blocks(&page).into_iter().find(|block| block.language == "yaml").expect("a definition");
    fixture.write("limit.yaml", &definition.text);
    fixture.write("integration-tests.sh", "ajo capping list\n");
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
    assert!(commands.get() > 14, "{} commands", commands.get());
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

/// The definition and the limits file in the README must pass validation.
#[test]
fn yaml_examples_are_valid() {
    let [yaml, limits] = blocks_in_language("yaml").try_into().expect("a definition and a limits file");
    let source = ajo_limits::file::SourceFile { name: "README.md".to_owned(), content: limits };
    let limits = ajo_limits::file::parse_limits(&ajo_limits::file::SourceSet::new(vec![source]), &|_| None);
    assert_eq!(limits.diagnostics, []);
    assert_eq!(limits.desired.expect("desired limits").configs.len(), 2);
    let definition: ajo_core::CappingDefinition = serde_saphyr::from_str(&yaml).expect("a definition");
    let definition = serde_json::to_value(definition).expect("JSON");
    assert_eq!(ajo_core::rules::validate_capping(&definition), []);
}

/// The README and the code must mention the same variables.
#[test]
fn readme_lists_all_variables() {
    let readme = read_page("README.md");
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
    assert_eq!(names(&readme), names(&code));
}
