//! Prompts on a pseudo-terminal, created with `script` of util-linux.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::auth::fixture::{AuthFixture, SECRET};
use crate::limits::fixture::limits_file;
use crate::support::print_skipped;

/// Far longer than any step takes.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A program on its own terminal. Its first output line is the name of the terminal.
pub(crate) struct PseudoTerminal {
    child: Child,
    output: Receiver<Vec<u8>>,
    transcript: String,
}

impl PseudoTerminal {
    /// Runs a shell command line with the environment of the fixture and these variables.
    pub(crate) fn start(fixture: &AuthFixture, command_line: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new("script");
        command.args(["-qec", &format!("tty; {command_line}"), "/dev/null"]);
        fixture.set_environment(&mut command);
        command.envs(variables.iter().copied());
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
        Self { child, output: shows, transcript: String::new() }
    }

    /// Waits until the output after the previous wait contains this string.
    pub(crate) fn wait_for_text(&mut self, text: &str) {
        let end = Instant::now() + TIMEOUT;
        let mut new_output = String::new();
        while !new_output.contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            let more = self.output.recv_timeout(left);
            let more = more.unwrap_or_else(|_| panic!("`{text}` not found in output: {}{new_output}", self.transcript));
            new_output += &String::from_utf8_lossy(&more);
        }
        self.transcript += &new_output;
    }

    /// Waits until echo is off, as a user would who reads the prompt first.
    fn wait_for_no_echo(&self) {
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
        let input = self.child.stdin.as_mut().expect("a pipe");
        input.write_all(format!("{line}\n").as_bytes()).expect("typed");
    }

    /// Waits for the exit with this code and returns the complete output.
    pub(crate) fn finish(mut self, code: i32) -> String {
        while let Ok(more) = self.output.recv_timeout(TIMEOUT) {
            self.transcript += &String::from_utf8_lossy(&more);
        }
        assert_eq!(self.child.wait().expect("it ends").code(), Some(code), "{}", self.transcript);
        self.transcript
    }
}

/// Whether this machine has `script`. Otherwise prints that the test is skipped.
pub(crate) fn has_script() -> bool {
    let status = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    let is_found = status.is_ok_and(|status| status.success());
    if !is_found {
        print_skipped("`script` of util-linux is not available");
    }
    is_found
}

#[test]
fn terminal_login_hides_secret() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let id = fixture.setting("AJO_CLIENT_ID");
    let login = format!("exec '{}' auth login --profile typed --client-id {id}", env!("CARGO_BIN_EXE_ajo"));
    let mut terminal = PseudoTerminal::start(&fixture, &login, &[]);

    terminal.wait_for_text("client secret (not shown): ");
    terminal.wait_for_no_echo();
    terminal.type_line(SECRET);
    terminal.wait_for_text("organization: ");
    terminal.type_line("none");
    terminal.wait_for_text("the organization id must look like");
    terminal.type_line(fixture.setting("AJO_ORG_ID"));
    terminal.wait_for_text("scopes [openid,");
    terminal.type_line("");
    terminal.wait_for_text("sandbox [prod]: ");
    terminal.type_line("");
    let shown = terminal.finish(0);

    assert!(shown.contains("saved profile typed to "), "{shown}");
    assert!(!shown.contains("client id: "), "the flag skips this prompt: {shown}");
    assert!(!shown.contains(SECRET), "{shown}");
    assert_eq!(fixture.files_with(SECRET), ["config/profiles/typed.json"]);
}

#[test]
fn terminal_login_accepts_pasted_json() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let login = format!("exec '{}' auth login --sandbox prod", env!("CARGO_BIN_EXE_ajo"));
    let mut terminal = PseudoTerminal::start(&fixture, &login, &[]);
    terminal.wait_for_text("client id or JSON (not shown): ");
    terminal.wait_for_no_echo();
    let id = fixture.setting("AJO_CLIENT_ID");
    let org = fixture.setting("AJO_ORG_ID");
    // Pasted text arrives at once.
    terminal.type_line(&format!(
        "{{\n  \"CLIENT_ID\": \"{id}\", \"ORG_ID\": \"{org}\",\n  \"CLIENT_SECRETS\": [\"{SECRET}\"],\n  \"SCOPES\": [\"openid\",\n\"AdobeID\"]}}"
    ));
    let shown = terminal.finish(0);
    assert!(shown.contains("saved profile default to "), "{shown}");
    assert!(!shown.contains(SECRET) && !shown.contains("CLIENT_ID"), "{shown}");
    assert_eq!(fixture.files_with(SECRET), ["config/profiles/default.json"]);
}

#[test]
fn freeze_that_starts_at_prompt_blocks() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let path = |name: &str| fixture.path(name).display().to_string();
    std::fs::write(path("limits.yaml"), limits_file(&[("a", 1, true)])).expect("written");
    let from = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(4);
    let windows = format!("[{{ from: {from}, to: 2199-01-01T00:00:00Z, reason: sale }}]");
    std::fs::write(path("freeze.yaml"), format!("version: 1\nfreezeWindows: {windows}\n")).expect("written");
    let binary = env!("CARGO_BIN_EXE_ajo");
    let apply = format!("exec '{binary}' apply '{}' --policy '{}'", path("limits.yaml"), path("freeze.yaml"));
    let mut terminal = PseudoTerminal::start(&fixture, &apply, &[]);
    // The prompt proves that the first check passed.
    terminal.wait_for_text("Type the name of the production sandbox (prod)");
    while jiff::Timestamp::now() <= from {
        thread::sleep(Duration::from_millis(20));
    }
    terminal.type_line("prod");
    let shown = terminal.finish(7);
    assert!(shown.contains("changes are frozen until 2199-01-01T00:00:00Z: sale"), "{shown}");
    let list = fixture.run(&["capping", "list"]).stdout;
    assert_eq!(list, "no capping configurations in this sandbox\n");
}

#[test]
fn terminal_login_shows_client_id() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let login = format!("'{}' auth login --sandbox prod; stty -a", env!("CARGO_BIN_EXE_ajo"));
    let org_and_scopes = ["AJO_ORG_ID", "AJO_SCOPES"].map(|name| (name, fixture.setting(name)));
    let variables = [&org_and_scopes[..], &[("AJO_CLIENT_SECRET", SECRET)]].concat();
    let mut terminal = PseudoTerminal::start(&fixture, &login, &variables);
    terminal.wait_for_text("client id or JSON (not shown): ");
    terminal.wait_for_no_echo();
    terminal.type_line(fixture.setting("AJO_CLIENT_ID"));
    let shown = terminal.finish(0);
    assert!(shown.contains(&format!("client id: {}\r\n", fixture.setting("AJO_CLIENT_ID"))), "{shown}");
    assert!(shown.contains("saved profile default to "), "{shown}");
    assert!(shown.split_whitespace().any(|setting| setting == "echo"), "the echo is on again: {shown}");
}
