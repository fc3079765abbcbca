//! A program on a pseudo-terminal, created with `script` of util-linux.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::auth::fixture::AuthFixture;
use crate::support::print_skipped;

/// Far longer than any step takes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A program on its own terminal. Its first output line is the name of the terminal.
pub(crate) struct PseudoTerminal {
    child: Child,
    output: Receiver<Vec<u8>>,
    transcript: String,
    /// The start of a character whose other bytes have not arrived.
    partial_character: Vec<u8>,
}

impl PseudoTerminal {
    /// Runs a shell command line with the environment of the fixture and these variables, 80 columns wide.
    pub(crate) fn start(fixture: &AuthFixture, command_line: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_with_columns(80, fixture, command_line, variables)
    }

    /// The same with another width.
    pub(crate) fn start_with_columns(
        columns: u16,
        fixture: &AuthFixture,
        command_line: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        let mut template = fixture.command(&[]);
        template.envs(variables.iter().copied());
        Self::start_like(&template, columns, command_line)
    }

    /// Runs a shell command line with the environment and the directory of this command.
    pub(crate) fn start_like(template: &Command, columns: u16, command_line: &str) -> Self {
        let mut command = Command::new("script");
        command.args(["-qec", &format!("tty; stty cols {columns}; {command_line}"), "/dev/null"]);
        for (name, value) in template.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(directory) = template.get_current_dir() {
            command.current_dir(directory);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("script runs");
        let mut output = child.stdout.take().expect("a pipe");
        let (send, shows) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                if send.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, output: shows, transcript: String::new(), partial_character: Vec::new() }
    }

    /// The complete characters of the output so far.
    fn decode(&mut self, more: &[u8]) -> String {
        self.partial_character.extend_from_slice(more);
        let end = match std::str::from_utf8(&self.partial_character) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.partial_character.len(),
        };
        String::from_utf8_lossy(&self.partial_character.drain(..end).collect::<Vec<_>>()).into_owned()
    }

    /// Waits until the output after the previous wait contains this string.
    pub(crate) fn wait_for_text(&mut self, text: &str) {
        let end = Instant::now() + TIMEOUT;
        let mut new_output = String::new();
        while !new_output.contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            let more = self.output.recv_timeout(left);
            let more = more.unwrap_or_else(|_| panic!("`{text}` not found in output: {}{new_output}", self.transcript));
            new_output += &self.decode(&more);
        }
        self.transcript += &new_output;
    }

    /// Waits until echo is off, as a user would who reads the prompt first.
    pub(crate) fn wait_for_no_echo(&self) {
        let name = self.transcript.lines().next().expect("the name of the terminal");
        let end = Instant::now() + TIMEOUT;
        loop {
            let settings = Command::new("stty").args(["-F", name, "-a"]).output().expect("stty runs").stdout;
            if String::from_utf8_lossy(&settings).split_whitespace().any(|setting| setting == "-echo") {
                return;
            }
            assert!(Instant::now() < end, "{name} still echoes input");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn type_line(&mut self, line: &str) {
        self.type_text(&format!("{line}\n"));
    }

    /// Types without pressing Enter.
    pub(crate) fn type_text(&mut self, text: &str) {
        let input = self.child.stdin.as_mut().expect("a pipe");
        input.write_all(text.as_bytes()).expect("typed");
    }

    /// Waits for the exit with this code and returns the complete output.
    pub(crate) fn finish(mut self, code: i32) -> String {
        while let Ok(more) = self.output.recv_timeout(TIMEOUT) {
            let text = self.decode(&more);
            self.transcript += &text;
        }
        assert_eq!(self.child.wait().expect("it ends").code(), Some(code), "{}", self.transcript);
        std::mem::take(&mut self.transcript)
    }
}

/// A failing test must not leave a program that waits for input.
impl Drop for PseudoTerminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this machine has `script`. Otherwise prints that the test is skipped.
pub(crate) fn has_script() -> bool {
    let status = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    let is_found = status.is_ok_and(|status| status.success());
    assert!(is_found || std::env::var_os("CI").is_none(), "these tests need `script` of util-linux");
    if !is_found {
        print_skipped("`script` of util-linux is not available");
    }
    is_found
}
