//! Complete but invalid responses of the token endpoint.

use std::time::Duration;

use ajo_core::CallError;
use ajo_tests::capping_definition;

use crate::attack_target::{AttackTarget, ExpectedError, SECRET};
use crate::scripted_peer::{PeerStep, ScriptedPeer};

/// Runs a call with this token response. Returns the error and the number of token requests. The service receives nothing.
async fn call_with_token_response(status: u16, lines: &str, body: &str) -> (CallError, usize) {
    let response = format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n{lines}\r\n{body}", body.len());
    let (peer, service) =
        (ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(response.into())]), ScriptedPeer::silent());
    let client = AttackTarget::TokenEndpoint.client_without_delays(&peer, &service);
    let error = client.capping().create(&capping_definition()).await.expect_err(body);
    assert_eq!(service.connections(), 0, "{body}");
    (error, peer.requests())
}

#[tokio::test]
async fn invalid_token_is_never_sent() {
    for token in [
        r#""""#,
        "null",
        "7",
        r#"["t"]"#,
        r#"{"value": "t"}"#,
        r#""t\r\nx-injected: 1""#,
        r#""t\u0000""#,
        r#""two words""#,
        r#""\u00e9""#,
    ] {
        let (error, requests) =
            call_with_token_response(200, "", &format!(r#"{{"access_token": {token}, "expires_in": 86399}}"#)).await;
        AttackTarget::TokenEndpoint.assert_error(token, &error, ExpectedError::Decode(200));
        assert_eq!((error.attempts(), requests), (1, 1), "{token}");
    }
    for lifetime in ["0", "-1", "1.5", "1e3", "null", r#""soon""#, "[]", "18446744073709551615", "18446744073709551616"]
    {
        let (error, _) =
            call_with_token_response(200, "", &format!(r#"{{"access_token": "t", "expires_in": {lifetime}}}"#)).await;
        AttackTarget::TokenEndpoint.assert_error(lifetime, &error, ExpectedError::Decode(200));
    }
}

#[tokio::test]
async fn only_status_200_returns_a_token() {
    for status in [201, 202, 204, 206] {
        let (error, _) = call_with_token_response(status, "", r#"{"access_token": "t", "expires_in": 86399}"#).await;
        AttackTarget::TokenEndpoint.assert_error("another status", &error, ExpectedError::ErrorStatus(status));
    }
}

#[tokio::test]
async fn echoed_secret_is_redacted() {
    let lines = format!("x-debug-id: {SECRET}\r\nlocation: {SECRET}\r\n");
    let body = format!(r#"{{"error": "{SECRET}", "error_description": "bad {SECRET}", "access_token": ["{SECRET}"]}}"#);
    for status in [200, 302, 400, 500] {
        let (error, _) = call_with_token_response(status, &lines, &body).await;
        let expected = if status == 200 { ExpectedError::Decode(200) } else { ExpectedError::ErrorStatus(status) };
        AttackTarget::TokenEndpoint.assert_error("echoes the secret", &error, expected);
        assert!(error.to_string().contains("[redacted]"), "{error}");
    }
    let enormous = format!("x-debug-id: {}\r\n", "a".repeat(60_000));
    let (error, _) = call_with_token_response(400, &enormous, "{}").await;
    assert!(error.to_string().len() < 1000, "{} characters", error.to_string().len());
}

#[tokio::test]
async fn overflowing_retry_after_is_capped() {
    for wait in ["99999999999999999999999", "31536000", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        for status in [429, 503] {
            let (error, requests) =
                call_with_token_response(status, &format!("retry-after: {wait}\r\nretry-after: 0\r\n"), "{}").await;
            AttackTarget::TokenEndpoint.assert_error(wait, &error, ExpectedError::ErrorStatus(status));
            assert_eq!((error.attempts(), requests), (1, 1), "{wait}: {error}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(60)), "{wait}");
        }
    }
}
