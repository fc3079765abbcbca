//! What JavaScript calls gives the bytes that the core gives, and errors where something cannot be.

#[allow(dead_code, reason = "another suite writes the answers")]
#[path = "../../emulator/tests/emulator/support/cases.rs"]
mod cases;

use ajo_emulator_wasm::{close, create, handle, take_body};
use bytes::Bytes;
use cases::{Known, Suite};
use http::{Request, Response};
use serde_json::Value;

/// 2027-01-15T08:00:00Z, in milliseconds since the epoch.
const NOW: f64 = 1_800_000_000_000.0;

fn id_of(created: &str) -> u32 {
    let created: Value = serde_json::from_str(created).expect("JSON");
    created["id"].as_u64().and_then(|id| id.try_into().ok()).unwrap_or_else(|| panic!("{created}"))
}

fn ask(id: u32, request: &Request<Bytes>) -> (Value, Vec<u8>) {
    let headers: Vec<(&str, &str)> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().expect("text"))).collect();
    let headers = serde_json::to_string(&headers).expect("JSON");
    let head = handle(id, request.method().as_str(), &request.uri().to_string(), &headers, request.body(), NOW);
    (serde_json::from_str(&head).expect("JSON"), take_body())
}

fn response(head: &Value, body: Vec<u8>) -> Response<Bytes> {
    let mut response =
        Response::builder().status(u16::try_from(head["status"].as_u64().expect("a status")).expect("small"));
    for header in head["headers"].as_array().expect("headers") {
        response = response.header(header[0].as_str().expect("a name"), header[1].as_str().expect("a value"));
    }
    response.body(Bytes::from(body)).expect("a response")
}

#[test]
fn it_gives_the_bytes_that_the_core_gives() {
    let suite = Suite::read();
    let id = id_of(&create("{}"));
    let mut known = Known::default();
    for (case, written) in suite.cases.iter().zip(cases::answers(&[])) {
        let request = suite.request(case, &known);
        let (head, body) = ask(id, &request);
        known.learn(&body);
        assert_eq!(cases::written(&response(&head, body)), written, "{} {}", request.method(), request.uri());
    }
}

#[test]
fn how_an_answer_is_delivered_stands_in_its_head() {
    let id = id_of(&create(r#"{"auth": "off"}"#));
    for (fault, manner, delay) in [
        ("status:503", "whole", 0),
        ("drop_before", "drop", 0),
        ("drop_after", "drop", 0),
        ("reset", "reset", 0),
        ("half_body", "half", 0),
        ("delay:250", "whole", 250),
    ] {
        let request = Request::post("/journey/orchestration/list/endpointConfigs").header("x-emulator-fault", fault);
        let (head, _) = ask(id, &request.body(Bytes::new()).expect("a request"));
        assert_eq!((head["manner"].as_str(), head["delayMs"].as_u64()), (Some(manner), Some(delay)), "{fault}");
    }
}

#[test]
fn settings_that_cannot_be_are_refused_in_a_sentence() {
    for (settings, problem) in [
        ("", "EOF while parsing"),
        (r#"{"color": 1}"#, "unknown field `color`"),
        (r#"{"auth": "maybe"}"#, "auth: expected off, lenient or strict"),
        (r#"{"callers": []}"#, "there is no caller"),
        (r#"{"sandboxes": []}"#, "there is no sandbox"),
        (
            r#"{"callers": [{"clientId": "c", "clientSecrets": [], "orgId": "A@AdobeOrg", "scopes": "openid"}]}"#,
            "the client c has no secret",
        ),
        (
            r#"{"callers": [{"clientId": "c", "clientSecrets": ["s"], "orgId": "", "scopes": "openid"}]}"#,
            "the organization of c: ",
        ),
    ] {
        let answer = create(settings);
        assert!(
            answer.contains(r#"{"failed":""#) && answer.replace("\\\"", "\"").contains(problem),
            "{settings}: {answer}"
        );
    }
}

#[test]
fn what_is_no_request_of_http_or_too_long_is_answered_as_by_the_server() {
    let id = id_of(&create("{}"));
    for (method, path, headers) in
        [("GE T", "/", "[]"), ("GET", "/ x", "[]"), ("GET", "/", r#"[["a b", "c"]]"#), ("GET", "/", r#"[["a", "✓"]]"#)]
    {
        let head = handle(id, method, path, headers, b"", NOW);
        assert!(head.starts_with(r#"{"status":400,"#), "{head}");
        assert_eq!(take_body(), b"");
    }
    let long = vec![b'x'; 1024 * 1024 + 1];
    let head = handle(id, "POST", "/ims/token/v3", "[]", &long, NOW);
    assert!(head.starts_with(r#"{"status":413,"#), "{head}");
}

#[test]
fn a_closed_emulator_is_no_more_and_the_others_are() {
    let (one, other) = (id_of(&create("{}")), id_of(&create("{}")));
    close(one);
    close(one);
    assert_eq!(handle(one, "GET", "/_emulator", "[]", b"", NOW), r#"{"failed":"there is no such emulator"}"#);
    assert!(handle(other, "GET", "/_emulator", "[]", b"", NOW).starts_with(r#"{"status":200,"#));
}
