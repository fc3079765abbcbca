//! Builds, starts, and pins the programs of benches/native.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::process::{capture_stdout, cargo};
use crate::workspace::target;

/// One core for servers and one for clients. On shared cores, the scheduler would decide the result.
pub(super) type CorePair = (u32, u32);

/// The first two cores that this process may use; `None` if there are fewer, or without Linux and taskset.
pub(super) fn available_cores() -> Option<CorePair> {
    let status = fs::read_to_string("/proc/self/status").ok().filter(|_| is_installed("taskset"))?;
    parse_first_two_cores(status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?)
}

/// The first two cores of a list like `0,2-3`.
fn parse_first_two_cores(list: &str) -> Option<CorePair> {
    let range = |text: &str| {
        let (start, end) = text.split_once('-').unwrap_or((text, text));
        Some(start.parse::<u32>().ok()?..=end.parse().ok()?)
    };
    let mut cores = list.trim().split(',').filter_map(range).flatten();
    Some((cores.next()?, cores.next()?))
}

/// Builds these packages in release mode.
pub(super) fn build_programs(packages: &[&str]) -> Result<(), String> {
    let packages: Vec<&str> = packages.iter().flat_map(|package| ["--package", package]).collect();
    cargo(&[&["build", "--release", "--locked", "--quiet"], &packages[..]].concat(), &[])
}

/// The path of a release binary.
pub(super) fn program_path(name: &str) -> PathBuf {
    target().join("release").join(format!("{name}{EXE_SUFFIX}"))
}

/// A command that runs a program on a core.
fn pinned_command(core: Option<u32>, name: &str) -> Command {
    let Some(core) = core else { return Command::new(program_path(name)) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program_path(name));
    command
}

/// Runs a program on a core and returns its output. The first word of the command line is the program's name.
pub(super) fn run_program(core: Option<u32>, command_line: &[&str]) -> Result<String, String> {
    let (name, arguments) = command_line.split_first().ok_or("the command line is empty")?;
    capture_stdout(pinned_command(core, name).args(arguments))
}

/// Whether a command can be started. Its exit code is ignored, because `wrk --version` fails.
pub(super) fn is_installed(name: &str) -> bool {
    Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A server that runs until it is dropped.
pub(super) struct BenchServer {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Its listening address.
    pub(super) address: String,
}

impl BenchServer {
    /// Starts `NAME serve` on a core.
    pub(super) fn start(core: Option<u32>, name: &str) -> Result<Self, String> {
        let child = pinned_command(core, name).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("failed to start {name}: {error}"))?;
        let lines = BufReader::new(child.stdout.take().ok_or("the server has no standard output")?);
        let mut server = Self { child, lines, address: String::new() };
        server.address = server.read_line()?;
        Ok(server)
    }

    /// Sends an empty line and returns the response.
    pub(super) fn query(&mut self) -> Result<String, String> {
        let input = self.child.stdin.as_mut().ok_or("the server has no standard input")?;
        input.write_all(b"\n").map_err(|error| error.to_string())?;
        self.read_line()
    }

    fn read_line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.lines.read_line(&mut line).map_err(|error| error.to_string())?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for BenchServer {
    fn drop(&mut self) {
        // It has no state to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::parse_first_two_cores;

    #[test]
    fn core_list_is_parsed() {
        for (list, cores) in
            [("\t0-1", Some((0, 1))), ("3,5-7", Some((3, 5))), ("2-9", Some((2, 3))), ("4", None), ("", None)]
        {
            assert_eq!(parse_first_two_cores(list), cores, "{list}");
        }
    }
}
