//! The programs of benches/native: how they are built, started, pinned and read.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::process::{capture, cargo};
use crate::workspace::target;

/// A core for servers and one for their clients. Without cores of their own, the scheduler decides a measurement.
pub(super) type Cores = (u32, u32);

/// The first two cores that this process may use; `None` if there are fewer, and where it is not Linux with taskset.
pub(super) fn cores() -> Option<Cores> {
    let status = fs::read_to_string("/proc/self/status").ok().filter(|_| is_installed("taskset"))?;
    first_two(status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?)
}

/// The first two cores of a list like `0,2-3`.
fn first_two(list: &str) -> Option<Cores> {
    let range = |text: &str| {
        let (start, end) = text.split_once('-').unwrap_or((text, text));
        Some(start.parse::<u32>().ok()?..=end.parse().ok()?)
    };
    let mut cores = list.trim().split(',').filter_map(range).flatten();
    Some((cores.next()?, cores.next()?))
}

/// Builds all of them, and the release build of `ajo` if it is measured too.
pub(super) fn build(packages: &[&str]) -> Result<(), String> {
    let packages: Vec<&str> = packages.iter().flat_map(|package| ["--package", package]).collect();
    cargo(&[&["build", "--release", "--locked", "--quiet"], &packages[..]].concat(), &[])
}

/// The path of one of them.
pub(super) fn path(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{EXE_SUFFIX}"))
}

/// One of them, on a core.
fn pin(core: Option<u32>, name: &str) -> Command {
    let Some(core) = core else { return Command::new(path(name)) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(path(name));
    command
}

/// The output of one of them on a core: its name, then its arguments.
pub(super) fn output(core: Option<u32>, line: &[&str]) -> Result<String, String> {
    let (name, arguments) = line.split_first().ok_or("a program without a name")?;
    capture(pin(core, name).args(arguments))
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
    /// Starts `NAME serve` on a core.
    pub(super) fn start(core: Option<u32>, name: &str) -> Result<Self, String> {
        let child = pin(core, name).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
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

#[cfg(test)]
mod tests {
    use super::first_two;

    #[test]
    fn cores_are_those_of_the_list() {
        for (list, cores) in
            [("\t0-1", Some((0, 1))), ("3,5-7", Some((3, 5))), ("2-9", Some((2, 3))), ("4", None), ("", None)]
        {
            assert_eq!(first_two(list), cores, "{list}");
        }
    }
}
