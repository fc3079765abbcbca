//! Follows the documentation: the `sh` blocks of a page are typed in bash, and a `text` block after one is compared with what it
//! printed. `UPDATE=1` writes the output into the page instead.

mod commands;
mod emulator;
mod limits_as_code;
mod readme;
mod simulate;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Ran;

/// Stands for text that is different in each run.
const ANYTHING: &str = "[…]";

/// Printed after each block, so that outputs can be told apart and a failing block is known.
const BLOCK_END: &str = "--- end of block";

/// A file of the repository, by its path from the root.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A fenced block of a page.
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
}

pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some(Block { language: language.to_owned(), text: String::new() }),
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

/// `bash` with the environment and the directory of this command. `ajo` is the built one, and standard error goes to standard
/// output.
pub(crate) fn shell(ajo: &Command, script: &str) -> Command {
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

/// Writes each `yaml` block whose first line is a comment with a file name.
fn write_files(page: &str, directory: &Path) {
    for block in blocks(page).iter().filter(|block| block.language == "yaml") {
        if let Some(name) = block.text.lines().next().and_then(|line| line.strip_prefix("# ")) {
            let path = directory.join(name);
            fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
            fs::write(path, &block.text).expect("written");
        }
    }
}

/// A page whose blocks were typed.
struct Followed {
    /// The number of blocks.
    blocks: usize,
    printed: String,
}

/// Types the `sh` blocks that `typed` does not leave out, in one shell, and compares the `text` blocks.
fn follow(path: &str, ajo: &Command, typed: impl Fn(&str) -> Option<String>) -> Followed {
    let page = read(path);
    let blocks = blocks(&page);
    let scripts: Vec<Option<String>> =
        blocks.iter().map(|block| (block.language == "sh").then(|| typed(&block.text)).flatten()).collect();
    let session: String = scripts.iter().flatten().map(|script| format!("{script}\necho '{BLOCK_END}'\n")).collect();
    let session = format!("trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{session}");
    let ran = Ran::from(shell(ajo, &session).output().expect("bash runs"));
    let mut outputs = ran.out.split(BLOCK_END);
    let mut updated = page.clone();
    let mut output = None;
    for (block, script) in blocks.iter().zip(&scripts) {
        if let Some(script) = script {
            output = outputs.next();
            assert!(
                outputs.clone().next().is_some(),
                "{path}: this block failed\n{script}\n{}",
                output.unwrap_or_default()
            );
        } else if let ("text", Some(output)) = (block.language.as_str(), output.take()) {
            let (expected, output) = (block.text.trim_end(), output.trim_start_matches('\n').trim_end());
            if std::env::var_os("UPDATE").is_some() {
                updated = updated.replacen(&format!("```text\n{expected}\n```"), &format!("```text\n{output}\n```"), 1);
            } else {
                assert!(matches(expected, output), "{path} says\n{expected}\nand it is\n{output}");
            }
        }
    }
    if updated != page {
        fs::write(file(path), updated).expect("written");
    }
    Followed { blocks: scripts.iter().flatten().count(), printed: ran.out }
}

/// Whether a page shows this text; `[…]` stands for anything.
fn matches(expected: &str, text: &str) -> bool {
    let mut parts = expected.split(ANYTHING);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = first;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || (last.is_empty() && expected.ends_with(ANYTHING))
}

#[test]
fn a_text_matches_what_the_page_says_of_it_and_no_other() {
    for (expected, text, same) in [
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
        assert_eq!(matches(expected, text), same, "{expected:?} and {text:?}");
    }
}
