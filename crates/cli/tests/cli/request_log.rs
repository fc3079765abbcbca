//! `--debug` and `AJO_LOG`.

use std::io::Write as _;
use std::process::Command;

use crate::fake_server::{FakeServer, json_response};
use crate::support::{CommandOutput, ajo_command};

fn run(command: &mut Command) -> CommandOutput {
    command.output().expect("ajo runs").into()
}

/// `ajo` with a token and this service.
fn command_at(url: &str, arguments: &[&str]) -> Command {
    let mut command = ajo_command(arguments);
    command.env("AJO_BASE_URL", url).env("AJO_ACCESS_TOKEN", "log-canary-token").env("AJO_SANDBOX", "dev");
    command.env("AJO_CLIENT_ID", "c").env("AJO_ORG_ID", "A1@AdobeOrg");
    command
}

#[test]
fn debug_shows_each_request() {
    let output = run(&mut ajo_command(&["--emulator", "capping", "list", "--debug", "--output", "json"]));
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), "{\"results\":[]}\n"));
    let lines: Vec<&str> = output.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", output.stderr);
    assert!(lines[0].starts_with("request: POST /ims/token/v3: 200 in "), "{}", output.stderr);
    let call = "request: POST /journey/orchestration/list/endpointConfigs: id ";
    let call = lines[1].strip_prefix(call).unwrap_or_else(|| panic!("{}", output.stderr));
    assert!(call.contains(": 200 in ") && call.ends_with(" ms, attempt 1"), "{call}");
}

#[test]
fn retries_are_shown_with_delay() {
    let server = FakeServer::with_response(json_response(503, "{}"));
    let output = run(&mut command_at(&server.url(), &["capping", "list", "--debug"]));
    assert_eq!(output.exit_code, Some(1));
    for expected in [
        ": 503 in ",
        ", attempt 1\n",
        ", attempt 2\n",
        "info: POST /list/endpointConfigs: id ",
        "attempt 1 failed, after status 503; the next one starts in ",
    ] {
        assert!(output.stderr.contains(expected), "{expected}: {}", output.stderr);
    }
}

#[test]
fn level_chooses_the_lines() {
    let server = FakeServer::with_response(json_response(404, "{}"));
    let run = |level: &str, arguments: &[&str]| {
        let stderr = run(command_at(&server.url(), arguments).env("AJO_LOG", level)).stderr;
        stderr.lines().filter(|line| line.contains(": 404 in ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let list = ["capping", "list"];
    for level in ["error", "warn", "info"] {
        let lines = run(level, &list);
        assert!(lines.len() == 1 && lines[0].starts_with("request: "), "{level}: {lines:?}");
        assert!(lines[0].ends_with("attempts: 1"), "{lines:?}");
    }
    assert_eq!(run("trace", &list).len(), 2);
    assert!(run("off", &list).is_empty() && run("", &list).is_empty());
    // The flag comes first.
    assert_eq!(run("off", &["capping", "list", "--debug"]).len(), 2);
    let output = CommandOutput::from(
        ajo_command(&["--emulator", "capping", "list"]).env("AJO_LOG", "info").output().expect("ajo runs"),
    );
    assert!(output.stderr.starts_with("request: POST ") && output.stderr.lines().count() == 1, "{}", output.stderr);
}

#[test]
fn wrong_level_is_usage_error() {
    let output = run(ajo_command(&["capping", "list"]).env("AJO_LOG", "verbose"));
    assert_eq!(output.exit_code, Some(64));
    assert_eq!(output.stderr, "error: AJO_LOG must be error, warn, info, debug, trace, or off, not `verbose`\n");
}

#[test]
fn log_has_no_secret_and_no_control() {
    let server = FakeServer::start(|_, mut connection| {
        let body = r#"{"error": "log-canary-body"}"#;
        let response = format!(
            "HTTP/1.1 400 X\r\nx-request-id: \x1b[2J::error::log-id\r\nset-cookie: log-canary-cookie\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = connection.write_all(response.as_bytes());
    });
    let logged = |command: &mut Command| {
        let output = run(command);
        let lines: Vec<&str> =
            output.stderr.lines().filter(|line| line.contains(" in ") && line.contains(" ms")).collect();
        assert!(!lines.is_empty(), "{}", output.stderr);
        let text = lines.join("\n");
        assert!(!text.contains("canary") && !text.contains('\u{1b}') && !text.contains("::error"), "{text}");
        text
    };
    let mut request =
        command_at(&server.url(), &["api", "GET", "/x/y?key=log-canary-query", "--header", "X-Key: log-canary-header"]);
    let text = logged(request.env("AJO_LOG", "trace"));
    assert!(text.contains("GET /x/"), "{text}");
    let mut list = command_at(&server.url(), &["capping", "list", "--debug"]);
    logged(&mut list);
    let mut proxy = command_at("https://service.example", &["capping", "list"]);
    proxy.env("AJO_LOG", "trace").env("HTTPS_PROXY", server.url().replace("http://", "http://user:log-canary-proxy@"));
    logged(&mut proxy);
}

/// The error shows the id of the service, so the log shows it next to the id that was sent.
#[test]
fn log_and_error_have_one_id() {
    let server = FakeServer::start(|_, mut connection| {
        let head = "HTTP/1.1 400 X\r\nx-request-id: service-id-7\r\ncontent-type: application/json";
        let _ =
            connection.write_all(format!("{head}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}").as_bytes());
    });
    let stderr = run(&mut command_at(&server.url(), &["capping", "list", "--debug"])).stderr;
    let lines: Vec<&str> = stderr.lines().filter(|line| line.contains("service-id-7")).collect();
    let starts = ["request: POST ", "request: POST ", "error: capping list failed"];
    assert!(lines.len() == 3 && lines.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{stderr}");
    assert_eq!(stderr.matches("\nerror: ").count(), 1, "{stderr}");
}
