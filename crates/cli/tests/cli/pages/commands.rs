//! Every documented `ajo …` is a command line that the program takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Block, blocks, file, read};
use crate::support::{Ran, ajo};

/// Languages of blocks with commands.
const SHELLS: [&str; 5] = ["sh", "bash", "console", "shell", ""];

/// Whether another test of this folder types a block.
fn is_typed(page: &str, block: &Block) -> bool {
    match page {
        "README.md" => block.text.starts_with("ajo "),
        "docs/emulator.md" | "docs/limits-as-code.md" | "docs/simulate.md" => true,
        _ => false,
    }
}

/// All pages for users and contributors.
fn pages() -> Vec<String> {
    let mut pages =
        ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "crates/wasm/npm/README.md"].map(str::to_owned).to_vec();
    pages.push("crates/wasm/npm/examples/README.md".to_owned());
    let docs = fs::read_dir(file("docs")).expect("docs").map(|entry| entry.expect("an entry").file_name());
    let docs = docs.map(|name| format!("docs/{}", name.to_string_lossy()));
    pages.extend(docs.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md")));
    pages
}

/// The commands that sentences show in backticks, without their redirections.
fn inline_commands(page: &str) -> BTreeSet<String> {
    // Fences are removed first: after that each second part is code.
    let prose: String = page.split("\n```").step_by(2).collect();
    prose.split('`').skip(1).step_by(2).filter_map(command).collect()
}

/// The commands of a block, one on each line.
fn block_commands(block: &Block) -> impl Iterator<Item = String> {
    let is_shell = SHELLS.contains(&block.language.as_str());
    block.text.lines().filter(move |_| is_shell).filter_map(|line| command(line.trim_start().trim_start_matches("$ ")))
}

/// `ajo …` of this code, without comments and redirections. `cargo run -- …` is the same command.
fn command(code: &str) -> Option<String> {
    let words = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let ajo = words.strip_prefix("cargo run -- ").map_or_else(|| words.clone(), |rest| format!("ajo {rest}"));
    let end = [" #", " > ", " < ", " | ", " || ", " && "].iter().filter_map(|end| ajo.find(end)).min();
    let command = ajo[..end.unwrap_or(ajo.len())].trim_end_matches(" …");
    (command.starts_with("ajo ") && command.len() > 4).then(|| command.to_owned())
}

/// The error of a command line, which may lack what a sentence need not say. `--help` ends it before anything is done.
fn parse_error(command: &str) -> Option<String> {
    let program = command.split(" -- ").next().unwrap_or_default();
    let words: Vec<&str> = program.split(' ').skip(1).chain(["--help"]).collect();
    let ran = Ran::from(ajo(&words).output().expect("ajo runs"));
    // `ajo simulate --window`: only the name of an option.
    let is_valid = ran.code == Some(0) || ran.err.contains("a value is required for");
    (!is_valid).then_some(ran.err)
}

/// The usage error of a command line that lacks nothing, as blocks show it. It runs in an empty directory without credentials.
fn usage_error(command: &str) -> Option<String> {
    if let Some(error) = parse_error(command) {
        return Some(error);
    }
    // It might not end.
    if command.starts_with("ajo emulator ") {
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let ran = Ran::from(ajo(&words).current_dir(folder.path()).output().expect("ajo runs"));
    (ran.code == Some(64)).then_some(ran.err)
}

#[test]
fn the_documented_command_lines_are_those_of_the_command() {
    let commands: BTreeSet<String> = pages().iter().flat_map(|page| inline_commands(&read(page))).collect();
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        assert_eq!(parse_error(&command), None, "{command}");
    }
    let untyped: BTreeSet<String> = pages()
        .iter()
        .flat_map(|page| blocks(&read(page)).into_iter().filter(|block| !is_typed(page, block)).collect::<Vec<_>>())
        .flat_map(|block| block_commands(&block).collect::<Vec<_>>())
        .collect();
    assert!(untyped.contains("ajo try"), "the first command of the README: {untyped:?}");
    for command in untyped {
        assert_eq!(usage_error(&command), None, "{command}");
    }
}

#[test]
fn a_command_line_that_there_is_not_is_found() {
    let page = "`ajo plan`, `ajo`\n```sh\najo no\n```\n`ajo drift\na.yaml`, `cargo run -- try` `ajo --emulator …`";
    assert_eq!(
        inline_commands(page).into_iter().collect::<Vec<_>>(),
        ["ajo --emulator", "ajo drift a.yaml", "ajo plan", "ajo try"]
    );
    for command in
        ["ajo plam", "ajo plan --foo", "ajo simulate --window round", "ajo apply --resumes", "ajo emulator exek"]
    {
        assert_ne!(parse_error(command), None, "{command}");
    }
    for command in
        ["ajo plan", "ajo emulator exec", "ajo emulator exec -- COMMAND…", "ajo simulate --window", "ajo --emulator"]
    {
        assert_eq!(parse_error(command), None, "{command}");
    }
    let uid = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";
    let page = format!(
        "```sh\ncargo run -- tri     # a token\najo capping can_deploy {uid}\n```\n```yaml\najo no\n```\n\
         ```console\n$ ajo throttling list --output yaml\najo simulate limit.yaml | less\n```\n"
    );
    let commands: Vec<String> = blocks(&page).iter().flat_map(block_commands).collect();
    let wrong = ["tri", &format!("capping can_deploy {uid}"), "throttling list --output yaml", "simulate limit.yaml"];
    assert_eq!(commands, wrong.map(|command| format!("ajo {command}")));
    for command in commands {
        assert_ne!(usage_error(&command), None, "{command}");
    }
    for command in ["ajo plan limits/prod.yaml", "ajo try"] {
        assert_eq!(usage_error(command), None, "{command}");
    }
}
