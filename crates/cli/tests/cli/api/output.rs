//! What `ajo api` prints.

use serde_json::{Value, json};

use super::stub::{Stub, response};
use crate::fake_server::json_response;

#[test]
fn json_is_printed_as_received() {
    let body = "{\"b\":1.0, \"a\":12345678901234567890123,\n\"b\":[]}";
    for format in ["text", "json"] {
        let output = Stub::with_json(200, body).run(&["GET", "/x", "--output", format]);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
        assert_eq!(output.stdout, format!("{body}\n"));
    }
}

#[test]
fn text_is_escaped() {
    let stub = Stub::start(|_| response(200, "content-type: text/html\r\n", "<p>\u{1b}[2J\n::error::x\n"));
    let output = stub.run(&["GET", "/x"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(0), "<p>\\u{1b}[2J\n\\u{3a}:error::x\n"));
    let output = stub.run(&["GET", "/x", "--output", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&output.stdout).expect("JSON"), json!("<p>\u{1b}[2J\n::error::x\n"));
}

#[test]
fn empty_body_prints_nothing() {
    for format in ["text", "json"] {
        let stub = Stub::start(|_| "HTTP/1.1 204 X\r\nconnection: close\r\n\r\n".to_owned());
        let output = stub.run(&["DELETE", "/x", "--output", format]);
        assert_eq!((output.exit_code, output.stdout.as_str(), output.stderr.as_str()), (Some(0), "", ""));
    }
}

#[test]
fn include_prints_status_and_headers() {
    let headers = "X-A: 1\r\nx-a: 2\r\nset-cookie: s=c00kie-of-the-test\r\n";
    let stub = Stub::start(move |_| response(201, headers, r#"{"a":1.0}"#));
    let output = stub.run(&["POST", "/x", "--include"]);
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let (head, body) = output.stdout.split_once("\n\n").expect("an empty line");
    assert!(head.starts_with("HTTP 201\n") && head.contains("\nx-a: 1\nx-a: 2\n"), "{head}");
    assert!(head.contains("set-cookie: [redacted]") && !output.stdout.contains("c00kie"), "{head}");
    assert_eq!(body, "{\"a\":1.0}\n");
    let output = stub.run(&["POST", "/x", "--include", "--output", "json"]);
    let printed: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((&printed["status"], &printed["headers"]["x-a"]), (&json!(201), &json!("1, 2")));
    assert_eq!(printed["headers"]["set-cookie"], "[redacted]");
    assert!(output.stdout.contains(r#""body":{"a":1.0}}"#), "{}", output.stdout);
    let stub = Stub::start(|_| "HTTP/1.1 204 X\r\nx-a: 1\r\nconnection: close\r\n\r\n".to_owned());
    let output = stub.run(&["HEAD", "/x", "--include", "--output", "json"]);
    let printed: Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!((&printed["status"], &printed["body"]), (&json!(204), &Value::Null));
}

#[test]
fn echoed_secrets_are_masked() {
    for status in [200, 400] {
        let stub = Stub::start(move |request| {
            let token = request.header("authorization").unwrap_or_default().to_owned();
            let body = format!(r#"{{"message":"got {token} a-s3cr3t-of-the-stub"}}"#);
            response(status, &format!("x-echo: {token}\r\ncontent-type: application/json\r\n"), &body)
        });
        let output = stub.run(&["GET", "/x", "--include"]);
        let shown = output.stdout + &output.stderr;
        assert!(shown.contains("got Bearer "), "{shown}");
        assert!(!shown.contains("access-token-1") && !shown.contains("a-s3cr3t"), "{shown}");
    }
}

#[test]
fn error_response_is_shown() {
    for (status, exit_code) in [(400, 1), (404, 1), (403, 3)] {
        let body = r#"{"reason":"X-1","message":"the sort is wrong"}"#;
        let stub = Stub::start(move |_| json_response(status, body));
        let output = stub.run(&["GET", "/ajo/journey?sort=x", "--include"]);
        assert_eq!((output.exit_code, output.stdout), (Some(exit_code), format!("HTTP {status}\n\n{body}\n")));
        let error = output.stderr.lines().next().unwrap_or_default();
        assert!(error.starts_with("error: GET /ajo/journey failed: "), "{error}");
        assert!(error.contains(&status.to_string()) && error.contains("the sort is wrong"), "{error}");
        assert_eq!(output.stderr.matches("error: ").count(), 1, "{}", output.stderr);
    }
    let stub = Stub::start(|_| response(400, "content-type: text/html\r\n", "<html>\u{1b}[2J\n"));
    let output = stub.run(&["GET", "/x"]);
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), "<html>\\u{1b}[2J\n"), "{}", output.stderr);
    let large = "x".repeat(200_000);
    let stub = Stub::start(move |_| response(400, "content-type: text/plain\r\n", &large));
    let output = stub.run(&["GET", "/x"]);
    assert!((1000..40_000).contains(&output.stdout.len()), "{}", output.stdout.len());
}

#[cfg(target_os = "linux")]
#[test]
fn json_is_indented_on_a_terminal() {
    use crate::pseudo_terminal::{PseudoTerminal, has_script};
    if !has_script() {
        return;
    }
    let stub = Stub::with_json(200, r#"{"b":1.0,"a":[true]}"#);
    for arguments in ["", "--output json"] {
        let line = format!("exec '{}' api GET /x {arguments}", env!("CARGO_BIN_EXE_ajo"));
        let shown = PseudoTerminal::start_like(&stub.command(&[]), 80, &line).finish(0).replace('\r', "");
        assert!(shown.ends_with("{\n  \"b\": 1.0,\n  \"a\": [\n    true\n  ]\n}\n"), "{shown}");
    }
}
