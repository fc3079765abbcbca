//! Output that is full or closed.

use std::io::Read as _;
use std::process::{Command, Stdio};

#[cfg(target_os = "linux")]
use crate::auth::fixture::{AuthFixture, SECRET};
use crate::support::ajo_command;

fn error_of(command: &mut Command) -> (Option<i32>, String) {
    let output = command.stderr(Stdio::piped()).stdin(Stdio::null()).output().expect("ajo runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(target_os = "linux")]
fn full() -> Stdio {
    std::fs::File::options().write(true).open("/dev/full").expect("/dev/full").into()
}

/// A pipe that nobody reads.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

const READ_COMMANDS: [&[&str]; 9] = [
    &["--emulator", "api", "GET", "/imp/", "--include"],
    &["--emulator", "capping", "list"],
    &["--emulator", "capping", "list", "--output", "json"],
    &["--emulator", "auth", "token"],
    &["--emulator", "auth", "status"],
    &["--emulator", "doctor"],
    &["--emulator", "--sandbox", "prod", "export"],
    &["schema"],
    &["simulate", "--traffic", "1x1"],
];

#[cfg(target_os = "linux")]
#[test]
fn full_stdout_exits_with_1() {
    let help: [&[&str]; 2] = [&["--help"], &["--version"]];
    for arguments in READ_COMMANDS.into_iter().chain(help) {
        let (code, error) = error_of(ajo_command(arguments).stdout(full()));
        assert_eq!(code, Some(1), "{arguments:?}: {error}");
        assert!(error.contains("failed to write to standard output: "), "{arguments:?}: {error}");
    }
}

#[test]
fn closed_pipe_ends_read_quietly() {
    for arguments in READ_COMMANDS {
        let (code, error) = error_of(ajo_command(arguments).stdout(closed_pipe()));
        assert_eq!((code, error.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

/// Runs a command that fails with stderr that is full, closed, or a pipe that nobody reads.
#[cfg(target_os = "linux")]
#[test]
fn full_stderr_keeps_exit_code() {
    let commands: [(&[&str], i32); 5] = [
        (&["capping", "list"], 3),
        (&["capping", "list", "--output", "json"], 3),
        (&["frobnicate"], 64),
        (&["validate", "/nonexistent"], 1),
        (&["--emulator", "auth", "login"], 64),
    ];
    for (arguments, code) in commands {
        for stderr in [full(), closed_pipe()] {
            let status = ajo_command(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr).status();
            assert_eq!(status.expect("ajo runs").code(), Some(code), "{arguments:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn logout_works_with_full_stderr() {
    for (stdout, stderr) in [(full(), full()), (closed_pipe(), closed_pipe())] {
        let fixture = AuthFixture::new();
        fixture.login("default", "prod");
        assert!(!fixture.files_with(SECRET).is_empty());
        let status = fixture.command(&["auth", "logout"]).stdout(stdout).stderr(stderr).status().expect("ajo runs");
        assert_eq!(status.code(), Some(0));
        assert_eq!(fixture.files_with(SECRET), Vec::<String>::new());
        assert_eq!(fixture.files_with("accessToken"), Vec::<String>::new());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn login_works_with_full_stderr() {
    let fixture = AuthFixture::new();
    fixture.command(&["auth", "login", "--sandbox", "prod"]);
    let mut login = fixture.command(&["auth", "login", "--sandbox", "prod"]);
    for (name, value) in fixture.settings().filter(|(name, _)| *name != "AJO_SANDBOX") {
        login.env(name, value);
    }
    std::fs::write(fixture.path("credentials"), fixture.dotenv_credentials()).expect("written");
    let input = std::fs::File::open(fixture.path("credentials")).expect("a file");
    let status = login.stdin(input).stdout(full()).stderr(full()).status().expect("ajo runs");
    assert_eq!(status.code(), Some(0));
    assert!(fixture.profile_path("default").exists());
}

/// An apply with unwritable output still makes all changes and writes its state.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn apply_finishes_with_full_output() {
    let fixture = crate::limits::fixture::LimitsFixture::start().await;
    fixture.write("limits.yaml", &crate::limits::fixture::limits_file(&[("a", 1, true), ("b", 2, true)]));
    let mut command = fixture.command(&["apply", "limits.yaml", "--yes"]);
    command.stdout(full()).stderr(full());
    let status = tokio::task::spawn_blocking(move || command.status().expect("ajo runs")).await.expect("it ended");
    assert_eq!(status.code(), Some(1));
    assert!(!fixture.has("ajo.state.prod.journal"));
    fixture.run_expecting(&["plan", "limits.yaml", "--exit-code"], 0).await;
    assert!(fixture.read("ajo.state.json").contains("https://b.example.org/*"));
}

#[test]
fn reader_may_stop_early() {
    let mut child = ajo_command(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("ajo runs");
    let mut first = [0; 1];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("a byte");
    let output = child.wait_with_output().expect("it ended");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
