//! The commands of the README, typed against an emulator.
#![cfg(unix)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{Ran, ajo};
use tempfile::TempDir;

/// The identifier that the README has in place of one that the service gave.
const UID: &str = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";

fn blocks<'r>(readme: &'r str, language: &str) -> Vec<&'r str> {
    let blocks = readme.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n')).collect()
}

/// Types a line in a folder, in the environment of the emulator.
fn typed(folder: &Path, environment: &[(String, String)], line: &str) -> Ran {
    // Only for the variables that it takes away, and its places.
    let plain = ajo(&[]);
    let mut command = Command::new("sh");
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap_or_default());
    command.args(["-c", line]).current_dir(folder).env("PATH", path).env("AJO_CONFIG_DIR", folder.join("config"));
    command.envs(environment.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    command.output().expect("sh runs").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_readme_do_what_it_says() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).expect("the README");
    let commands = blocks(&readme, "sh").into_iter().find(|block| block.starts_with("ajo ")).expect("the commands");
    let [definition, limits] = blocks(&readme, "yaml").try_into().expect("a definition and a limits file");

    let folder = TempDir::new().expect("a folder");
    let emulator = ajo_emulator::Emulator::start().await.expect("an emulator");
    let mut environment: Vec<(String, String)> =
        emulator.environment().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    environment.push(("AJO_EMULATOR_URL".to_owned(), emulator.ims_url()));
    let of = |name: &str| &environment.iter().find(|(other, _)| other == name).expect(name).1;
    fs::create_dir_all(folder.path().join("limits")).expect("a folder");
    fs::create_dir(folder.path().join("bin")).expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ajo"), folder.path().join("bin/ajo")).expect("a link");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("limit.yaml", definition);
    write("limits/prod.yaml", limits);
    write("integration-tests.sh", "ajo capping list\n");
    let scopes: Vec<&str> = of("AJO_SCOPES").split(',').collect();
    let credentials = serde_json::json!({
        "CLIENT_ID": of("AJO_CLIENT_ID"),
        "CLIENT_SECRETS": [of("AJO_CLIENT_SECRET")],
        "ORG_ID": of("AJO_ORG_ID"),
        "SCOPES": scopes,
    });
    write("credentials.json", &credentials.to_string());

    let mut ran = Vec::new();
    for line in commands.lines().map(|line| line.split(" # ").next().unwrap_or(line).trim()) {
        // One stays until somebody ends it, which the page on the emulator has tested.
        if line.is_empty() || line.starts_with("ajo emulator serve") {
            continue;
        }
        if line.starts_with("ajo plan ") {
            // What was created by hand has the URL of the limits file, which would say that it is not ours.
            emulator.world().first_mut().reset();
        }
        let mut typed_line = line.replace("./integration-tests.sh", "sh ./integration-tests.sh");
        if line.contains(UID) {
            let list = typed(folder.path(), &environment, "ajo capping list --output json");
            let list: serde_json::Value = serde_json::from_str(&list.out).expect("JSON");
            typed_line = line.replace(UID, list["results"][0]["uid"].as_str().expect("what was created"));
        }
        if line.starts_with("ajo apply ") {
            // Without a terminal nobody can be asked.
            typed_line.push_str(" --yes");
        }
        let result = typed(folder.path(), &environment, &typed_line);
        assert_eq!(result.code, Some(0), "{typed_line}\n{}\n{}", result.out, result.err);
        ran.push(line.to_owned());
    }
    assert!(ran.len() > 14, "{ran:?}");
}
