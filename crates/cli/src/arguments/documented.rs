//! Every `ajo …` of the pages is a command line that there is.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use clap::error::ErrorKind;

use super::Arguments;

mod page;

use page::{DocCommand, commands};

/// Pages whose blocks a test of their own types as they stand, so that only what their sentences say is looked at here.
const TYPED: [&str; 3] = ["emulator.md", "limits-as-code.md", "simulate.md"];

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "crates/wasm/npm/README.md"];
    let mut pages: Vec<PathBuf> = named.map(|page| root.join(page)).into();
    pages.push(root.join("crates/wasm/npm/examples/README.md"));
    let docs = fs::read_dir(root.join("docs")).expect("docs").map(|entry| entry.expect("an entry").path());
    pages.extend(docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    pages
}

/// What the command makes of it; a sentence need not name what a command needs besides.
fn judge(said: &DocCommand) -> Result<(), String> {
    // `cargo run -- try` is `ajo try`.
    let from = usize::from(said.words[0] == "cargo") * 2;
    let words: Vec<&str> = said.words[from..].iter().map(String::as_str).filter(|word| *word != "…").collect();
    let Err(error) = Arguments::try_parse_from(&words) else { return Ok(()) };
    let unfinished = [
        ErrorKind::MissingRequiredArgument,
        ErrorKind::MissingSubcommand,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
        // `ajo simulate --window`: of an option, only the name.
        ErrorKind::InvalidValue,
    ];
    let value = error.get(clap::error::ContextKind::InvalidValue).map(ToString::to_string).unwrap_or_default();
    if !said.whole && unfinished.contains(&error.kind()) && value.is_empty() {
        return Ok(());
    }
    Err(error.to_string().lines().next().unwrap_or_default().to_owned())
}

#[test]
fn the_documented_command_lines_are_those_of_the_command() {
    let mut seen = 0;
    for path in pages() {
        let text = fs::read_to_string(&path).expect("a page");
        let typed = TYPED.iter().any(|page| path.ends_with(page));
        for said in commands(&text, &["ajo", "cargo"]) {
            let ours = said.words[0] == "ajo" || said.words.starts_with(&["cargo", "run", "--"].map(str::to_owned));
            if !ours || (typed && said.whole) {
                continue;
            }
            seen += 1;
            if let Err(problem) = judge(&said) {
                panic!("{}:{}: `{}`: {problem}", path.display(), said.line, said.words.join(" "));
            }
        }
    }
    assert!(seen > 40, "{seen} command lines");
}

#[test]
fn a_command_line_that_there_is_not_is_found() {
    let judge = |words: &str, whole| {
        let words = words.split(' ').map(str::to_owned).collect();
        judge(&DocCommand { line: 1, words, whole })
    };
    for (words, whole) in [
        ("ajo plan limits/prod.yaml", true),
        ("cargo run -- try", true),
        ("ajo plan", false),
        ("ajo emulator exec", false),
        ("ajo simulate --window", false),
        ("ajo --emulator …", false),
    ] {
        assert_eq!(judge(words, whole), Ok(()), "{words}");
    }
    for (words, whole) in [
        ("ajo plam", false),
        ("ajo plan --foo", false),
        ("ajo simulate --window round", false),
        ("ajo apply --resumes", false),
        ("ajo emulator exek", false),
        ("ajo simulate limit.yaml", true),
        ("ajo capping can_deploy 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7", true),
        ("ajo throttling list --output yaml", true),
        ("cargo run -- tri", true),
    ] {
        judge(words, whole).expect_err(words);
    }
}
