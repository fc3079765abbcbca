//! Runs the built command.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// The names of the `AJO_…` variables set on this machine.
pub(crate) fn ajo_variables() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("AJO_"))
}

/// `ajo` with these arguments, isolated from the variables, profiles, and tokens of this machine.
pub(crate) fn ajo_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajo"));
    command.args(arguments);
    for name in ajo_variables() {
        command.env_remove(name);
    }
    // This directory never exists: tests with profiles have their own.
    command.env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"));
    command.env("AJO_TOKEN_CACHE", "off").env("AJO_KEYCHAIN", "off");
    command
}

pub(crate) struct CommandOutput {
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        Self {
            exit_code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// Runs a command with this standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> CommandOutput {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("ajo runs");
    // A process that exits early closes the pipe. The test checks its output.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("ajo ends").into()
}

/// The bounded sample size of a slow test, or the full one with `AJO_TEST_FULL=1`.
pub(crate) fn sample_size(bounded: usize, full: usize) -> usize {
    if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { full } else { bounded }
}

/// Reports why a test was skipped.
#[expect(clippy::print_stderr, reason = "skipped tests must be visible")]
pub(crate) fn print_skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}
