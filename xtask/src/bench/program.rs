//! The programs of benches/native: built once, started, asked for their figures.

use std::env::consts::EXE_SUFFIX;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::npm::target;
use crate::test::cargo;

/// Builds all of them.
pub(super) fn build() -> Result<(), String> {
    cargo(&["build", "--release", "--package", "ajo-bench", "--locked", "--quiet"], &[])
}

/// Where one of them is.
pub(super) fn path(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{EXE_SUFFIX}"))
}

/// What one of them prints.
pub(super) fn output(name: &str, arguments: &[&str]) -> Result<String, String> {
    printed(Command::new(path(name)).args(arguments))
}

/// What a command prints; its complaints, where it fails.
pub(super) fn printed(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("failed to start {program}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{program} ended with {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}

/// Whether a command can be started; wrk fails when it is asked for its version.
pub(super) fn is_there(name: &str) -> bool {
    Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A server that runs until this is dropped.
pub(super) struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Where it listens.
    pub(super) address: String,
}

impl Server {
    /// Starts the server of this program.
    pub(super) fn start(name: &str) -> Result<Self, String> {
        let mut command = Command::new(path(name));
        let child = command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("failed to start {name}: {error}"))?;
        let lines = BufReader::new(child.stdout.take().ok_or("a server without an output")?);
        let mut server = Self { child, lines, address: String::new() };
        server.address = server.line()?;
        Ok(server)
    }

    /// What it answers to a line.
    pub(super) fn ask(&mut self) -> Result<String, String> {
        let input = self.child.stdin.as_mut().ok_or("a server without an input")?;
        input.write_all(b"\n").map_err(|error| error.to_string())?;
        self.line()
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.lines.read_line(&mut line).map_err(|error| error.to_string())?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
