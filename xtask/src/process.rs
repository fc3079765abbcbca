//! Runs other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::output::log;
use crate::workspace::root;

/// Runs cargo in the workspace root.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    run(command.args(arguments).envs(environment.iter().copied()).current_dir(root()), "cargo", arguments)
}

/// Runs a program in a folder.
pub(crate) fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    run(Command::new(program).args(arguments).current_dir(folder), program, arguments)
}

fn run(command: &mut Command, name: &str, arguments: &[&str]) -> Result<(), String> {
    let line = format!("{name} {}", arguments.join(" ")).trim_end().to_owned();
    log(&format!("    {line}"));
    let status = command.status().map_err(|error| format!("failed to start {name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed with {status}")) }
}

/// Runs a program in the workspace root and returns its standard output.
pub(crate) fn read_output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Result<String, String> {
    capture_stdout(Command::new(program).args(arguments).current_dir(root()))
}

/// Runs a command and returns its standard output. The error contains both outputs.
pub(crate) fn capture_stdout(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("failed to start {name}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(format!("{name} failed with {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)))
    }
}
