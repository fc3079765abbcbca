//! Complete but invalid responses of the service, and their effect on the next call over the same connection.

use std::time::Duration;

use ajo_core::{Client, OPERATIONS, Verb};
use ajo_tests::{capping_definition, run_operation, uid};

use crate::attack_target::{AttackTarget, ExpectedError, TOKEN, assert_no_secret};
use crate::scripted_peer::{PeerStep, ScriptedPeer};

/// A response with these header lines and this body.
fn response(status: u16, lines: &str, body: &str) -> PeerStep {
    PeerStep::Send(format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n{lines}\r\n{body}", body.len()).into())
}

/// The response to `list` without configurations.
fn empty_list_response() -> PeerStep {
    response(200, "", r#"{"results": []}"#)
}

/// The response to `get`.
fn config_response(uid: &str) -> PeerStep {
    response(200, "", &format!(r#"{{"result": {{"uid": "{uid}"}}}}"#))
}

/// The client of a service that plays one script per connection.
fn scripted_service(scripts: Vec<Vec<PeerStep>>) -> (Client, ScriptedPeer) {
    let peer = ScriptedPeer::per_connection(scripts);
    (AttackTarget::Service.client_without_delays(&peer, &peer), peer)
}

#[tokio::test]
async fn unexpected_json_is_an_error() {
    let page = "<!doctype html><title>Bearer token-canary</title>";
    let echo = format!(r#""Bearer {TOKEN}""#);
    let bodies = ["", "null", "7", "true", "[]", "[[]]", "[{\"uid\": \"u-1\"}]", "{}", page, &echo];
    for (status, body) in bodies.into_iter().map(|body| (200, body)).chain([(204, "")]) {
        let (client, peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(status, "", body)]]);
        let with_value = OPERATIONS
            .iter()
            .filter(|operation| !matches!(operation.verb, Verb::Delete | Verb::Deploy | Verb::Undeploy));
        for (before, operation) in with_value.enumerate() {
            let error = run_operation(&client, operation, &uid("u-1")).await.expect_err(body);
            AttackTarget::Service.assert_error(body, &error, ExpectedError::Decode(status));
            assert_eq!((error.attempts(), peer.requests()), (1, before + 1), "{operation}, {status}, {body}");
        }
    }
}

#[tokio::test]
async fn decode_error_does_not_quote_the_body() {
    let echo = format!("Bearer \\\"{TOKEN}");
    for body in [
        format!(r#"{{"results": "{echo}"}}"#),
        format!(r#"{{"results": ["{echo}"]}}"#),
        format!(r#"{{"results": [{{"uid": "{echo}"}}]}}"#),
        format!(r#"{{"results": [{{"uid": ["{echo}"]}}]}}"#),
    ] {
        let (client, _peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(200, "", &body)]]);
        let error = client.capping().list().await.expect_err(&body);
        AttackTarget::Service.assert_error(&body, &error, ExpectedError::Decode(200));
        assert!(error.to_string().contains("column"), "the error has the position: {error}");
    }
}

#[tokio::test]
async fn echoed_token_is_redacted() {
    let lines = format!("x-request-id: {TOKEN}\r\n");
    let body = format!(r#"{{"error_code": "{TOKEN}", "message": "no {TOKEN}", "requestId": "{TOKEN}"}}"#);
    for (status, body) in [(400, body.as_str()), (400, "{}"), (418, ""), (200, "[]")] {
        let (client, _peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(status, &lines, body)]]);
        let error = client.capping().list().await.expect_err("no list");
        assert_no_secret(&error);
        assert_eq!(error.request_id(), Some("[redacted]"), "{status}, {body}");
    }
    let (client, _peer) =
        scripted_service(vec![vec![PeerStep::ReadRequest, response(200, &lines, r#"{"results": []}"#)]]);
    let response = client.capping().list().response().await.expect("a list");
    assert_eq!(response.request_id.as_deref(), Some("[redacted]"));
}

#[tokio::test]
async fn invalid_request_id_is_replaced() {
    let enormous = format!("x-request-id: {}\r\n", "a".repeat(60_000));
    let (client, _peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(200, &enormous, "[]")]]);
    let error = client.capping().list().await.expect_err("no list");
    assert!(error.to_string().len() < 1000, "{} characters", error.to_string().len());

    let (client, peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(400, "x-request-id: é\r\n", "")]]);
    let error = client.capping().list().await.expect_err("an error");
    assert!(peer.received().contains(&format!("x-request-id: {}\r\n", error.request_id().expect("an id"))));
}

#[tokio::test]
async fn first_of_duplicate_headers_counts() {
    let lines = "x-request-id: first\r\nx-request-id: second\r\nretry-after: 86400\r\nretry-after: 0\r\n";
    let (client, peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(429, lines, "{}")]]);
    let error = client.capping().list().await.expect_err("busy");
    AttackTarget::Service.assert_error("busy", &error, ExpectedError::ErrorStatus(429));
    assert_eq!((error.request_id(), error.retry_after()), (Some("first"), Some(Duration::from_secs(86_400))));
    assert_eq!((error.attempts(), peer.requests()), (1, 1), "the client does not wait a day");

    let (client, _peer) = scripted_service(vec![vec![
        PeerStep::ReadRequest,
        response(200, "content-length: 15\r\n", r#"{"results": []}"#),
    ]]);
    client.capping().list().await.expect("equal lengths are valid");
}

#[tokio::test]
async fn overflowing_retry_after_ends_the_call() {
    for wait in ["99999999999999999999999", "18446744073709551615", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        for status in [429, 503] {
            let lines = format!("retry-after: {wait}\r\n");
            let (client, peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(status, &lines, "{}")]]);
            let error = client.capping().list().await.expect_err("busy");
            AttackTarget::Service.assert_error(wait, &error, ExpectedError::ErrorStatus(status));
            assert_eq!((error.attempts(), peer.requests()), (1, 1), "{wait}: {error}");
        }
    }
}

#[tokio::test]
async fn chunked_encoding_overrides_length() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n";
    let chunked = format!("{head}f\r\n{{\"results\": []}}\r\n0\r\n\r\n");
    let (client, _peer) = scripted_service(vec![vec![PeerStep::ReadRequest, PeerStep::Send(chunked.into())]]);
    assert_eq!(client.capping().list().response().await.expect("a list").body, r#"{"results": []}"#);
}

#[tokio::test]
async fn interim_responses_are_skipped() {
    let interim = PeerStep::Send(b"HTTP/1.1 103 Early Hints\r\nlink: <https://a.example>\r\n\r\n".repeat(200));
    let (client, _peer) = scripted_service(vec![vec![PeerStep::ReadRequest, interim, empty_list_response()]]);
    assert_eq!(client.capping().list().await.expect("a list"), []);
}

#[tokio::test]
async fn deploy_accepts_any_body_but_html() {
    for (status, body) in [(204, "{}"), (204, "<html>"), (200, ""), (200, "{}"), (200, "[1"), (202, "accepted")] {
        let (client, peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(status, "", body)]]);
        client.capping().deploy(&uid("u-1")).await.unwrap_or_else(|error| panic!("{status}, {body}: {error}"));
        assert_eq!(peer.requests(), 1);
    }
    for body in ["<html>Sign in</html>", "\r\n <!doctype html>"] {
        let (client, peer) = scripted_service(vec![vec![PeerStep::ReadRequest, response(200, "", body)]]);
        for verb in [Verb::Deploy, Verb::Undeploy, Verb::Delete] {
            let operation = OPERATIONS.iter().find(|operation| operation.verb == verb).expect("an operation");
            let error = run_operation(&client, operation, &uid("u-1")).await.expect_err("an HTML page");
            AttackTarget::Service.assert_error(body, &error, ExpectedError::Decode(200));
            assert!(error.hint().expect("a hint").contains("read the configuration back"));
        }
        assert_eq!(peer.requests(), 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailing_bytes_are_not_the_next_response() {
    let forged = "HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{\"result\":{\"uid\":\"forged\"}}";
    let after = |first: &str| vec![PeerStep::Send(format!("HTTP/1.1 {first}{forged}").into())];
    let late = PeerStep::Paced(forged.into(), Duration::from_millis(5));
    for (name, first) in [
        ("after a response", after("200 OK\r\ncontent-length: 2\r\n\r\n{}")),
        ("in the body of a 204", after(&format!("204 No Content\r\ncontent-length: {}\r\n\r\n", forged.len()))),
        ("while no request is pending", vec![response(204, "", ""), late]),
    ] {
        let first = [vec![PeerStep::ReadRequest], first, vec![PeerStep::HoldOpen]].concat();
        let (client, peer) = scripted_service(vec![first, vec![PeerStep::ReadRequest, config_response("real")]]);
        client.capping().deploy(&uid("u-1")).await.expect("deployed");
        if name == "while no request is pending" {
            assert!(peer.all_connections_closed().await, "the client closes the connection");
        }
        let found = client.capping().get(&uid("real")).await.expect("a configuration");
        assert_eq!((found.uid.as_str(), peer.connections()), ("real", 2), "{name}");
    }
}

#[tokio::test]
async fn create_is_sent_once_on_reused_connection() {
    let half = PeerStep::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"uid\": ".to_vec());
    for (name, then) in [("closes", vec![half.clone()]), ("resets", vec![half, PeerStep::Reset]), ("is silent", vec![])]
    {
        let script = [vec![PeerStep::ReadRequest, empty_list_response(), PeerStep::ReadRequest], then].concat();
        let (client, peer) =
            scripted_service(vec![script, vec![PeerStep::ReadRequest, response(200, "", r#"{"uid": "second"}"#)]]);
        client.capping().list().await.expect("a list");
        let error = client.capping().create(&capping_definition()).await.expect_err(name);
        AttackTarget::Service.assert_error(name, &error, ExpectedError::Disconnected);
        assert_eq!(error.attempts(), 1, "{name}: {error}");
        assert!(!error.is_retryable() && error.hint().expect("a hint").contains("may have applied the change"));
        assert_eq!((peer.connections(), peer.requests()), (1, 2), "{name}");
    }
}

#[tokio::test]
async fn read_is_retried_on_a_new_connection() {
    let script = vec![PeerStep::ReadRequest, empty_list_response(), PeerStep::ReadRequest];
    let (client, peer) = scripted_service(vec![script, vec![PeerStep::ReadRequest, config_response("u-1")]]);
    client.capping().list().await.expect("a list");
    let response = client.capping().get(&uid("u-1")).response().await.expect("a configuration");
    assert_eq!((response.attempts, peer.connections(), peer.requests()), (2, 2, 3));
}
