//! Bodies, queries, and headers of requests.

use std::fs;

use tempfile::TempDir;

use super::stub::Stub;
use crate::support::run_with_input;

fn echo() -> Stub {
    Stub::with_json(200, "{}")
}

#[test]
fn fields_are_query_or_body() {
    for (method, target, body) in [
        ("GET", "/x?a=b&name=a%20%26%C3%BC&n=5", ""),
        ("HEAD", "/x?a=b&name=a%20%26%C3%BC&n=5", ""),
        ("DELETE", "/x?a=b&name=a%20%26%C3%BC&n=5", ""),
        ("POST", "/x?a=b", r#"{"name":"a &ü","n":5}"#),
        ("put", "/x?a=b", r#"{"name":"a &ü","n":5}"#),
        ("patch", "/x?a=b", r#"{"name":"a &ü","n":5}"#),
    ] {
        let stub = echo();
        let output = stub.run(&[method, "/x?a=b", "--field", "name=a &ü", "--field", "n=5"]);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{method}");
        let [call] = stub.calls().try_into().expect("one call");
        assert_eq!(call.line, format!("{} {target}", method.to_uppercase()));
        assert_eq!(call.body, body);
        assert_eq!(call.header("content-type").is_some(), !body.is_empty(), "{method}");
    }
}

#[test]
fn input_is_sent_as_it_is() {
    let directory = TempDir::new().expect("a directory");
    let json = directory.path().join("body.json");
    fs::write(&json, "[ {\"a\": 1.0} ]\n").expect("written");
    let csv = directory.path().join("body.csv");
    fs::write(&csv, "a,b\n\"1\n").expect("written");
    for (file, header, content_type, body) in [
        (&json, None, "application/json", "[ {\"a\": 1.0} ]\n"),
        (&json, Some("content-type: application/vnd.x+json"), "application/vnd.x+json", "[ {\"a\": 1.0} ]\n"),
        (&csv, Some("Content-Type: text/csv"), "text/csv", "a,b\n\"1\n"),
    ] {
        let stub = echo();
        let mut arguments = vec!["POST", "/x", "--input", file.to_str().expect("UTF-8")];
        arguments.extend(header.iter().flat_map(|header| ["--header", header]));
        let output = stub.run(&arguments);
        assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""), "{header:?}");
        let [call] = stub.calls().try_into().expect("one call");
        assert_eq!((call.header("content-type"), call.body.as_str()), (Some(content_type), body));
    }
    let stub = echo();
    let output = run_with_input(&mut stub.command(&["api", "POST", "/x", "--input", "-"]), "{\"b\":2}");
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    assert_eq!(stub.calls()[0].body, "{\"b\":2}");
}

#[test]
fn invalid_input_is_not_sent() {
    let stub = echo();
    let output = run_with_input(&mut stub.command(&["api", "POST", "/x", "--input", "-"]), "{\n \"a\": 1,\n}\n");
    assert_eq!((output.exit_code, output.stdout.as_str()), (Some(1), ""));
    let position = "standard input is not JSON: key must be a string at line 3 column 1; nothing was sent";
    assert!(output.stderr.contains(position), "{}", output.stderr);
    let output = stub.run(&["POST", "/x", "--input", "/no/such/file"]);
    assert!(
        output.stderr.contains("error: failed to read /no/such/file: it does not exist; check the path\n"),
        "{}",
        output.stderr
    );
    assert_eq!((stub.lines(), stub.token_request_count()), (Vec::new(), 0));
}

#[test]
fn headers_are_sent() {
    let stub = echo();
    let accept = "Accept: application/vnd.adobe.ajo.template.v1+json";
    let output = stub.run(&["GET", "/ajo/content/templates/t", "--header", accept, "--header", "X-A:b: c"]);
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
    let call = &stub.calls()[0];
    assert_eq!(call.header("accept"), Some("application/vnd.adobe.ajo.template.v1+json"));
    assert_eq!(call.header("x-a"), Some("b: c"));
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let stub = echo();
    for arguments in [
        ["GET", "/x", "--header", "Authorization: Bearer x"].as_slice(),
        &["GET", "/x", "--header", "X-API-Key: x"],
        &["GET", "/x", "--header", "x-gw-ims-org-id: x"],
        &["GET", "/x", "--header", "x-sandbox-name: x"],
        &["GET", "/x", "--header", "x-request-id: x"],
        &["GET", "/x", "--header", "Host: evil.example"],
        &["POST", "/x", "--header", "Content-Length: 0"],
        &["POST", "/x", "--header", "Transfer-Encoding: chunked"],
        &["GET", "/x", "--header", "a"],
        &["GET", "/x", "--header", "a b: c"],
        &["GET", "/x", "--header", "a: b\r\nx-api-key: c"],
        &["GET", "/x", "--header", "Accept: b\nc"],
        &["GET", "/x", "--header", ": c"],
        &["GET", "/x", "--input", "-"],
        &["POST", "/x", "--input", "-", "--field", "a=b"],
        &["POST", "/x", "--field", "a"],
        &["POST", "/x", "--field", "=a"],
        &["POST", "/x", "--field", "a=1", "--field", "a=2"],
        &["POST", "/x", "--field", "a[b]=1"],
        &["POST", "/x", "--field", "a=1", "--header", "Content-Type: text/csv"],
        &["TRACE", "/x"],
        &["CONNECT", "/x"],
        &["", "/x"],
        &["G\u{1b}ET", "/x"],
        &["GET"],
    ] {
        let output = stub.run(arguments);
        assert_eq!((output.exit_code, output.stdout.as_str()), (Some(64), ""), "{arguments:?}: {}", output.stderr);
        assert!(!output.stderr.contains('\u{1b}'), "{}", output.stderr);
    }
    assert_eq!((stub.lines(), stub.token_request_count()), (Vec::new(), 0));
}
