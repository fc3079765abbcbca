//! Checks that every documented `ajo …` command line is valid.

use std::collections::BTreeSet;

use tempfile::TempDir;

use super::coverage::{EXECUTED_PAGES, markdown_files};
use super::{CodeBlock, code_blocks, read_page};
use crate::support::{CommandOutput, ajo_command};

/// Languages of code blocks with commands.
const SHELL_LANGUAGES: [&str; 5] = ["sh", "bash", "console", "shell", ""];

/// Whether another test of this directory runs a block.
fn is_run_by_other_test(page: &str, block: &CodeBlock) -> bool {
    EXECUTED_PAGES.contains(&page) && (page != "README.md" || block.text.starts_with("ajo "))
}

/// All documentation pages, without the history.
fn pages() -> Vec<String> {
    markdown_files().into_iter().filter(|page| !page.ends_with("CHANGELOG.md")).collect()
}

/// The commands in inline code, without redirections.
fn inline_commands(page: &str) -> BTreeSet<String> {
    // Without fenced blocks, every second part is inline code.
    let prose: String = page.split("\n```").step_by(2).collect();
    prose.split('`').skip(1).step_by(2).filter_map(parse_ajo_command).collect()
}

/// The commands of a block, one per line.
fn block_commands(block: &CodeBlock) -> impl Iterator<Item = String> {
    let is_shell = SHELL_LANGUAGES.contains(&block.language.as_str());
    block
        .text
        .lines()
        .filter(move |_| is_shell)
        .filter_map(|line| parse_ajo_command(line.trim_start().trim_start_matches("$ ")))
}

/// Extracts `ajo …` from code, without comments and redirections. `cargo run -- …` is equivalent.
fn parse_ajo_command(code: &str) -> Option<String> {
    let words = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let ajo = words.strip_prefix("cargo run -- ").map_or_else(|| words.clone(), |rest| format!("ajo {rest}"));
    let end = [" #", " \\|", " > ", " < ", " | ", " || ", " && "].iter().filter_map(|end| ajo.find(end)).min();
    let command = ajo[..end.unwrap_or(ajo.len())].trim_end_matches(" …");
    (command.starts_with("ajo ") && command.len() > 4).then(|| command.to_owned())
}

/// The parse error of a possibly incomplete command line. `--help` prevents its execution.
fn parse_error(command: &str) -> Option<String> {
    let program = command.split(" -- ").next().unwrap_or_default();
    let words: Vec<&str> = program.split(' ').skip(1).chain(["--help"]).collect();
    let output = CommandOutput::from(ajo_command(&words).output().expect("ajo runs"));
    // `ajo simulate --window` is only the name of an option.
    let is_valid = output.exit_code == Some(0) || output.stderr.contains("a value is required for");
    (!is_valid).then_some(output.stderr)
}

/// The usage error of a complete command line. Runs in an empty directory without credentials.
fn usage_error(command: &str) -> Option<String> {
    if let Some(error) = parse_error(command) {
        return Some(error);
    }
    // These may run forever.
    if command.starts_with("ajo emulator ") {
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let output = CommandOutput::from(ajo_command(&words).current_dir(folder.path()).output().expect("ajo runs"));
    (output.exit_code == Some(64)).then_some(output.stderr)
}

#[test]
fn documented_commands_parse() {
    let commands: BTreeSet<String> = pages().iter().flat_map(|page| inline_commands(&read_page(page))).collect();
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        assert_eq!(parse_error(&command), None, "{command}");
    }
    // The test that runs this page is skipped without a local S3 server.
    let blocks = code_blocks(&read_page("docs/shared-state.md"));
    let commands: Vec<String> = blocks.iter().flat_map(block_commands).collect();
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands {
        assert_eq!(parse_error(&command), None, "{command}");
    }
    let unchecked: BTreeSet<String> = pages()
        .iter()
        .flat_map(|page| {
            code_blocks(&read_page(page))
                .into_iter()
                .filter(|block| !is_run_by_other_test(page, block))
                .collect::<Vec<_>>()
        })
        .flat_map(|block| block_commands(&block).collect::<Vec<_>>())
        .collect();
    assert!(unchecked.contains("ajo demo"), "the first command in the README: {unchecked:?}");
    for command in unchecked {
        assert_eq!(usage_error(&command), None, "{command}");
    }
}

#[test]
fn checker_detects_wrong_commands() {
    let page = "`ajo plan`, `ajo`\n```sh\najo no\n```\n`ajo drift\na.yaml`, `cargo run -- demo` `ajo --emulator …`";
    assert_eq!(
        inline_commands(page).into_iter().collect::<Vec<_>>(),
        ["ajo --emulator", "ajo demo", "ajo drift a.yaml", "ajo plan"]
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
    let commands: Vec<String> = code_blocks(&page).iter().flat_map(block_commands).collect();
    let wrong = ["tri", &format!("capping can_deploy {uid}"), "throttling list --output yaml", "simulate limit.yaml"];
    assert_eq!(commands, wrong.map(|command| format!("ajo {command}")));
    for command in commands {
        assert_ne!(usage_error(&command), None, "{command}");
    }
    for command in ["ajo plan limits/prod.yaml", "ajo demo"] {
        assert_eq!(usage_error(command), None, "{command}");
    }
}
