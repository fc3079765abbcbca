//! Every documented `ajo …` is a command line that the program takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{blocks, file, read};
use crate::support::{Ran, ajo};

/// Pages whose `sh` blocks another test of this folder types.
const FOLLOWED: [&str; 4] = ["README.md", "docs/emulator.md", "docs/limits-as-code.md", "docs/simulate.md"];

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
    let code = prose.split('`').skip(1).step_by(2).map(|code| code.split_whitespace().collect::<Vec<_>>().join(" "));
    let commands = code.filter_map(|code| {
        let ajo = code.replacen("cargo run --", "ajo", 1);
        let command = ajo.split(" > ").next().unwrap_or_default().trim_end_matches(" …").to_owned();
        (command.starts_with("ajo ") && command.len() > 4).then_some(command)
    });
    commands.collect()
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

#[test]
fn the_documented_command_lines_are_those_of_the_command() {
    let commands: BTreeSet<String> = pages().iter().flat_map(|page| inline_commands(&read(page))).collect();
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        assert_eq!(parse_error(&command), None, "{command}");
    }
    for page in pages().iter().filter(|page| !FOLLOWED.contains(&page.as_str())) {
        for block in blocks(&read(page)) {
            let shell = ["sh", "bash", "console", ""].contains(&block.language.as_str());
            assert!(
                !shell || !block.text.lines().any(|line| line.starts_with("ajo ")),
                "no test types this block of {page}:\n{}",
                block.text
            );
        }
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
    for command in ["ajo plan", "ajo emulator exec -- COMMAND…", "ajo simulate --window"] {
        assert_eq!(parse_error(command), None, "{command}");
    }
}
