//! Symlinks, pipes, devices, and full disks instead of ordinary files.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::pipe::{make_pipe, open_when_read};
use crate::support::{CommandOutput, wait_or_kill};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

/// `ajo` from a shell, after this setup.
fn shell_command(fixture: &LimitsFixture, setup: &str, arguments: &[&str]) -> Command {
    let inner = fixture.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{setup}; exec \"$0\" \"$@\"")]).arg(inner.get_program()).args(arguments);
    shell.current_dir(fixture.path("")).stdin(Stdio::null());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

async fn run(mut command: Command) -> CommandOutput {
    let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await;
    output.expect("it ended").into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lock_link_is_refused() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fixture.write("notes.txt", "my notes");
    symlink("notes.txt", fixture.path("ajo.state.lock")).expect("a link");
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 1).await;
    assert!(output.stderr.contains("ajo.state.lock: it is a symbolic link"), "{}", output.stderr);
    fs::remove_file(fixture.path("ajo.state.lock")).expect("removed");
    fs::hard_link(fixture.path("notes.txt"), fixture.path("ajo.state.lock")).expect("a link");
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 1).await;
    assert!(output.stderr.contains("ajo.state.lock: it is not a lock file of ajo"), "{}", output.stderr);
    assert_eq!(fixture.read("notes.txt"), "my notes");
    fs::remove_file(fixture.path("ajo.state.lock")).expect("removed");
    symlink("notes.txt", fixture.path("ajo.state.prod.journal")).expect("a link");
    let output = fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 1).await;
    assert!(output.stderr.contains("ajo.state.prod.journal: it is a symbolic link"), "{}", output.stderr);
    assert_eq!(fixture.read("notes.txt"), "my notes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipe_as_state_is_an_error() {
    for name in ["ajo.state.json", "ajo.state.prod.journal", "ajo.state.lock"] {
        let fixture = LimitsFixture::start().await;
        fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
        make_pipe(&fixture.path(name));
        let mut child = fixture.command(&["apply", "prod.yaml", "--yes"]);
        let child = child.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("ajo runs");
        let output = wait_or_kill(child, name);
        assert_eq!(output.exit_code, Some(1), "{name}: {}", output.stderr);
        assert!(output.stderr.contains(&format!("{name}: it is not a regular file")), "{name}: {}", output.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interrupt_ends_a_blocked_read() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    make_pipe(&fixture.path("pipe"));
    let cases: [&[&str]; 4] = [
        &["apply", "pipe", "--yes"],
        &["apply", "--plan", "pipe", "--yes"],
        &["apply", "prod.yaml", "--policy", "pipe", "--yes"],
        &["apply", "prod.yaml", "--yes", "--credentials", "pipe"],
    ];
    for arguments in cases {
        let mut command = fixture.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("ajo runs");
        let _writer = open_when_read(&fixture.path("pipe"));
        assert!(child.try_wait().expect("a status").is_none(), "{arguments:?}: it reads the pipe");
        let pid = Pid::from_raw(child.id().try_into().expect("a PID")).expect("a PID");
        kill_process(pid, Signal::INT).expect("sent");
        let output = wait_or_kill(child, &arguments.join(" "));
        assert_eq!(output.exit_code, Some(5), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains("cancelled; nothing was changed"), "{}", output.stderr);
    }
    assert_eq!(fixture.call_count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inputs_can_be_links_and_pipes() {
    let fixture = LimitsFixture::start().await;
    fixture.write("data/prod.yaml", &limits_file(&[("a", 1, true)]));
    symlink("data/prod.yaml", fixture.path("prod.yaml")).expect("a link");
    fixture.run_expecting(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;
    make_pipe(&fixture.path("pipe"));
    let (pipe, plan) = (fixture.path("pipe"), fixture.read("plan.json"));
    let writer = std::thread::spawn(move || open_when_read(&pipe).write_all(plan.as_bytes()).expect("written"));
    fixture.run_expecting(&["apply", "--plan", "pipe", "--yes"], 0).await;
    writer.join().expect("written");

    fixture.write("data/prod.yaml", &limits_file(&[("a", 2, true)]));
    fixture.run_expecting(&["plan", "prod.yaml", "--out", "plan.json"], 0).await;
    let mut command = fixture.command(&["apply", "--plan", "-", "--yes"]);
    command.stdin(fs::File::open(fixture.path("plan.json")).expect("a plan"));
    let output = run(command).await;
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn huge_files_are_errors() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    fs::File::create(fixture.path("huge.json")).and_then(|file| file.set_len(2 << 30)).expect("a sparse file");
    for file in ["huge.json", "/dev/zero"] {
        let output = fixture.run_expecting(&["apply", "--plan", file, "--yes"], 1).await;
        assert!(output.stderr.contains(&format!("{file}: it is longer than 64 MiB")), "{}", output.stderr);
        let output = fixture.run_expecting(&["validate", file], 1).await;
        let expected = format!("failed to read the file: it is longer than 4 MiB\n--> {file}\n");
        assert!(output.stdout.replace(" -->", "-->").contains(&expected), "{}", output.stdout);
    }
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--state", "huge.json"], 1).await;
    assert!(output.stderr.contains("huge.json: it is longer than 64 MiB"), "{}", output.stderr);
    symlink("/dev/zero", fixture.path("zero.json")).expect("a link");
    let output = fixture.run_expecting(&["plan", "prod.yaml", "--state", "/dev/zero"], 64).await;
    assert!(output.stderr.contains("must end in .json"), "{}", output.stderr);
    for data in ["huge.json", "/dev/zero", "zero.json"] {
        let output = fixture.run_expecting(&["emulator", "exec", "--data", data, "--", "true"], 1).await;
        assert!(output.stderr.contains(&format!("{data}: it is ")), "{}", output.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn modes_are_preserved_and_private() {
    let fixture = LimitsFixture::start().await;
    fixture.write("prod.yaml", &limits_file(&[("a", 1, true)]));
    let output = run(shell_command(&fixture, "umask 000", &["apply", "prod.yaml", "--yes"])).await;
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    assert_eq!(mode(&fixture.path("ajo.state.lock")), 0o600);
    fs::set_permissions(fixture.path("ajo.state.json"), fs::Permissions::from_mode(0o640)).expect("changed");
    fixture.write("prod.yaml", &limits_file(&[("a", 2, true)]));
    fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
    assert_eq!(mode(&fixture.path("ajo.state.json")), 0o640);
    fixture.run_expecting(&["emulator", "exec", "--data", "data.json", "--", "true"], 0).await;
    fs::set_permissions(fixture.path("data.json"), fs::Permissions::from_mode(0o600)).expect("changed");
    fixture.run_expecting(&["emulator", "exec", "--data", "data.json", "--", "true"], 0).await;
    assert_eq!(mode(&fixture.path("data.json")), 0o600);
}

/// A limit on the file size has the effect of a full disk: the journal cannot grow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_disk_leaves_limits_deployed() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let limits = |calls| limits_file(&names.map(|name| (name, calls, true)));
    let mut stopped_early = 0;
    // In units of 512 bytes. The header of the journal has about 6 KB.
    for blocks in 12..60 {
        let fixture = LimitsFixture::start().await;
        fixture.write("prod.yaml", &limits(1));
        fixture.run_expecting(&["apply", "prod.yaml", "--yes"], 0).await;
        fixture.write("prod.yaml", &limits(2));
        let setup = format!("trap '' XFSZ; ulimit -f {blocks}");
        let output = run(shell_command(&fixture, &setup, &["apply", "prod.yaml", "--yes"])).await;
        let list = fixture.run_expecting(&["capping", "list", "--output=json", "--sandbox=prod"], 0).await.stdout;
        let deployed = list.matches("\"deployedConfig\"").count();
        assert_eq!(deployed, names.len(), "{blocks} blocks: {}\n{}\n{list}", output.stdout, output.stderr);
        assert!(!output.stdout.contains("no live limit"), "{blocks} blocks: {}", output.stdout);
        stopped_early += usize::from(output.stdout.contains("stopped early"));
        if output.exit_code == Some(0) {
            break;
        }
    }
    assert!(stopped_early > 0, "the disk was never full during the calls");
}
