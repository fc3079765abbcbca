//! `ajo emulator` as a person runs it: started, asked, emptied, stopped and killed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Ran, ajo};

/// A running `ajo emulator serve`; it ends with the test.
struct Served {
    process: Child,
    root: String,
    settings: Vec<(String, String)>,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut process = ajo(&[&["emulator", "serve"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("ajo runs");
        let mut settings = Vec::new();
        for line in BufReader::new(process.stdout.take().expect("a pipe")).lines() {
            let line = line.expect("a line");
            let (name, value) = line.strip_prefix("export ").and_then(|line| line.split_once('=')).expect("a setting");
            settings.push((name.to_owned(), value.trim_matches('\'').to_owned()));
            if name == "AJO_SANDBOX" {
                break;
            }
        }
        let root = settings.iter().find(|(name, _)| name == "AJO_IMS_URL").expect("the root").1.clone();
        Self { process, root, settings }
    }

    /// `ajo` with its settings.
    fn ajo(&self, arguments: &[&str]) -> Ran {
        let mut command = ajo(arguments);
        command.envs(self.settings.iter().cloned()).env("AJO_TOKEN_CACHE", "off");
        command.output().expect("ajo runs").into()
    }

    /// `ajo emulator …` about it.
    fn about(&self, arguments: &[&str]) -> Ran {
        run(&[&["emulator"], arguments, &["--at", &self.root]].concat())
    }

    fn create(&self, folder: &Path) -> Ran {
        let file = folder.join("limit.yaml");
        std::fs::write(&file, "url: https://a.example/*\nmethods: [GET]\nservices: {action: {rating: {maxCallsCount: 5, periodInMs: 1000}}}\n")
            .expect("written");
        self.ajo(&["capping", "create", file.to_str().expect("text")])
    }

    fn signal(&mut self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        self.process.wait().expect("it ends");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(arguments: &[&str]) -> Ran {
    ajo(arguments).output().expect("ajo runs").into()
}

#[test]
fn a_running_emulator_is_waited_for_asked_and_emptied() {
    let folder = TempDir::new().expect("a folder");
    let served = Served::start(&["--auth", "lenient", "--token-lifetime", "60"]);
    assert_eq!(served.about(&["wait"]).code, Some(0));
    assert_eq!(served.create(folder.path()).code, Some(0));
    let ran = served.about(&["status"]);
    for line in [
        "capping       1",
        "throttling    0",
        "auth          lenient",
        "sandboxes     prod, dev",
        "clock speed   1.0",
        "calls         2, 2 of them kept",
    ] {
        assert!(ran.out.lines().any(|there| there == line), "{line}: {}", ran.out);
    }
    let ran = served.about(&["status", "--output", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&ran.out).expect("JSON")["capping"], 1);
    let ran = served.about(&["env"]);
    let printed: Vec<String> = served.settings.iter().map(|(name, value)| format!("export {name}='{value}'")).collect();
    assert_eq!(ran.out.trim_end(), printed.join("\n"), "the same as it printed when it started");
    assert_eq!(served.about(&["reset"]).code, Some(0));
    assert_eq!(served.ajo(&["capping", "list", "--output", "json"]).out, "{\"results\":[]}\n");
}

#[test]
fn where_no_emulator_is_that_is_said_and_for_how_long_it_was_waited() {
    let began = Instant::now();
    let ran = run(&["emulator", "wait", "--at", "http://127.0.0.1:1", "--timeout", "1"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.starts_with("error: no emulator answers at http://127.0.0.1:1: ")
            && ran.err.contains("hint: start one")
    );
    assert!(began.elapsed() >= Duration::from_millis(900) && began.elapsed() < Duration::from_secs(8));
    for verb in ["status", "reset", "env"] {
        assert_eq!(run(&["emulator", verb, "--at", "http://127.0.0.1:1"]).code, Some(1), "{verb}");
    }
    let ran = run(&["emulator", "status", "--at", "http://example.com"]);
    assert!(ran.err.contains("plain http is for loopback addresses only"), "{}", ran.err);
}

#[test]
fn response_of_another_server_is_rejected_also_if_it_has_no_end() {
    for (start, chunk) in [("content-length: 2\r\n\r\nno", ""), ("\r\n{\"a\":\"", "x")] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let root = format!("http://{}", listener.local_addr().expect("an address"));
        let server = thread::spawn(move || {
            let (mut connection, _) = listener.accept().expect("a connection");
            assert_ne!(connection.read(&mut [0; 4096]).expect("a request"), 0);
            connection.write_all(format!("HTTP/1.1 200 OK\r\n{start}").as_bytes()).expect("sent");
            let chunk = chunk.repeat(64 * 1024);
            // Ends when the client hangs up.
            while !chunk.is_empty() && connection.write_all(chunk.as_bytes()).is_ok() {}
        });
        let ran = run(&["emulator", "status", "--at", &root]);
        let expected =
            format!("error: no emulator answers at {root}: the answer is 200, and not that of an emulator\n");
        assert!(ran.code == Some(1) && ran.err.starts_with(&expected), "{}", ran.err);
        server.join().expect("no panic");
    }
}

#[test]
fn faults_and_switches_are_set_at_the_start_and_what_is_unknown_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let served = Served::start(&["--fault", "capping.create@first:1=gateway:403025", "--switch", "org_id=required"]);
    let ran = served.create(folder.path());
    assert!(ran.code == Some(3) && ran.err.contains("403025"), "{}", ran.err);
    assert_eq!(served.create(folder.path()).code, Some(0), "the client fills the organization in");
    for (arguments, said) in [
        (["--fault", "capping.creat=reset"], "`capping.creat` is no target"),
        (["--fault", "*=explode"], "`explode` is no fault; expected one of gateway:CODE"),
        (["--switch", "org_id=perhaps"], "the switch org_id has no side `perhaps`; it has: optional, required"),
        (["--switch", "org_id"], "expected NAME=SIDE"),
        (["--auth", "none"], "expected off, lenient or strict"),
        (["--token-lifetime", "0"], "0 is not in 1..=2678400"),
        (["--host", "0.0.0.0"], "--allow-remote"),
    ] {
        let ran = run(&[&["emulator", "serve"], &arguments[..]].concat());
        assert_eq!(ran.code, Some(64), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn what_it_keeps_is_written_when_it_stops_and_a_kill_leaves_the_file_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("state.json");
    let state = ["--state", file.to_str().expect("text")];
    let mut served = Served::start(&state);
    served.create(folder.path());
    assert!(!file.exists(), "nothing is written while it runs");
    served.signal("-TERM");
    let written = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON")["version"], 1);

    let mut served = Served::start(&state);
    let listed: Value = serde_json::from_str(&served.ajo(&["capping", "list", "--output", "json"]).out).expect("JSON");
    assert_eq!(listed["results"].as_array().map(Vec::len), Some(1), "it is taken up again");
    served.create(folder.path());
    served.signal("-KILL");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), written, "the old file, whole");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "and nothing beside it");

    let nowhere = folder.path().join("nowhere/state.json");
    let ran = run(&["emulator", "serve", "--state", nowhere.to_str().expect("text")]);
    assert!(ran.code == Some(1) && ran.err.contains("there is no folder"), "{}", ran.err);
    for (content, said) in
        [("nonsense", "state.json:1:2: this is not JSON"), ("{}", "this is no snapshot of an emulator")]
    {
        std::fs::write(&file, content).expect("written");
        let ran = run(&[&["emulator", "serve"], &state[..]].concat());
        assert!(ran.code == Some(1) && ran.err.contains(said), "{content}: {}", ran.err);
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), content, "it is left as it is");
    }
}

#[test]
fn a_command_is_run_with_an_emulator_of_this_kind() {
    let ran: Ran = ajo(&["emulator", "exec", "--fault", "*.list=status:418", "--", "sh", "-c", "$AJO capping list"])
        .env("AJO", env!("CARGO_BIN_EXE_ajo"))
        .output()
        .expect("ajo runs")
        .into();
    assert!(ran.code == Some(1) && ran.err.contains("the answer is 418"), "{}", ran.err);
}

#[test]
fn a_command_that_is_not_there_or_cannot_be_run_has_the_code_of_shells() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("text");
    std::fs::write(&file, "no program").expect("written");
    for (command, code) in [("/nowhere/at/all", 127), (file.to_str().expect("text"), 126)] {
        let ran = run(&["emulator", "exec", "--", command]);
        assert_eq!(ran.code, Some(code), "{command}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("error: failed to run {command}: ")), "{}", ran.err);
    }
}

/// The child says that it is there, and what it gets.
#[cfg(unix)]
#[test]
fn a_signal_is_passed_on_to_the_command_which_is_waited_for() {
    let script = "trap 'echo got INT; exit 7' INT; trap 'echo got TERM; sleep 0.2; echo done; exit 8' TERM; \
                  echo ready; while :; do sleep 0.05; done";
    for (signal, said, code) in [("-INT", "got INT", 7), ("-TERM", "got TERM done", 8)] {
        let mut process = ajo(&["emulator", "exec", "--", "sh", "-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ajo runs");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        assert_eq!(lines.next().expect("a line").expect("text"), "ready");
        let sent = Command::new("kill").args([signal, &process.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let rest: Vec<String> = lines.map(|line| line.expect("text")).collect();
        assert_eq!(
            (rest.join(" "), process.wait().expect("it ends").code()),
            (said.to_owned(), Some(code)),
            "{signal}"
        );
    }
}
