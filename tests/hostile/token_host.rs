//! Answers of the token host that are whole and wrong.

use std::time::Duration;

use ajo_core::Error;
use ajo_tests::capping;

use crate::peer::{Peer, Step};
use crate::victim::{End, SECRET, Victim};

/// What a call comes to whose token host answers this; the service sees nothing of it.
async fn refused(status: u16, lines: &str, body: &str) -> (Error, usize) {
    let answer = format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n{lines}\r\n{body}", body.len());
    let (peer, service) = (Peer::new(vec![Step::Request, Step::Send(answer.into())]), Peer::bystander());
    let client = Victim::TokenHost.hasty(&peer, &service);
    let error = client.capping().create(&capping()).await.expect_err(body);
    assert_eq!(service.connections(), 0, "{body}");
    (error, peer.requests())
}

#[tokio::test]
async fn what_is_no_token_is_never_sent_to_the_service() {
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
        let (error, requests) = refused(200, "", &format!(r#"{{"access_token": {token}, "expires_in": 86399}}"#)).await;
        Victim::TokenHost.judge(token, &error, End::Unreadable(200));
        assert_eq!((error.attempts(), requests), (1, 1), "{token}");
    }
    for lifetime in ["0", "-1", "1.5", "1e3", "null", r#""soon""#, "[]", "18446744073709551615", "18446744073709551616"]
    {
        let (error, _) = refused(200, "", &format!(r#"{{"access_token": "t", "expires_in": {lifetime}}}"#)).await;
        Victim::TokenHost.judge(lifetime, &error, End::Unreadable(200));
    }
}

#[tokio::test]
async fn a_success_of_another_status_is_no_token() {
    for status in [201, 202, 204, 206] {
        let (error, _) = refused(status, "", r#"{"access_token": "t", "expires_in": 86399}"#).await;
        Victim::TokenHost.judge("another status", &error, End::Refused(status));
    }
}

#[tokio::test]
async fn what_an_answer_repeats_of_the_secret_is_not_shown() {
    let lines = format!("x-debug-id: {SECRET}\r\nlocation: {SECRET}\r\n");
    let body = format!(r#"{{"error": "{SECRET}", "error_description": "bad {SECRET}", "access_token": ["{SECRET}"]}}"#);
    for status in [200, 302, 400, 500] {
        let (error, _) = refused(status, &lines, &body).await;
        let end = if status == 200 { End::Unreadable(200) } else { End::Refused(status) };
        Victim::TokenHost.judge("repeats the secret", &error, end);
        assert!(error.to_string().contains("[redacted]"), "{error}");
    }
    let enormous = format!("x-debug-id: {}\r\n", "a".repeat(60_000));
    let (error, _) = refused(400, &enormous, "{}").await;
    assert!(error.to_string().len() < 1000, "{} characters", error.to_string().len());
}

#[tokio::test]
async fn a_wait_beyond_all_numbers_is_one_of_a_minute_and_ends_the_call_at_once() {
    for wait in ["99999999999999999999999", "31536000", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        for status in [429, 503] {
            let (error, requests) = refused(status, &format!("retry-after: {wait}\r\nretry-after: 0\r\n"), "{}").await;
            Victim::TokenHost.judge(wait, &error, End::Refused(status));
            assert_eq!((error.attempts(), requests), (1, 1), "{wait}: {error}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(60)), "{wait}");
        }
    }
}
