//! The commands, examples and settings of the README.

use std::cell::Cell;

use super::{blocks, follow, read, write_files};
use crate::limits::fixture::Site;

/// The uid that the README shows in place of a created one.
const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

/// What has to be typed for a line of the README.
fn typed(line: &str) -> String {
    if line.starts_with("ajo emulator serve") {
        // It runs until it is stopped, so only its arguments are checked. The page on the emulator starts one.
        return format!("{} --help > /dev/null", line.split(" #").next().unwrap_or(line));
    }
    let line = line.replace("./integration-tests.sh", "sh ./integration-tests.sh");
    let line = line.replace(UID, r#"$(ajo capping list --output json | sed 's/.*"uid":"\([^"]*\)".*/\1/')"#);
    if line.starts_with("ajo plan ") {
        // The configuration created before has the URL of the limits file and would be a conflict.
        return format!("ajo emulator reset\n{line}");
    }
    // Without a terminal nobody can be asked.
    if line.starts_with("ajo apply ") { line.replacen("ajo apply", "ajo apply --yes", 1) } else { line }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_readme_do_what_it_says() {
    let page = read("README.md");
    let site = Site::start().await;
    let definition = blocks(&page).into_iter().find(|block| block.language == "yaml").expect("a definition");
    site.write("limit.yaml", &definition.text);
    site.write("integration-tests.sh", "ajo capping list\n");
    write_files(&page, &site.path("."));
    let settings = site.emulator.environment();
    let setting = |name: &str| settings.iter().find(|(other, _)| *other == name).expect(name).1.clone();
    let scopes = setting("AJO_SCOPES");
    let credentials = serde_json::json!({
        "CLIENT_ID": setting("AJO_CLIENT_ID"),
        "CLIENT_SECRETS": [setting("AJO_CLIENT_SECRET")],
        "ORG_ID": setting("AJO_ORG_ID"),
        "SCOPES": scopes.split(',').collect::<Vec<_>>(),
    });
    site.write("credentials.json", &credentials.to_string());

    let mut ajo = site.command(&[]);
    ajo.env("AJO_SANDBOX", "prod").env("AJO_EMULATOR_URL", site.emulator.ims_url());
    ajo.env("AJO_CONFIG_DIR", site.path("config"));
    let commands = Cell::new(0);
    follow("README.md", &ajo, |block| {
        let runs = block.starts_with("ajo ");
        runs.then(|| {
            commands.set(commands.get() + block.lines().filter(|line| line.starts_with("ajo ")).count());
            block.lines().map(|line| typed(line) + "\n").collect()
        })
    });
    assert!(commands.get() > 14, "{} commands", commands.get());
}

/// The blocks of one language.
fn examples(language: &str) -> Vec<String> {
    let blocks = blocks(&read("README.md")).into_iter();
    blocks.filter(|block| block.language == language).map(|block| block.text).collect()
}

/// The example in the documentation of `Client` compiles as a test; the README's is the same, line by line.
#[test]
fn the_rust_example_is_the_one_that_compiles() {
    let compiled = read("crates/core/src/client/api_client.rs");
    let mut compiled = compiled.lines().filter_map(|line| line.trim().strip_prefix("///")).map(str::trim);
    let [example] = examples("rust").try_into().expect("one example");
    for line in
        example.lines().map(|line| line.split(" // ").next().unwrap_or(line).trim()).filter(|line| !line.is_empty())
    {
        assert!(compiled.any(|compiled| compiled == line), "not compiled anywhere, or in another order: {line}");
    }
}

/// The YAML files of the README, a definition and a limits file, are such that the command takes them.
#[test]
fn the_definition_and_the_limits_file_have_no_finding() {
    let [yaml, limits] = examples("yaml").try_into().expect("a definition and a limits file");
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
