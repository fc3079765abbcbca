//! Runs other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::output::log;
use crate::workspace::root;

/// Runs cargo in the root of the workspace.
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
    if status.success() { Ok(()) } else { Err(format!("`{line}` ended with {status}")) }
}

/// Runs a program in the root of the workspace and returns its standard output.
pub(crate) fn read_output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Result<String, String> {
    let name = program.as_ref().display().to_string();
    let output = Command::new(program).args(arguments).current_dir(root()).output();
    let output = output.map_err(|error| format!("failed to start {name}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
