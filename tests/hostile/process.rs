//! Tests that run again in a process of their own: a test cannot change its own environment, and shares its memory with others.

use std::process::Command;

/// Says that this process is the one of its own.
const INSIDE: &str = "AJO_TESTS_HOSTILE_INSIDE";

/// Whether this is the process that was started for one test.
pub(crate) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// This program, to run this test alone.
pub(crate) fn inside(test: &str) -> Command {
    let mut inside = Command::new(std::env::current_exe().expect("this program"));
    inside.args(["--exact", test]).env(INSIDE, "1");
    inside
}

/// Fails the test unless it passes inside.
pub(crate) fn passes(inside: &mut Command) {
    let output = inside.output().expect("a process");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}
