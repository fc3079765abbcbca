//! Commands with their complete output. Update with `TRYCMD=overwrite cargo test -p ajo --test cli snapshots`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::docs::code_blocks;
use crate::support::{CommandOutput, ajo_command, ajo_variables, run_with_input};

#[test]
fn output_matches_snapshots() {
    if ajo_variables().next().is_some() {
        return rerun_without_variables();
    }
    trycmd::TestCases::new()
        .register_bin("ajo", Path::new(env!("CARGO_BIN_EXE_ajo")))
        .env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"))
        .env("AJO_TOKEN_CACHE", "off")
        .env("AJO_KEYCHAIN", "off")
        .case("tests/cli/snapshots/*.trycmd");
}

/// Reruns the test in a process without `AJO_…` variables: trycmd can set variables but not remove them.
fn rerun_without_variables() {
    let mut test = Command::new(std::env::current_exe().expect("this program"));
    test.args(["--exact", "snapshots::output_matches_snapshots"]);
    for name in ajo_variables() {
        test.env_remove(name);
    }
    let output = CommandOutput::from(test.output().expect("it runs"));
    assert!(output.exit_code == Some(0) && output.stdout.contains("1 passed"), "{}\n{}", output.stdout, output.stderr);
}

/// Snapshots merge both streams, so this test runs the same commands and checks each stream.
#[test]
fn only_errors_go_to_stderr() {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let mut commands = 0;
    for entry in fs::read_dir(snapshots).expect("snapshots") {
        let file = entry.expect("an entry").path();
        if file.extension().is_none_or(|extension| extension != "trycmd") {
            continue;
        }
        let inputs = file.with_extension("in");
        let directory = if inputs.is_dir() { inputs.as_path() } else { file.parent().expect("a directory") };
        for block in code_blocks(&fs::read_to_string(&file).expect("a snapshot")) {
            let (line, expected) = block.text.split_once('\n').expect("a command and its output");
            let arguments: Vec<&str> = line.split_whitespace().skip(2).collect();
            let output = run_with_input(ajo_command(&arguments).current_dir(directory), "");
            commands += 1;
            let Some((code, expected)) = expected.strip_prefix("? ").and_then(|rest| rest.split_once('\n')) else {
                assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{line}");
                continue;
            };
            assert_eq!(
                (output.exit_code, output.stdout.as_str()),
                (code.parse().ok(), ""),
                "{line}: {}",
                output.stderr
            );
            // `ajo capping` prints its help instead of an error.
            let errors = usize::from(expected.lines().any(|line| line.starts_with("error: ")));
            assert_eq!(output.stderr.matches("error: ").count(), errors, "{line}: {}", output.stderr);
            assert!(!output.stderr.is_empty(), "{line}");
        }
    }
    assert!(commands >= 27, "{commands} commands");
}
