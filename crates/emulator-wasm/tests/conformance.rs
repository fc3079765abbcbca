//! The exported functions return the same bytes as the core, and errors for invalid input.

#[allow(dead_code, reason = "another suite writes the responses")]
#[path = "../../emulator/tests/emulator/support/cases.rs"]
mod cases;

use ajo_emulator_wasm::{close, create, handle, take_body};
use bytes::Bytes;
use cases::{ConformanceSuite, LastResponse};
use http::{Request, Response};
use serde_json::Value;

/// 2027-01-15T08:00:00Z, in milliseconds since the epoch.
const NOW: f64 = 1_800_000_000_000.0;

fn created_id(created: &str) -> u32 {
    let created: Value = serde_json::from_str(created).expect("JSON");
    created["id"].as_u64().and_then(|id| id.try_into().ok()).unwrap_or_else(|| panic!("{created}"))
}

fn handle_request(id: u32, request: &Request<Bytes>) -> (Value, Vec<u8>) {
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
fn responses_equal_those_of_the_core() {
    let suite = ConformanceSuite::load();
    let id = created_id(&create("{}"));
    let mut known = LastResponse::default();
    let expected = cases::expected_responses();
    assert_eq!(expected.len(), suite.cases.len());
    for (case, written) in suite.cases.iter().zip(expected) {
        let request = suite.request(case, &known);
        let (head, body) = handle_request(id, &request);
        known.record(&body);
        assert_eq!(cases::response_to_json(&response(&head, body)), written, "{} {}", request.method(), request.uri());
    }
}

#[test]
fn head_has_delivery_mode_and_delay() {
    let id = created_id(&create(r#"{"auth": "off"}"#));
    for (fault, mode, delay) in [
        ("status:503", "whole", 0),
        ("drop_before", "drop", 0),
        ("drop_after", "drop", 0),
        ("reset", "reset", 0),
        ("half_body", "half", 0),
        ("delay:250", "whole", 250),
    ] {
        let request = Request::post("/journey/orchestration/list/endpointConfigs").header("x-emulator-fault", fault);
        let (head, _) = handle_request(id, &request.body(Bytes::new()).expect("a request"));
        assert_eq!((head["deliveryMode"].as_str(), head["delayMs"].as_u64()), (Some(mode), Some(delay)), "{fault}");
    }
}

#[test]
fn invalid_settings_are_rejected() {
    for (settings, problem) in [
        ("", "EOF while parsing"),
        (r#"{"color": 1}"#, "unknown field `color`"),
        (r#"{"auth": "maybe"}"#, "auth: expected off, lenient, any or strict"),
        (r#"{"clients": []}"#, "clients must not be empty"),
        (r#"{"sandboxes": []}"#, "sandboxes must not be empty"),
        (
            r#"{"clients": [{"clientId": "c", "clientSecrets": [], "orgId": "A@AdobeOrg", "scopes": "openid"}]}"#,
            "the client c has no secret",
        ),
        (
            r#"{"clients": [{"clientId": "c", "clientSecrets": ["s"], "orgId": "", "scopes": "openid"}]}"#,
            "invalid organization of c: ",
        ),
    ] {
        let response = create(settings);
        assert!(
            response.contains(r#"{"failed":""#) && response.replace("\\\"", "\"").contains(problem),
            "{settings}: {response}"
        );
    }
}

#[test]
fn malformed_http_request_is_rejected() {
    let id = created_id(&create("{}"));
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
fn close_leaves_other_emulators() {
    let (one, other) = (created_id(&create("{}")), created_id(&create("{}")));
    close(one);
    close(one);
    assert_eq!(handle(one, "GET", "/_emulator", "[]", b"", NOW), r#"{"failed":"no such emulator"}"#);
    assert!(handle(other, "GET", "/_emulator", "[]", b"", NOW).starts_with(r#"{"status":200,"#));
}
