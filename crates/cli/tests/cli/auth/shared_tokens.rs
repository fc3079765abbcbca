//! Processes that share a cache directory make one token request between them.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ajo_emulator::Emulator;
use tempfile::TempDir;

use crate::support::ajo_command;

struct TokenFixture {
    emulator: Emulator,
    directory: TempDir,
}

impl TokenFixture {
    async fn start() -> Self {
        Self {
            emulator: Emulator::start().await.expect("an emulator"),
            directory: TempDir::new().expect("a directory"),
        }
    }

    fn cache(&self) -> PathBuf {
        self.directory.path().join("tokens")
    }

    fn command(&self) -> Command {
        let mut command = ajo_command(&["capping", "list"]);
        command.envs(self.emulator.environment()).env("AJO_TOKEN_CACHE", self.cache());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Starts this many processes at once and expects that all succeed.
    async fn run_processes(&self, count: usize) {
        let commands: Vec<Command> = (0..count).map(|_| self.command()).collect();
        // On another thread, because the emulator needs this one.
        let run = tokio::task::spawn_blocking(move || {
            let children: Vec<_> = commands.into_iter().map(|mut it| it.spawn().expect("ajo runs")).collect();
            for child in children {
                let output = child.wait_with_output().expect("it ended");
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            }
        });
        run.await.expect("all succeeded");
    }

    fn token_request_count(&self) -> usize {
        self.emulator.state().calls().for_operation("token").len()
    }

    fn add_fault(&self, fault: &str) {
        self.emulator.state().add_fault(fault.parse().expect("a fault")).expect("room");
    }

    fn is_locked(&self) -> bool {
        let entries = std::fs::read_dir(self.cache()).into_iter().flatten().flatten();
        let mut locks =
            entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "lock"));
        locks.any(|path| std::fs::File::open(path).is_ok_and(|file| file.try_lock().is_err()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_share_one_token_request() {
    let fixture = TokenFixture::start().await;
    // A response that takes longer than starting the processes, as with Adobe's endpoint.
    fixture.add_fault("token=delay:300");
    fixture.run_processes(12).await;
    assert_eq!(fixture.token_request_count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_share_one_request() {
    let fixture = TokenFixture::start().await;
    // Longer than a process waits for a lock that could outlive its holder.
    fixture.add_fault("token=delay:2500");
    fixture.run_processes(200).await;
    assert_eq!(fixture.token_request_count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_holder_costs_one_request() {
    let fixture = TokenFixture::start().await;
    fixture.add_fault("token@first:1=delay:20000");
    let mut holder = fixture.command().spawn().expect("ajo runs");
    let deadline = Instant::now() + Duration::from_secs(20);
    while fixture.token_request_count() == 0 {
        assert!(Instant::now() < deadline, "no token request");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(fixture.is_locked(), "the holder has the lock");
    // On Unix, this is SIGKILL.
    holder.kill().expect("killed");
    holder.wait().expect("it ended");
    assert!(!fixture.is_locked(), "the lock ended with its process");
    fixture.run_processes(6).await;
    assert_eq!(fixture.token_request_count(), 2);
}

/// The extension and the mode of each file.
#[cfg(unix)]
fn modes(directory: &std::path::Path) -> Vec<(String, u32)> {
    use std::os::unix::fs::PermissionsExt as _;
    let entries = std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry"));
    let extension = |path: &std::path::Path| path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let mut modes: Vec<_> = entries.map(|entry| (extension(&entry.path()), mode(&entry.path()))).collect();
    modes.sort();
    modes
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cache_is_private_with_any_umask() {
    let fixture = TokenFixture::start().await;
    let inner = fixture.command();
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$0\" capping list"]).arg(inner.get_program());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = tokio::task::spawn_blocking(move || shell.output().expect("sh runs")).await.expect("it ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Tokens, and the directory with the uids for completion.
    let expected = [("", 0o700), ("json", 0o600), ("lock", 0o600)];
    assert_eq!(modes(&fixture.cache()), expected.map(|(extension, mode)| (extension.to_owned(), mode)));
}
