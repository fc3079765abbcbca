//! The programs of benches/native: how they are built, started, pinned and read.

use std::env::consts::EXE_SUFFIX;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use crate::process::{capture, cargo};
use crate::workspace::target;

/// The core of a server, and the one of its client. Without cores of their own, the scheduler decides a measurement.
const SERVER_CORE: &str = "0";
const CLIENT_CORE: &str = "1";

/// Builds all of them, and the release build of `ajo` if it is measured too.
pub(super) fn build(packages: &[&str]) -> Result<(), String> {
    let packages: Vec<&str> = packages.iter().flat_map(|package| ["--package", package]).collect();
    cargo(&[&["build", "--release", "--locked", "--quiet"], &packages[..]].concat(), &[])
}

/// The path of one of them.
pub(super) fn path(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{EXE_SUFFIX}"))
}

/// One of them, pinned to a core where that is possible: on Linux with two cores.
fn pin(core: &str, name: &str) -> Command {
    if thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) && is_installed("taskset") {
        let mut command = Command::new("taskset");
        command.args(["-c", core]).arg(path(name));
        return command;
    }
    Command::new(path(name))
}

/// The output of one of them: its name, then its arguments. It runs on the core of clients, unless it compares threads.
pub(super) fn output(line: &[&str]) -> Result<String, String> {
    let (name, arguments) = line.split_first().ok_or("a program without a name")?;
    let mut command = if *name == "cached_token" { Command::new(path(name)) } else { pin(CLIENT_CORE, name) };
    capture(command.args(arguments))
}

/// Whether a command can be started; wrk exits with an error if it is asked for its version.
pub(super) fn is_installed(name: &str) -> bool {
    Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A server that runs until it is dropped.
pub(super) struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Its listening address.
    pub(super) address: String,
}

impl Server {
    /// Starts `NAME serve`.
    pub(super) fn start(name: &str) -> Result<Self, String> {
        let child = pin(SERVER_CORE, name).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("failed to start {name}: {error}"))?;
        let lines = BufReader::new(child.stdout.take().ok_or("a server without an output")?);
        let mut server = Self { child, lines, address: String::new() };
        server.address = server.line()?;
        Ok(server)
    }

    /// Sends an empty line and returns the response.
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
        // It has no state to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
