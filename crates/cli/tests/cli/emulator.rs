//! `ajo emulator`: start, control, stop, and kill.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::fake_server::{FakeServer, json_response};
use crate::support::{ClosedPort, CommandOutput, ajo_command, wait_or_kill};

/// A running `ajo emulator serve`, killed when dropped.
struct EmulatorProcess {
    process: Child,
    url: String,
    settings: Vec<(String, String)>,
}

impl EmulatorProcess {
    fn start(arguments: &[&str]) -> Self {
        let mut process = ajo_command(&[&["emulator", "serve"], arguments].concat())
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
        Self { process, url: root, settings }
    }

    /// Runs `ajo` with the settings of this emulator.
    fn run_ajo(&self, arguments: &[&str]) -> CommandOutput {
        let mut command = ajo_command(arguments);
        command.envs(self.settings.iter().cloned()).env("AJO_TOKEN_CACHE", "off");
        command.output().expect("ajo runs").into()
    }

    /// Runs `ajo emulator …` with the URL of this emulator.
    fn run_emulator_command(&self, arguments: &[&str]) -> CommandOutput {
        run(&[&["emulator"], arguments, &["--emulator-url", &self.url]].concat())
    }

    fn create_config(&self, folder: &Path) -> CommandOutput {
        let file = folder.join("limit.yaml");
        std::fs::write(&file, "url: https://a.example/*\nmethods: [GET]\nservices: {action: {rating: {maxCallsCount: 5, periodInMs: 1000}}}\n")
            .expect("written");
        self.run_ajo(&["capping", "create", file.to_str().expect("text")])
    }

    fn send_signal(&mut self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        self.process.wait().expect("it ends");
    }
}

impl Drop for EmulatorProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(arguments: &[&str]) -> CommandOutput {
    ajo_command(arguments).output().expect("ajo runs").into()
}

#[test]
fn wait_status_env_and_reset_work() {
    let folder = TempDir::new().expect("a folder");
    let emulator = EmulatorProcess::start(&["--auth", "lenient", "--token-lifetime", "60"]);
    assert_eq!(emulator.run_emulator_command(&["wait"]).exit_code, Some(0));
    assert_eq!(emulator.create_config(folder.path()).exit_code, Some(0));
    let output = emulator.run_emulator_command(&["status"]);
    for line in [
        "capping       1",
        "throttling    0",
        "auth          lenient",
        "sandboxes     prod, dev",
        "clock speed   1.0",
        "calls         2, 2 in the request log",
    ] {
        assert!(output.stdout.lines().any(|there| there == line), "{line}: {}", output.stdout);
    }
    let output = emulator.run_emulator_command(&["status", "--output", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&output.stdout).expect("JSON")["capping"], 1);
    let output = emulator.run_emulator_command(&["env"]);
    let printed: Vec<String> =
        emulator.settings.iter().map(|(name, value)| format!("export {name}='{value}'")).collect();
    assert_eq!(output.stdout.trim_end(), printed.join("\n"), "env prints the same lines as serve");
    assert_eq!(emulator.run_emulator_command(&["reset"]).exit_code, Some(0));
    assert_eq!(emulator.run_ajo(&["capping", "list", "--output", "json"]).stdout, "{\"results\":[]}\n");
}

#[test]
fn wait_times_out_without_emulator() {
    let began = Instant::now();
    let port = ClosedPort::new();
    let root = port.url();
    let output = run(&["emulator", "wait", "--emulator-url", &root, "--timeout", "1"]);
    assert_eq!(output.exit_code, Some(1));
    let expected = format!("error: no emulator responds at {root}: ");
    assert!(
        output.stderr.starts_with(&expected) && output.stderr.contains("hint: start one there with "),
        "{}",
        output.stderr
    );
    let command = format!("`ajo emulator serve --port {}`", port.address().port());
    assert!(output.stderr.contains(&command) && !output.stderr.contains("4010"), "{}", output.stderr);
    assert!(began.elapsed() >= Duration::from_millis(900) && began.elapsed() < Duration::from_secs(8));
    for verb in ["status", "reset", "env"] {
        assert_eq!(run(&["emulator", verb, "--emulator-url", &root]).exit_code, Some(1), "{verb}");
    }
    let output = run(&["emulator", "status", "--emulator-url", "http://example.com"]);
    assert!(output.stderr.contains("plain http is only allowed for loopback addresses"), "{}", output.stderr);
}

#[test]
fn serve_validates_options() {
    let folder = TempDir::new().expect("a folder");
    let emulator =
        EmulatorProcess::start(&["--fault", "capping.create@first:1=gateway:403025", "--quirk", "org_id=required"]);
    let output = emulator.create_config(folder.path());
    assert!(output.exit_code == Some(3) && output.stderr.contains("403025"), "{}", output.stderr);
    assert_eq!(emulator.create_config(folder.path()).exit_code, Some(0), "the client fills the organization in");
    for (arguments, expected) in [
        (["--fault", "capping.creat=reset"], "`capping.creat` is not a valid target"),
        (["--fault", "*=explode"], "`explode` is not a valid fault; expected one of gateway:CODE"),
        (
            ["--quirk", "org_id=perhaps"],
            "the quirk org_id has no variant `perhaps`; expected one of optional, required",
        ),
        (["--quirk", "org_id"], "expected NAME=VARIANT"),
        (["--auth", "none"], "expected off, lenient, any or strict"),
        (["--allow-host", "http://emulator.test"], "expected a host name such as emulator.test"),
        (["--allow-host", "emulator.test:4010"], "without scheme and port"),
        (["--token-lifetime", "0"], "0 is not in 1..=2678400"),
        (["--host", "0.0.0.0"], "--allow-remote"),
    ] {
        let output = run(&[&["emulator", "serve"], &arguments[..]].concat());
        assert_eq!(output.exit_code, Some(64), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(expected), "{arguments:?}: {}", output.stderr);
    }
}

#[cfg(unix)]
#[test]
fn data_file_is_written_on_clean_exit() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("state.json");
    let state = ["--data", file.to_str().expect("text")];
    let mut emulator = EmulatorProcess::start(&state);
    emulator.create_config(folder.path());
    assert!(!file.exists(), "the file is written on exit only");
    emulator.send_signal("-TERM");
    let written = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON")["version"], 1);

    let mut emulator = EmulatorProcess::start(&state);
    let listed: Value =
        serde_json::from_str(&emulator.run_ajo(&["capping", "list", "--output", "json"]).stdout).expect("JSON");
    assert_eq!(listed["results"].as_array().map(Vec::len), Some(1), "the file is loaded");
    emulator.create_config(folder.path());
    emulator.send_signal("-KILL");
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), written, "the old file is intact");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "no temporary file is left");

    let nowhere = folder.path().join("nowhere/state.json");
    let output = run(&["emulator", "serve", "--data", nowhere.to_str().expect("text")]);
    assert!(output.exit_code == Some(1) && output.stderr.contains("does not exist"), "{}", output.stderr);
    for (content, expected) in [("nonsense", "state.json:1:2: invalid JSON"), ("{}", "not a valid emulator snapshot")] {
        std::fs::write(&file, content).expect("written");
        let output = run(&[&["emulator", "serve"], &state[..]].concat());
        assert!(output.exit_code == Some(1) && output.stderr.contains(expected), "{content}: {}", output.stderr);
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), content, "the file is unchanged");
    }
}

#[test]
fn exec_passes_options_to_emulator() {
    let output: CommandOutput =
        ajo_command(&["emulator", "exec", "--fault", "*.list=status:418", "--", "sh", "-c", "$AJO capping list"])
            .env("AJO", env!("CARGO_BIN_EXE_ajo"))
            .output()
            .expect("ajo runs")
            .into();
    assert!(output.exit_code == Some(1) && output.stderr.contains("the service responded 418"), "{}", output.stderr);
}

#[test]
fn exec_failure_has_shell_exit_code() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("text");
    std::fs::write(&file, "no program").expect("written");
    for (command, code) in [("/nowhere/at/all", 127), (file.to_str().expect("text"), 126)] {
        let output = run(&["emulator", "exec", "--", command]);
        assert_eq!(output.exit_code, Some(code), "{command}: {}", output.stderr);
        assert!(output.stderr.starts_with(&format!("error: failed to run {command}: ")), "{}", output.stderr);
    }
}

/// The child prints `ready` and each signal that it receives.
#[cfg(unix)]
#[test]
fn signals_are_forwarded_to_child() {
    let script = "trap 'echo got INT; exit 7' INT; trap 'echo got TERM; sleep 0.2; echo done; exit 8' TERM; \
                  echo ready; while :; do sleep 0.05; done";
    for (signal, expected, code) in [("-INT", "got INT", 7), ("-TERM", "got TERM done", 8)] {
        let mut process = ajo_command(&["emulator", "exec", "--", "sh", "-c", script])
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
            (expected.to_owned(), Some(code)),
            "{signal}"
        );
    }
}

#[test]
fn env_prints_known_names_only() {
    let values = ["BASE_URL", "IMS_URL", "CLIENT_ID", "CLIENT_SECRET", "ORG_ID", "SCOPES", "SANDBOX"]
        .map(|name| format!("\"AJO_{name}\":\"'; touch pwned; '\""));
    let known = values.join(",");
    for more in ["AJO_X=1; touch pwned; A", "LD_PRELOAD", "PATH", "AJO_PROFILE", "A\\u001b]0;T\\u0007"] {
        let root = FakeServer::with_response(json_response(200, &format!("{{{known},\"{more}\":\"1\"}}"))).url();
        let output = run(&["emulator", "env", "--emulator-url", &root]);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{more}: {}", output.stderr);
        assert!(output.stderr.contains("has the unknown variable `"), "{}", output.stderr);
        assert!(!output.stderr.contains('\u{1b}'), "{:?}", output.stderr);
    }
    for value in ["1", "null", "\"a\\nb\"", "\"\\u001b[2J\""] {
        let changed = known.replacen(&values[6], &format!("\"AJO_SANDBOX\":{value}"), 1);
        let root = FakeServer::with_response(json_response(200, &format!("{{{changed}}}"))).url();
        let output = run(&["emulator", "env", "--emulator-url", &root]);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{value}: {}", output.stderr);
        assert!(output.stderr.contains("AJO_SANDBOX"), "{}", output.stderr);
    }
    // A value that tries to end its quotes is data for the shell.
    let root = FakeServer::with_response(json_response(200, &format!("{{{known}}}"))).url();
    let folder = TempDir::new().expect("a folder");
    let script = "eval \"$(\"$AJO\" emulator env --emulator-url \"$ROOT\")\"; printf %s \"$AJO_SANDBOX\"";
    let output: CommandOutput = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder.path())
        .envs([("AJO", env!("CARGO_BIN_EXE_ajo")), ("ROOT", root.as_str())])
        .output()
        .expect("a shell")
        .into();
    assert_eq!(output.stdout, "'; touch pwned; '", "{}", output.stderr);
    assert!(!folder.path().join("pwned").exists());
}

#[test]
fn endless_responses_are_bounded() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const JSON: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[";
    let long = json_response(200, &format!("{{\"emulator\":\"{}\"}}", "x".repeat(2 << 20)));
    let slow = |_: &str, mut connection: TcpStream| {
        let _ = connection.write_all(CHUNKED.as_bytes());
        while connection.write_all(b"1\r\nx\r\n").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    };
    for (server, is_read) in [
        (FakeServer::start(slow), false),
        (FakeServer::endless(CHUNKED, format!("40\r\n{}\r\n", "x".repeat(64)).repeat(200)), true),
        (FakeServer::endless(JSON, " ".repeat(16_384)), true),
        (FakeServer::with_response(long), true),
    ] {
        let root = server.url();
        for arguments in [&["env"][..], &["status"], &["reset"], &["wait", "--timeout", "1"]] {
            let began = Instant::now();
            let output = run(&[&["emulator"], arguments, &["--emulator-url", &root]].concat());
            assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""), "{arguments:?}");
            assert!(began.elapsed() < Duration::from_secs(20), "{arguments:?}: {:?}", began.elapsed());
            let is_rejected = output.stderr.contains("is not from an emulator");
            // The last attempt of `wait` has too little time to read as much.
            assert!(is_rejected == is_read || arguments[0] == "wait", "{arguments:?}: {}", output.stderr);
        }
    }
}

#[test]
fn response_of_other_server_is_rejected() {
    for (response, expected) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno".to_owned(), "the response 200 is not from an emulator\n"),
        (json_response(200, "{\"status\":\"ok\"}"), " is not an emulator\n"),
    ] {
        let root = FakeServer::with_response(response).url();
        for arguments in [&["status"][..], &["wait", "--timeout", "0"]] {
            let output = run(&[&["emulator"], arguments, &["--emulator-url", &root]].concat());
            assert!(output.exit_code == Some(1) && output.stderr.contains(expected), "{}", output.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn simulation_blocks_neither_calls_nor_stop() {
    let mut emulator = EmulatorProcess::start(&["--auth", "off"]);
    let address = emulator.url.strip_prefix("http://").expect("a URL").to_owned();
    // Exact mode needs more than a second, until its work is too much.
    let body = r#"{"traffic":"20000x3000","mode":"exact","window":"sliding","failures":0.3,"definition":{"url":"https://a.example/*",
        "methods":["GET"],"services":{"action":{"rating":{"maxCallsCount":1000000,"periodInMs":1000}}}}}"#;
    let request =
        format!("POST /_emulator/simulate HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let mut open = Vec::new();
    for _ in 0..5 {
        let mut connection = TcpStream::connect(&address).expect("a connection");
        connection.write_all(request.as_bytes()).expect("sent");
        open.push(connection);
    }
    thread::sleep(Duration::from_millis(300));
    open[0].set_nonblocking(true).expect("non-blocking");
    assert_eq!(open[0].read(&mut [0; 10]).expect_err("still running").kind(), std::io::ErrorKind::WouldBlock);
    let began = Instant::now();
    assert_eq!(emulator.run_emulator_command(&["status"]).exit_code, Some(0));
    assert_eq!(emulator.run_ajo(&["capping", "list"]).exit_code, Some(0));
    emulator.send_signal("-TERM");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[cfg(unix)]
#[test]
fn unusual_data_file_is_rejected() {
    let folder = TempDir::new().expect("a folder");
    let (pipe, link) = (folder.path().join("pipe"), folder.path().join("link"));
    crate::pipe::make_pipe(&pipe);
    std::os::unix::fs::symlink(folder.path().join("target"), &link).expect("a link");
    let long = folder.path().join("long");
    std::fs::File::create(&long).and_then(|file| file.set_len(2 << 30)).expect("a sparse file");
    for (path, expected) in [
        (pipe.as_path(), "it is not a regular file"),
        (Path::new("/dev/zero"), "it is not a regular file"),
        (&link, "it is a symbolic link"),
        (&long, "it is longer than 64 MiB"),
    ] {
        let mut command = ajo_command(&["emulator", "serve", "--data", path.to_str().expect("text")]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("ajo runs");
        let output = wait_or_kill(child, expected);
        assert_eq!(output.exit_code, Some(1), "{}", path.display());
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
}

#[test]
fn own_credential_works_with_auth_any() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("credentials.json");
    let credential = r#"{"CLIENT_ID":"my-client","CLIENT_SECRETS":["my-secret"],"ORG_ID":"MINE@AdobeOrg","SCOPES":["openid","my_scope"]}"#;
    std::fs::write(&file, credential).expect("written");
    for auth in ["any", "off"] {
        let emulator = EmulatorProcess::start(&["--auth", auth]);
        let mut command = ajo_command(&["capping", "list", "--output", "json", "--credentials"]);
        command.arg(&file).env("AJO_TOKEN_CACHE", "off").env("AJO_SANDBOX", "prod");
        command
            .env("AJO_IMS_URL", &emulator.url)
            .env("AJO_BASE_URL", format!("{}/journey/orchestration", emulator.url));
        let output: CommandOutput = command.output().expect("ajo runs").into();
        assert_eq!(
            (output.exit_code, output.stdout.as_str()),
            (Some(0), "{\"results\":[]}\n"),
            "{auth}: {}",
            output.stderr
        );
    }
}

#[test]
fn allow_host_is_passed_on() {
    let emulator = EmulatorProcess::start(&["--allow-host", "emulator.test"]);
    let address = emulator.url.strip_prefix("http://").expect("a URL");
    for (host, expected) in [("emulator.test:80", "HTTP/1.1 200"), ("evil.example", "HTTP/1.1 403")] {
        let mut connection = TcpStream::connect(address).expect("a connection");
        let request = format!("GET /_emulator HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).expect("sent");
        let mut received = String::new();
        connection.read_to_string(&mut received).expect("a response");
        assert!(received.starts_with(expected), "{host}: {received}");
    }
}
