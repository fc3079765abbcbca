//! Runs the `sh` blocks of documentation pages in bash, and compares each following `text` block with the output. `UPDATE=1`
//! updates the pages instead.

mod commands;
mod coverage;
mod emulator;
mod examples;
mod guides;
mod limits_as_code;
mod migration_tables;
mod operate_limits;
mod other_apis;
mod picture;
mod readme;
mod shared_state;
mod simulate;
mod sizing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::CommandOutput;

/// A wildcard for text that differs in each run.
const WILDCARD: &str = "[…]";

/// Printed after each block, to split the output and to find a failing block.
const BLOCK_END: &str = "--- end of block";

/// The absolute path of a file in the repository.
pub(crate) fn repository_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

pub(crate) fn read_page(path: &str) -> String {
    fs::read_to_string(repository_path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A fenced block of a page.
pub(crate) struct CodeBlock {
    pub(crate) language: String,
    pub(crate) text: String,
}

pub(crate) fn code_blocks(page: &str) -> Vec<CodeBlock> {
    let mut blocks = Vec::new();
    let mut open: Option<CodeBlock> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some(CodeBlock { language: language.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// `bash` with the environment and directory of this command. `ajo` is the built command, and standard error goes to standard
/// output.
pub(crate) fn bash_command(ajo: &Command, script: &str) -> Command {
    let mut command = Command::new("bash");
    command.args(["-eu", "-o", "pipefail", "-c", &format!("exec 2>&1\n{script}")]);
    if let Some(directory) = ajo.get_current_dir() {
        command.current_dir(directory);
    }
    for (name, value) in ajo.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let programs = Path::new(ajo.get_program()).parent().expect("a directory").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = [programs].into_iter().chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(paths).expect("a path"));
    command
}

/// Writes the files of a page: each `yaml` block whose first line is a comment with a file name.
fn write_files(page: &str, directory: &Path) {
    for block in code_blocks(page).iter().filter(|block| block.language == "yaml") {
        if let Some(name) = block.text.lines().next().and_then(|line| line.strip_prefix("# ")) {
            let path = directory.join(name);
            fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            fs::write(path, &block.text).expect("written");
        }
    }
}

/// The result of running a page.
struct PageRun {
    block_count: usize,
    output: String,
}

/// Runs the `sh` blocks in one shell and compares the `text` blocks. `to_script` can change or skip a block.
fn run_page(path: &str, ajo: &Command, to_script: impl Fn(&str) -> Option<String>) -> PageRun {
    let page = read_page(path);
    let blocks = code_blocks(&page);
    let scripts: Vec<Option<String>> =
        blocks.iter().map(|block| (block.language == "sh").then(|| to_script(&block.text)).flatten()).collect();
    let session: String = scripts.iter().flatten().map(|script| format!("{script}\necho '{BLOCK_END}'\n")).collect();
    let session = format!("trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{session}");
    let run = CommandOutput::from(bash_command(ajo, &session).output().expect("bash runs"));
    let mut outputs = run.stdout.split(BLOCK_END);
    let mut updated = page.clone();
    let mut output = None;
    for (block, script) in blocks.iter().zip(&scripts) {
        if let Some(script) = script {
            output = outputs.next();
            assert!(outputs.clone().next().is_some(), "{path}: block failed\n{script}\n{}", output.unwrap_or_default());
        } else if let ("text", Some(output)) = (block.language.as_str(), output.take()) {
            let (expected, output) = (block.text.trim_end(), output.trim_start_matches('\n').trim_end());
            let matches = matches_pattern(expected, output);
            if !matches && std::env::var_os("UPDATE").is_some() {
                updated = updated.replacen(&format!("```text\n{expected}\n```"), &format!("```text\n{output}\n```"), 1);
            } else {
                assert!(matches, "{path} shows\n{expected}\nbut the output is\n{output}");
            }
        }
    }
    if updated != page {
        fs::write(repository_path(path), updated).expect("written");
    }
    PageRun { block_count: scripts.iter().flatten().count(), output: run.stdout }
}

/// Whether a text matches a pattern, in which `[…]` matches anything.
fn matches_pattern(expected: &str, text: &str) -> bool {
    let mut parts = expected.split(WILDCARD);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = first;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || (last.is_empty() && expected.ends_with(WILDCARD))
}

#[test]
fn wildcard_pattern_matches_text() {
    for (pattern, text, matches) in [
        ("a", "a", true),
        ("a", "b", false),
        ("a", "ab", false),
        ("a […] c", "a b c", true),
        ("a […] c", "a b d", false),
        ("a […]", "a b", true),
        ("[…]b", "a b", true),
        ("[…]b", "a c", false),
        ("a […]\nb […]\n", "a 1\nb 2\n", true),
    ] {
        assert_eq!(matches_pattern(pattern, text), matches, "{pattern:?} and {text:?}");
    }
}
