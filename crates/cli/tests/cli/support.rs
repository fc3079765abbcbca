//! Runs the built command.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use ajo_shared_state_tests::Store;

/// The names of the `AJO_…` variables set on this machine.
pub(crate) fn ajo_variables() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("AJO_"))
}

/// `ajo` with these arguments, isolated from the variables, profiles, and tokens of this machine.
pub(crate) fn ajo_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajo"));
    command.args(arguments);
    for name in ajo_variables() {
        command.env_remove(name);
    }
    // This directory never exists: tests with profiles have their own.
    command.env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"));
    command.env("AJO_TOKEN_CACHE", "off").env("AJO_KEYCHAIN", "off");
    command
}

pub(crate) struct CommandOutput {
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        Self {
            exit_code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// Runs a command with this standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> CommandOutput {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("ajo runs");
    // A process that exits early closes the pipe. The test checks its output.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("ajo ends").into()
}

/// The bounded sample size of a slow test, or the full one with `AJO_TEST_FULL=1`.
pub(crate) fn sample_size(bounded: usize, full: usize) -> usize {
    if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { full } else { bounded }
}

/// Prints why a test is skipped. `eprintln!` would be captured.
pub(crate) fn print_skipped(reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

/// Waits for the end of a process. A process that hangs is killed and fails the test.
pub(crate) fn wait_or_kill(mut child: Child, case: &str) -> CommandOutput {
    let deadline = Instant::now() + Duration::from_secs(30);
    while child.try_wait().expect("a status").is_none() {
        if Instant::now() > deadline {
            child.kill().expect("killed");
            panic!("{case}: it hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().expect("it ended").into()
}

/// A loopback port on which nothing listens. It stays taken until this is dropped.
pub(crate) struct ClosedPort(tokio::net::TcpSocket);

impl ClosedPort {
    pub(crate) fn new() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
        Self(socket)
    }

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.0.local_addr().expect("an address")
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }
}

/// A local server of S3, which all tests share. `None` without `AJO_TEST_BUCKETS=1`, which the step `shared-state` of `cargo xtask
/// test` sets, because the first start downloads the server.
pub(crate) fn moto_server() -> Option<&'static Store> {
    static SERVER: LazyLock<Option<Store>> = LazyLock::new(Store::start_moto);
    if std::env::var("AJO_TEST_BUCKETS").is_ok_and(|value| value == "1") {
        return SERVER.as_ref();
    }
    print_skipped("run `cargo xtask test shared-state`");
    None
}
