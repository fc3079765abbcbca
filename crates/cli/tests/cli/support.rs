//! Running the built command.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// The names of the `AJO_…` variables that this machine has set.
pub(crate) fn variables() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("AJO_"))
}

/// `ajo` with these arguments and none of the variables, profiles and tokens that this machine may have.
pub(crate) fn ajo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajo"));
    command.args(arguments);
    for name in variables() {
        command.env_remove(name);
    }
    // Nothing is ever made there: a test with profiles has a directory of its own.
    command.env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"));
    command.env("AJO_TOKEN_CACHE", "off").env("AJO_KEYCHAIN", "off");
    command
}

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// Runs a command with this text on its standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> Ran {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("ajo runs");
    // One that ends before it has read all closes the pipe; what it says then is for the test to judge.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("ajo ends").into()
}

/// The bounded count of a slow test, or with `AJO_TEST_FULL=1` the full one.
pub(crate) fn sample(bounded: usize, full: usize) -> usize {
    if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { full } else { bounded }
}

/// Says why a test could not be made on this machine.
#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
pub(crate) fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}
