//! Reruns a test in a child process, because a test cannot change its own environment and shares memory with other tests.

use std::process::Command;

/// Set in the child process.
const CHILD_VARIABLE: &str = "AJO_TESTS_HOSTILE_CHILD";

/// Whether this is the child process of a test.
pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD_VARIABLE).is_some()
}

/// The command that runs only this test in a child process.
pub(crate) fn child_command(test: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", test]).env(CHILD_VARIABLE, "1");
    child
}

/// Asserts that the test passes in the child process.
pub(crate) fn assert_passes(child: &mut Command) {
    let output = child.output().expect("a process");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}
