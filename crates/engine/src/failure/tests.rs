use alloc::string::String;
use core::time::Duration;

use super::call_failure::CallFailure;
use super::failed_response::safe_request_id;
use crate::{AuthError, ErrorKind, Idempotency, RequestTarget, Secret, SendErrorKind, Timestamp, TransportErrorKind};

const NOW: Timestamp = Timestamp::from_millis(0);

fn response(status: u16, body: &str, token: &str) -> CallFailure {
    CallFailure::from_response(status, Some("id-1"), Some("7"), Some(body.as_bytes()), &Secret::new(token), NOW)
}

fn message(failure: &CallFailure) -> String {
    failure.message(2, Some("sent-1"))
}

#[test]
fn refused_request_is_final_and_unsent() {
    let failure = CallFailure::from(SendErrorKind::Refused.into_error_kind("no fetch".into()));
    for idempotency in [Idempotency::Safe, Idempotency::Idempotent, Idempotency::NotIdempotent] {
        assert!(!failure.is_retryable(Some(idempotency)));
        let hint = failure.hint(Some(idempotency), RequestTarget::Collection).expect("a hint");
        assert!(hint.contains("nothing was sent"), "{hint}");
    }
    assert!(!failure.is_indeterminate());
    assert_eq!(message(&failure), "not sent: no fetch (2 attempts)");
}

#[test]
fn refused_token_request_is_final() {
    for kind in [SendErrorKind::Refused, SendErrorKind::BuildRequest] {
        let error = kind.into_auth_error("no fetch".into());
        assert!(matches!(&error, AuthError::Transport { kind: TransportErrorKind::Refused, .. }));
        assert!(!error.is_retryable());
        assert!(error.hint().is_some_and(|hint| hint.contains("nothing was sent")));
        assert_eq!(error.to_string(), "nothing was sent to the token endpoint: no fetch");
    }
}

#[test]
fn token_is_redacted_in_body_and_id() {
    let failure = response(500, r#"{"error": {"code": 7, "message": "not tok-12345"}}"#, "tok-12345");
    assert_eq!(failure.body, br#"{"error": {"code": 7, "message": "not [redacted]"}}"#);
    assert_eq!(
        message(&failure),
        "the service responded 500, code 7: not [redacted]; retry after 7 s (2 attempts, request id id-1)"
    );
    assert_eq!(safe_request_id("a tok-12345", &Secret::new("tok-12345")).as_deref(), Some("a [redacted]"));
}

#[test]
fn short_token_masks_no_words() {
    let failure = response(500, r#"{"error": {"code": 7, "message": "retry"}}"#, "t");
    assert_eq!(failure.error_response().expect("a response").message, "retry");
    assert_eq!(safe_request_id("attempt", &Secret::new("t")).as_deref(), Some("attempt"));
}

#[test]
fn invalid_utf8_with_the_token_is_dropped() {
    let token = Secret::new("tok-12345");
    let failure = CallFailure::from_response(500, None, None, Some(b"\xff tok-12345"), &token, NOW);
    assert!(failure.body.is_empty());
}

#[test]
fn long_body_is_cut() {
    let token = Secret::new("tok-12345");
    assert_eq!(response(500, &"a".repeat(20_000), "tok-12345").body.len(), 16 * 1024);
    let failure = CallFailure::from_response(500, None, None, None, &token, NOW);
    assert_eq!(
        message(&failure),
        "the service responded 500: the response is longer than 1024 KiB (2 attempts, request id sent-1)"
    );
}

#[test]
fn not_found_hint_depends_on_the_target() {
    let by_service = || response(404, r#"{"error": {"code": 7}}"#, "tok-12345");
    let hint = |failure: CallFailure, target| failure.hint(Some(Idempotency::Safe), target).expect("a hint");
    assert!(hint(by_service(), RequestTarget::Configuration).starts_with("check the uid"));
    assert!(hint(by_service(), RequestTarget::Collection).starts_with("check the base URL"));
    assert!(hint(response(404, "<html>", "tok-12345"), RequestTarget::Configuration).starts_with("check the base URL"));
    assert!(hint(by_service(), RequestTarget::Other).starts_with("check the path"));
}

#[test]
fn forbidden_hint_depends_on_the_target() {
    let hint =
        |body: &str, target| response(403, body, "tok-12345").hint(Some(Idempotency::Safe), target).expect("a hint");
    assert!(hint("{}", RequestTarget::Collection).contains("Manage Journeys Events"));
    assert!(hint("{}", RequestTarget::Other).contains("add the API"));
    assert!(!hint("{}", RequestTarget::Other).contains("Manage Journeys Events"));
    let gateway = r#"{"error_code": "403003"}"#;
    assert_eq!(hint(gateway, RequestTarget::Other), hint(gateway, RequestTarget::Collection));
}

#[test]
fn other_requests_have_no_configuration() {
    let failures = [
        ErrorKind::Timeout("x".into()),
        ErrorKind::Disconnected("x".into()),
        ErrorKind::Decode { status: 200, message: "x".into(), request_id: None },
    ];
    let failures = failures.into_iter().map(CallFailure::from).chain([response(502, "", "tok-12345")]);
    for failure in failures {
        let hint = |target| failure.hint(Some(Idempotency::NotIdempotent), target).expect("a hint");
        assert!(hint(RequestTarget::Configuration).contains("configuration"), "{failure:?}");
        let other = hint(RequestTarget::Other);
        assert!(other.contains("the request") && !other.contains("configuration"), "{failure:?}: {other}");
    }
}

#[test]
fn long_waits_are_not_counted() {
    let failure = CallFailure { retry_after: Some(Duration::MAX), ..ErrorKind::Connect("x".into()).into() };
    assert_eq!(message(&failure), "no connection: x; retry after more than a year (2 attempts, request id sent-1)");
}
