//! Commands with their whole output. After a change, `TRYCMD=overwrite cargo test -p ajo --test cli snapshots` writes the files anew.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::pages::blocks;
use crate::support::{Ran, ajo, run_with_input, variables};

#[test]
fn output_is_as_in_the_snapshots() {
    if variables().next().is_some() {
        return again_without_variables();
    }
    trycmd::TestCases::new()
        .register_bin("ajo", Path::new(env!("CARGO_BIN_EXE_ajo")))
        .env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"))
        .env("AJO_TOKEN_CACHE", "off")
        .env("AJO_KEYCHAIN", "off")
        .case("tests/cli/snapshots/*.trycmd");
}

/// Runs that test in a process without the variables of this machine: trycmd sets variables, but cannot remove them.
fn again_without_variables() {
    let mut test = Command::new(std::env::current_exe().expect("this program"));
    test.args(["--exact", "snapshots::output_is_as_in_the_snapshots"]);
    for name in variables() {
        test.env_remove(name);
    }
    let ran = Ran::from(test.output().expect("it runs"));
    assert!(ran.code == Some(0) && ran.out.contains("1 passed"), "{}\n{}", ran.out, ran.err);
}

/// A snapshot merges both streams, so this runs the same commands and checks each stream.
#[test]
fn only_errors_go_to_standard_error() {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let mut commands = 0;
    for entry in fs::read_dir(snapshots).expect("snapshots") {
        let file = entry.expect("an entry").path();
        if file.extension().is_none_or(|extension| extension != "trycmd") {
            continue;
        }
        let inputs = file.with_extension("in");
        let directory = if inputs.is_dir() { inputs.as_path() } else { file.parent().expect("a directory") };
        for block in blocks(&fs::read_to_string(&file).expect("a snapshot")) {
            let (line, expected) = block.text.split_once('\n').expect("a command and its output");
            let arguments: Vec<&str> = line.split_whitespace().skip(2).collect();
            let ran = run_with_input(ajo(&arguments).current_dir(directory), "");
            commands += 1;
            let Some((code, expected)) = expected.strip_prefix("? ").and_then(|rest| rest.split_once('\n')) else {
                assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{line}");
                continue;
            };
            assert_eq!((ran.code, ran.out.as_str()), (code.parse().ok(), ""), "{line}: {}", ran.err);
            // `ajo capping` prints its help and no error.
            let errors = usize::from(expected.starts_with("error: "));
            assert_eq!(ran.err.matches("error: ").count(), errors, "{line}: {}", ran.err);
            assert!(!ran.err.is_empty(), "{line}");
        }
    }
    assert!(commands >= 27, "{commands} commands");
}
