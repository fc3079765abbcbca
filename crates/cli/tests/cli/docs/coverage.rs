//! Each code block of the documentation is run or compiled by a test, or is in a list with the reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{CodeBlock, code_blocks, read_page, repository_path};

/// Pages whose `sh` blocks are run by `run_page`. A source file of this directory names each of them.
pub(super) const EXECUTED_PAGES: &[&str] = &[
    "README.md",
    "docs/ci.md",
    "docs/emulator.md",
    "docs/install.md",
    "docs/limits-as-code.md",
    "docs/limits-files.md",
    "docs/moving-from-aepp.md",
    "docs/moving-from-postman.md",
    "docs/operate-limits.md",
    "docs/other-apis.md",
    "docs/plan-and-apply.md",
    "docs/shared-state.md",
    "docs/simulate.md",
    "docs/single-limits.md",
    "docs/sizing.md",
];

const EMULATOR_SHELL: &str = "`emulator_shells_of_guides_start` runs it";
const NEEDS_NETWORK: &str = "it downloads packages";
const NEEDS_RELEASE: &str = "it downloads or runs a released file";
const RELEASE_STEP: &str = "maintainers run it for a release";
const SETS_VARIABLES: &str = "it only sets variables, to values of the reader";
const STEP_OF_XTASK: &str = "a step of CI, or a tool for developers";

/// Shell blocks that no test here runs: the page, the first line of the block, and the reason.
const OTHER_SHELL_BLOCKS: &[(&str, &str, &str)] = &[
    ("SECURITY.md", "gh attestation verify ", NEEDS_RELEASE),
    (
        "README.md",
        "cargo run -- demo    # a",
        "`documented_commands_parse` runs the demo; the other command runs the tests",
    ),
    ("README.md", "cargo install --path crates/cli", "it installs the command that the tests run"),
    (
        "crates/cli/README.md",
        "ajo init new-limits",
        "`documented_commands_parse` checks its arguments; other pages run them",
    ),
    ("crates/cli/README.md", "cargo install ajo --locked", NEEDS_NETWORK),
    ("crates/emulator-wasm/npm/README.md", "npm install --save-dev ajo-limits-emulator", NEEDS_NETWORK),
    ("crates/wasm/npm/README.md", "npm install ajo-limits", NEEDS_NETWORK),
    ("crates/wasm/npm/README.md", "npm install --save-dev ajo-limits-emulator", NEEDS_NETWORK),
    ("docs/authentication.md", "export HTTPS_PROXY=", SETS_VARIABLES),
    ("docs/ci.md", "gh variable set", "it needs a repository on GitHub"),
    ("docs/install.md", "base=https://", NEEDS_RELEASE),
    ("docs/install.md", "brew install ", NEEDS_RELEASE),
    ("docs/install.md", "cargo binstall ajo", NEEDS_RELEASE),
    ("docs/install.md", "curl -fsSL ", NEEDS_RELEASE),
    ("docs/install.md", "docker run --rm -p ", NEEDS_RELEASE),
    ("docs/install.md", "docker run --rm ghcr.io", NEEDS_RELEASE),
    ("docs/install.md", "gh attestation verify", NEEDS_RELEASE),
    ("docs/install.md", "git clone ", NEEDS_NETWORK),
    ("docs/javascript.md", "npm install ajo-limits", NEEDS_NETWORK),
    ("docs/limits-as-code.md", "ajo emulator exec -- bash", EMULATOR_SHELL),
    ("docs/limits-files.md", "ajo emulator exec -- bash", EMULATOR_SHELL),
    ("docs/moving-from-aepp.md", "ajo emulator exec -- bash", EMULATOR_SHELL),
    ("docs/moving-from-postman.md", "ajo emulator exec -- bash", EMULATOR_SHELL),
    ("docs/operate-limits.md", "ajo emulator exec -- bash", EMULATOR_SHELL),
    ("docs/plan-and-apply.md", "ajo emulator exec -- bash", EMULATOR_SHELL),
    ("docs/single-limits.md", "ajo emulator exec -- bash", EMULATOR_SHELL),
    ("docs/performance.md", "cargo xtask bench ", STEP_OF_XTASK),
    ("docs/release.md", "cargo cyclonedx ", RELEASE_STEP),
    ("docs/release.md", "cargo login", RELEASE_STEP),
    ("docs/release.md", "cargo xtask test packages", STEP_OF_XTASK),
    ("docs/release.md", "for crate in ", RELEASE_STEP),
    ("docs/rust.md", "cargo new first-limit", NEEDS_NETWORK),
    ("docs/shared-state.md", "export AWS_ENDPOINT_URL=https://ACCOUNT_ID", SETS_VARIABLES),
    ("docs/shared-state.md", "export AWS_ENDPOINT_URL=https://minio", SETS_VARIABLES),
    ("tests/oracle/README.md", "cargo xtask test oracle", STEP_OF_XTASK),
    ("tests/oracle/README.md", "node tests/oracle/run.mjs", STEP_OF_XTASK),
];

/// Programs that are checked elsewhere: the page, the language, and the file that runs, compiles, or compares all of its blocks.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("README.md", "rust", "crates/cli/tests/cli/docs/readme.rs"),
    ("README.md", "js", "crates/wasm/npm/test/package/guides.test.mjs"),
    ("docs/emulator.md", "ts", "crates/wasm/npm/test/package/guides.test.mjs"),
    ("docs/errors.md", "rust", "crates/core/src/lib.rs"),
    ("docs/javascript.md", "js", "crates/wasm/npm/test/package/guides.test.mjs"),
    ("docs/javascript.md", "ts", "crates/wasm/npm/test/package/guides.test.mjs"),
    ("docs/other-apis.md", "js", "crates/wasm/npm/test/package/guides.test.mjs"),
    ("docs/rust.md", "rust", "tests/lib.rs"),
    ("docs/other-apis.md", "rust", "crates/cli/tests/cli/docs/other_apis.rs"),
    ("crates/wasm/npm/docs/api.md", "ts", "crates/wasm/npm/scripts/docs.mjs"),
    ("crates/wasm/npm/README.md", "ts", "crates/wasm/npm/scripts/types.mjs"),
    ("crates/wasm/npm/README.md", "js", "crates/wasm/npm/scripts/types.mjs"),
    ("crates/emulator-wasm/npm/README.md", "js", "crates/emulator-wasm/npm/recipes/run.mjs"),
];

const SHELL_LANGUAGES: [&str; 5] = ["sh", "bash", "console", "shell", "zsh"];
const PROGRAM_LANGUAGES: [&str; 5] = ["rust", "js", "ts", "python", "mjs"];

/// Folders without documentation of this project's users.
const SKIPPED_FOLDERS: [&str; 5] = ["target", "node_modules", "snapshots", ".git", "fuzz"];

/// Generated pages. `help::example_runs` runs their commands.
const GENERATED_PAGES: &str = "docs/reference/";

/// All hand-written Markdown files of the repository, as paths relative to its root.
pub(super) fn markdown_files() -> Vec<String> {
    let root = repository_path(".");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() {
                if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "md") {
                files.push(path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned());
            }
        }
    }
    files.retain(|file| !file.starts_with(GENERATED_PAGES));
    files.sort();
    files
}

fn language(block: &CodeBlock) -> &str {
    block.language.split([',', ' ']).next().unwrap_or_default()
}

#[test]
fn shell_blocks_are_run() {
    let mut unused: BTreeSet<_> = OTHER_SHELL_BLOCKS.iter().collect();
    for page in markdown_files() {
        for block in code_blocks(&read_page(&page)) {
            if !SHELL_LANGUAGES.contains(&language(&block)) {
                continue;
            }
            let entry =
                OTHER_SHELL_BLOCKS.iter().find(|(other, start, _)| *other == page && block.text.starts_with(start));
            if let Some(entry) = entry {
                unused.remove(entry);
                continue;
            }
            let is_run = block.language == "sh" && EXECUTED_PAGES.contains(&page.as_str());
            assert!(
                is_run,
                "{page}: no test runs this block; run it, or add it to `OTHER_SHELL_BLOCKS`\n{}",
                block.text
            );
        }
    }
    assert!(unused.is_empty(), "no block starts like these: {unused:?}");
}

#[test]
fn executed_pages_have_a_test() {
    let folder = repository_path("crates/cli/tests/cli/docs");
    let sources: String = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| !path.ends_with("coverage.rs") && !path.ends_with("commands.rs"))
        .map(|path| fs::read_to_string(path).expect("a source"))
        .collect();
    assert!(sources.contains("fn run_page("));
    for page in EXECUTED_PAGES {
        assert!(sources.contains(&format!("\"{page}\"")), "no test runs {page}");
    }
}

/// Whether the README of a crate is compiled as its doc test.
fn is_doc_test(page: &str) -> bool {
    let source = page.strip_suffix("/README.md").map(|folder| repository_path(folder).join("src/lib.rs"));
    let source = source.and_then(|source| fs::read_to_string(source).ok());
    source.is_some_and(|source| source.contains("include_str!(\"../README.md\")"))
}

#[test]
fn programs_are_checked() {
    let mut unused: BTreeSet<_> = PROGRAMS.iter().collect();
    for page in markdown_files() {
        for block in code_blocks(&read_page(&page)) {
            let language = language(&block);
            if PROGRAM_LANGUAGES.contains(&language) && !(language == "rust" && is_doc_test(&page)) {
                let entry = PROGRAMS.iter().find(|(other, it, _)| *other == page && *it == language);
                let entry = entry.unwrap_or_else(|| panic!("{page}: nothing checks this program\n{}", block.text));
                unused.remove(entry);
                let name = Path::new(&page).file_name().expect("a name").to_string_lossy().into_owned();
                assert!(read_page(entry.2).contains(&name), "{} does not read {page}", entry.2);
            }
        }
    }
    assert!(unused.is_empty(), "these pages have no such program: {unused:?}");
}
