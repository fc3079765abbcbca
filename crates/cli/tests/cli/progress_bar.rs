//! Progress on a terminal: a spinner after a second, which never mixes with other output.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::auth::fixture::AuthFixture;
use crate::limits::fixture::limits_file;
use crate::pseudo_terminal::{PseudoTerminal, has_script};

/// Longer than the time until a spinner appears.
const SLOW: Duration = Duration::from_millis(1500);

/// A logged-in fixture whose lists are slow, with a limits file.
fn slow_fixture() -> AuthFixture {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    std::fs::write(fixture.path("limits.yaml"), limits_file(&[("a", 1, true)])).expect("written");
    set_delay(&fixture, "capping.list", SLOW);
    fixture
}

/// Delays an operation.
fn set_delay(fixture: &AuthFixture, operation: &str, delay: Duration) {
    let address = fixture.setting("AJO_IMS_URL").trim_start_matches("http://");
    let body = format!(r#"{{"at":"{operation}","when":"always","fault":"delay:{}"}}"#, delay.as_millis());
    let mut stream = TcpStream::connect(address).expect("connected");
    let head = format!("POST /_emulator/faults HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    assert!(response.starts_with("HTTP/1.1 20"), "{response}");
}

fn start(fixture: &AuthFixture, arguments: &str) -> PseudoTerminal {
    let command = format!("cd '{}'; exec '{}' {arguments}", fixture.path(".").display(), env!("CARGO_BIN_EXE_ajo"));
    PseudoTerminal::start(fixture, &command, &[])
}

/// The text that remains on the screen.
fn screen(transcript: &str) -> String {
    let (mut lines, mut row, mut column) = (vec![Vec::new()], 0, 0);
    let mut characters = transcript.chars();
    while let Some(character) = characters.next() {
        match character {
            '\r' => column = 0,
            '\n' => {
                row += 1;
                if row == lines.len() {
                    lines.push(Vec::new());
                }
            }
            '\u{1b}' => {
                let rest = characters.as_str().strip_prefix('[').expect("a control sequence");
                let end = rest.find(|end: char| end.is_ascii_alphabetic()).expect("its end");
                let count = rest[..end].parse().unwrap_or(1);
                match &rest[end..=end] {
                    "A" => row -= count,
                    "B" => row += count,
                    "K" => lines[row].clear(),
                    "m" => {}
                    other => panic!("unknown control sequence {other}"),
                }
                characters = rest[end + 1..].chars();
            }
            _ => {
                let line = &mut lines[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = character;
                column += 1;
            }
        }
    }
    lines.iter().map(|line| line.iter().collect::<String>() + "\n").collect()
}

#[test]
fn slow_commands_show_spinner() {
    if !has_script() {
        return;
    }
    let fixture = slow_fixture();
    set_delay(&fixture, "sandboxes", SLOW);
    let commands = [
        ("api GET /data/foundation/sandbox-management/", "waiting for the service", "\"sandboxes\""),
        ("capping list", "waiting for the service", "no capping configurations in this sandbox"),
        ("plan limits.yaml", "reading the configurations of sandbox prod", "Plan: 1 to create"),
        ("export", "reading the configurations of sandbox prod", "sandbox: prod"),
        ("explain GET https://a.example.org/", "waiting for the service", "GET https://a.example.org/"),
        ("doctor", "checking the setup", "capping"),
        ("drift limits.yaml --output json --unmanaged ignore", "reading the configurations", "\"command\": \"drift\""),
    ];
    let started: Vec<_> = commands.map(|(arguments, ..)| start(&fixture, arguments)).into();
    for (mut terminal, (arguments, activity, data)) in started.into_iter().zip(commands) {
        terminal.wait_for_text(activity);
        let transcript = terminal.finish(if arguments.starts_with("drift") { 2 } else { 0 });
        let left = screen(&transcript);
        assert!(left.contains(data) && !left.contains(activity), "{arguments}: {left}");
        assert!(!transcript.contains("\u{1b}[?25l"), "the cursor is visible: {transcript:?}");
    }
}

#[test]
fn fast_command_shows_no_spinner() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    set_delay(&fixture, "capping.list", Duration::from_millis(300));
    let transcript = start(&fixture, "capping list").finish(0);
    assert!(!transcript.contains("waiting") && !transcript.contains('\u{1b}'), "{transcript:?}");
}

#[test]
fn only_capable_terminals_show_spinner() {
    let fixture = slow_fixture();
    if has_script() {
        let list = format!("TERM=dumb exec '{}' capping list", env!("CARGO_BIN_EXE_ajo"));
        let transcript = PseudoTerminal::start(&fixture, &list, &[]).finish(0);
        assert!(!transcript.contains("waiting") && !transcript.contains('\u{1b}'), "{transcript:?}");
    }
    let output = fixture.run(&["capping", "list"]);
    assert_eq!(output.stderr, "");
}

#[test]
fn prompt_hides_spinner() {
    if !has_script() {
        return;
    }
    let fixture = slow_fixture();
    let mut terminal = start(&fixture, "apply limits.yaml");
    terminal.wait_for_text("reading the configurations of sandbox prod");
    terminal.wait_for_text("Type the name of the sandbox");
    // Another apply waits for the lock, which the first one holds.
    let mut waiting = start(&fixture, "apply limits.yaml --yes --lock-timeout 20");
    waiting.wait_for_text("waiting for the lock of ");
    thread::sleep(SLOW);
    terminal.type_line("prod");
    let transcript = terminal.finish(0);
    let (_, after_question) = transcript.split_once("to apply these changes: ").expect("the question");
    assert!(after_question.starts_with("prod\r\n"), "{after_question:?}");
    assert!(screen(&transcript).contains("Apply: 1 done"), "{transcript:?}");
    let left = screen(&waiting.finish(0));
    assert!(left.contains("No changes") && !left.contains("waiting"), "{left}");
}

#[test]
fn ctrl_c_leaves_cursor_visible() {
    if !has_script() {
        return;
    }
    let fixture = slow_fixture();
    set_delay(&fixture, "capping.list", Duration::from_secs(20));
    let mut terminal = start(&fixture, "capping list");
    terminal.wait_for_text("waiting for the service");
    terminal.type_line("\u{3}");
    let transcript = terminal.finish(130);
    assert!(!transcript.contains("\u{1b}[?25l"), "{transcript:?}");
}
