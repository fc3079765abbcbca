//! Questions at a terminal: `script` of util-linux makes one.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::auth::home::{Home, SECRET};
use crate::support::skipped;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program at a terminal of its own, whose name is the first line of what it shows.
struct Terminal {
    child: Child,
    shows: Receiver<Vec<u8>>,
    shown: String,
}

impl Terminal {
    fn start(mut command: Command) -> Self {
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
        Self { child, shows, shown: String::new() }
    }

    /// Waits until it shows this, after all that was awaited before.
    fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        let mut fresh = String::new();
        while !fresh.contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            let more = self.shows.recv_timeout(left);
            let more = more.unwrap_or_else(|_| panic!("it does not show `{text}`: {}{fresh}", self.shown));
            fresh += &String::from_utf8_lossy(&more);
        }
        self.shown += &fresh;
    }

    /// Waits until what is typed is not shown any more, as people do who look at the question first.
    fn wait_for_silence(&self) {
        let name = self.shown.lines().next().expect("the name of the terminal");
        let end = Instant::now() + PATIENCE;
        loop {
            let settings = Command::new("stty").args(["-F", name, "-a"]).output().expect("stty runs").stdout;
            if String::from_utf8_lossy(&settings).split_whitespace().any(|setting| setting == "-echo") {
                return;
            }
            assert!(Instant::now() < end, "{name} still shows what is typed");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn type_line(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("a pipe");
        input.write_all(format!("{line}\n").as_bytes()).expect("typed");
    }

    /// All that it showed, when it has ended well.
    fn end(mut self) -> String {
        while let Ok(more) = self.shows.recv_timeout(PATIENCE) {
            self.shown += &String::from_utf8_lossy(&more);
        }
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0), "{}", self.shown);
        self.shown
    }
}

#[test]
fn at_a_terminal_the_parts_are_asked_for_and_the_secret_is_not_shown() {
    let there = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        skipped("`script` of util-linux is not here");
        return;
    }
    let home = Home::new();
    let id = home.setting("AJO_CLIENT_ID");
    let login = format!("tty; exec '{}' auth login --profile typed --client-id {id}", env!("CARGO_BIN_EXE_ajo"));
    let mut command = Command::new("script");
    command.args(["-qec", &login, "/dev/null"]);
    home.set_up(&mut command);
    let mut terminal = Terminal::start(command);

    terminal.wait_for("client secret (not shown): ");
    terminal.wait_for_silence();
    terminal.type_line(SECRET);
    terminal.wait_for("organization: ");
    terminal.type_line("none");
    terminal.wait_for("the organization id must look like");
    terminal.type_line(home.setting("AJO_ORG_ID"));
    terminal.wait_for("scopes [openid,");
    terminal.type_line("");
    terminal.wait_for("sandbox [prod]: ");
    terminal.type_line("");
    let shown = terminal.end();

    assert!(shown.contains("profile typed is stored in "), "{shown}");
    assert!(!shown.contains("client id: "), "it is given already: {shown}");
    assert!(!shown.contains(SECRET), "{shown}");
    assert_eq!(home.files_with(SECRET), ["config/profiles/typed.json"]);
}
