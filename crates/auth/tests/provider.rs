//! The native driver of the token cache, against a fake token host.
#![cfg(feature = "reqwest")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ajo_auth::{
    AuthError, Credentials, Endpoint, Granted, ImsErrorKind, Secret, Timestamp, TokenProvider, TransportProblem,
    http_client,
};
use httpmock::prelude::*;
use httpmock::{Method, Mock};
use serde_json::json;

const SECRET: &str = "s3cr3t-canary";

fn provider_at(url: &str, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> TokenProvider {
    let credentials = Credentials::new("client-1", SECRET, "A1@AdobeOrg", "openid, AdobeID").expect("credentials");
    let ims = Endpoint::parse(url).expect("an endpoint");
    TokenProvider::with_clock(credentials, &ims, http_client(&ims).expect("a client"), now)
}

fn provider(server: &MockServer) -> TokenProvider {
    provider_at(&server.base_url(), || Timestamp::from_millis(0))
}

fn grants(server: &MockServer, seconds: u64) -> Mock<'_> {
    server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200).json_body(json!({"access_token": "abc", "token_type": "bearer", "expires_in": seconds}));
    })
}

#[tokio::test]
async fn the_request_is_a_form_with_nothing_in_the_url() {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.method(POST)
            .path("/ims/token/v3")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("user-agent", concat!("ajo-limits/", env!("CARGO_PKG_VERSION")))
            .body("grant_type=client_credentials&client_id=client-1&client_secret=s3cr3t-canary&scope=openid%2CAdobeID")
            .is_true(|request| request.uri().query().is_none());
        then.status(200).json_body(json!({"access_token": "abc", "expires_in": 86399}));
    });
    let granted = provider(&server).token().await.expect("a token");
    assert_eq!((granted.token.value().expose(), granted.generation), ("abc", 1));
    mock.assert();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_cold_callers_make_one_request() {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200)
            .delay(Duration::from_millis(50))
            .json_body(json!({"access_token": "abc", "expires_in": 86399}));
    });
    let provider = provider(&server);
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let provider = provider.clone();
            tokio::spawn(async move { provider.token().await.expect("a token").generation })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.expect("no panic"), 1);
    }
    mock.assert_calls(1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_who_wait_for_a_failing_request_share_its_error() {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(400)
            .delay(Duration::from_secs(1))
            .header("x-debug-id", "debug-1")
            .json_body(json!({"error": "invalid_client", "error_description": "invalid client_secret parameter"}));
    });
    let provider = provider(&server);
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let provider = provider.clone();
            tokio::spawn(async move { provider.token().await.expect_err("refused") })
        })
        .collect();
    for caller in callers {
        let error = caller.await.expect("no panic");
        assert_eq!(
            error.to_string(),
            "the token host answered 400 invalid_client: invalid client_secret parameter (debug id debug-1)"
        );
        assert!(matches!(&error, AuthError::Ims(ims) if ims.kind == ImsErrorKind::InvalidClient));
    }
    mock.assert_calls(1);
}

#[tokio::test]
async fn a_token_is_kept_until_it_nears_its_end() {
    let server = MockServer::start();
    let mock = grants(&server, 3600);
    let clock = Arc::new(AtomicU64::new(0));
    let provider = provider_at(&server.base_url(), {
        let clock = clock.clone();
        move || Timestamp::from_millis(clock.load(Ordering::Relaxed))
    });
    for (seconds, calls) in [(0, 1), (3569, 1), (3570, 2), (7000, 2)] {
        clock.store(seconds * 1000, Ordering::Relaxed);
        provider.token().await.expect("a token");
        mock.assert_calls(calls);
    }
}

#[tokio::test]
async fn an_invalid_token_is_replaced_and_a_late_refusal_spares_the_new_one() {
    let server = MockServer::start();
    let mock = grants(&server, 3600);
    let provider = provider(&server);
    let Granted { generation, .. } = provider.token().await.expect("a token");
    assert!(provider.invalidate(generation));
    let second = provider.token().await.expect("a token").generation;
    assert_ne!(generation, second);
    assert!(provider.invalidate(generation));
    assert_eq!(provider.token().await.expect("a token").generation, second);
    mock.assert_calls(2);
}

#[tokio::test]
async fn a_token_given_ready_made_stays_the_same() {
    let provider = TokenProvider::fixed(&Secret::new(" abc\n")).expect("a token");
    assert_eq!(provider.token().await.expect("a token").token.value().expose(), "abc");
    assert!(!provider.invalidate(0));
    assert_eq!(TokenProvider::fixed(&Secret::new("a\nb")).err(), Some(AuthError::UnusableToken));
}

#[tokio::test]
async fn a_caller_that_gives_up_leaves_the_next_one_free_to_fetch() {
    let server = MockServer::start();
    let mut slow = server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200).delay(Duration::from_secs(5)).json_body(json!({"access_token": "abc", "expires_in": 86399}));
    });
    let provider = provider(&server);
    tokio::time::timeout(Duration::from_millis(100), provider.token()).await.expect_err("too slow");
    slow.delete();
    grants(&server, 3600);
    tokio::time::timeout(Duration::from_secs(4), provider.token()).await.expect("not blocked").expect("a token");
}

#[tokio::test]
async fn the_secret_does_not_follow_a_redirect() {
    let elsewhere = MockServer::start();
    let caught = elsewhere.mock(|when, then| {
        when.any_request();
        then.status(200);
    });
    let server = MockServer::start();
    for status in [301, 302, 303, 307, 308] {
        let mut mock = server.mock(|when, then| {
            when.method(POST).path("/ims/token/v3");
            then.status(status).header("location", elsewhere.url("/ims/token/v3"));
        });
        let error = provider(&server).token().await.expect_err("no token");
        assert!(matches!(&error, AuthError::Ims(ims) if ims.status == status), "{error}");
        mock.delete();
    }
    caught.assert_calls(0);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(Method::POST);
        then.status(200).body("x".repeat(1024 * 1024));
    });
    let error = provider(&server).token().await.expect_err("too long");
    assert_eq!(error.to_string(), "no whole answer from the token host: its answer is longer than 64 KiB");
}

/// The clock of the runtime stands still and jumps to the next timer when nothing else happens.
#[tokio::test(start_paused = true)]
async fn a_host_that_never_answers_is_given_up_after_ten_seconds() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let start = tokio::time::Instant::now();
    let error = provider_at(&url, || Timestamp::from_millis(0)).token().await.expect_err("no answer");
    assert!(matches!(&error, AuthError::Transport { problem: TransportProblem::Timeout, .. }), "{error:?}");
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn a_client_for_https_sends_nothing_in_plain() {
    let ims = Endpoint::parse("https://a.example").expect("an endpoint");
    let server = MockServer::start();
    let caught = server.mock(|when, then| {
        when.any_request();
        then.status(200);
    });
    let error = http_client(&ims).expect("a client").get(server.base_url()).send().await.expect_err("plain http");
    assert!(error.is_builder(), "{error:?}");
    caught.assert_calls(0);
}

#[test]
fn no_proxy_stands_before_a_loopback_address() {
    // Nothing listens there: whatever goes to the proxy fails. A test cannot change the environment of its own process, so
    // another test runs in one of its own.
    let nowhere = "http://127.0.0.1:1";
    let child = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "the_request_is_a_form_with_nothing_in_the_url"])
        .envs([("HTTP_PROXY", nowhere), ("http_proxy", nowhere), ("ALL_PROXY", nowhere), ("all_proxy", nowhere)])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .expect("a process");
    let printed = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && printed.contains("1 passed"), "{printed}");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_a_connection_error_with_its_cause() {
    let error =
        provider_at("http://127.0.0.1:1", || Timestamp::from_millis(0)).token().await.expect_err("nobody listens");
    assert!(matches!(&error, AuthError::Transport { problem: TransportProblem::Connect, .. }), "{error:?}");
    assert!(error.to_string().starts_with("no connection to the token host: "), "{error}");
    assert!(error.hint().expect("a hint").contains("address of the token host"));
}

#[tokio::test]
async fn nothing_printed_shows_the_secret_or_the_token() {
    let server = MockServer::start();
    let mut mock = grants(&server, 3600);
    let provider = provider(&server);
    let granted = provider.token().await.expect("a token");
    let before = format!("{provider:?} {granted:?}");
    mock.delete();
    server.mock(|when, then| {
        when.method(POST);
        then.status(400).json_body(json!({"error": SECRET, "error_description": format!("got {SECRET}")}));
    });
    provider.invalidate(granted.generation);
    let error = provider.token().await.expect_err("refused");
    let printed = format!("{before} {error} {error:?} {error:#?}");
    assert!(!printed.contains(SECRET) && !printed.contains("abc"), "{printed}");
    assert!(printed.contains("[redacted]"), "{printed}");
}

fn two_secrets(server: &MockServer) -> TokenProvider {
    let text = r#"{"CLIENT_ID": "client-1", "CLIENT_SECRETS": ["first", "second"], "ORG_ID": "A1@AdobeOrg", "SCOPES": ["openid"]}"#;
    let credentials = Credentials::from_text(text, None).expect("credentials");
    let ims = Endpoint::parse(&server.base_url()).expect("an endpoint");
    TokenProvider::with_clock(credentials, &ims, http_client(&ims).expect("a client"), || Timestamp::from_millis(0))
}

fn answers<'s>(server: &'s MockServer, secret: &str, accepted: bool) -> Mock<'s> {
    server.mock(|when, then| {
        when.method(POST).body_includes(format!("client_secret={secret}&"));
        if accepted {
            then.status(200).json_body(json!({"access_token": "abc", "expires_in": 86399}));
        } else {
            then.status(400)
                .json_body(json!({"error": "invalid_client", "error_description": "invalid client_secret parameter"}));
        }
    })
}

#[tokio::test]
async fn the_second_secret_is_tried_when_the_first_is_refused_and_first_from_then_on() {
    let server = MockServer::start();
    let (first, second) = (answers(&server, "first", false), answers(&server, "second", true));
    let provider = two_secrets(&server);
    let granted = provider.token().await.expect("a token");
    provider.invalidate(granted.generation);
    provider.token().await.expect("a token");
    first.assert_calls(1);
    second.assert_calls(2);
}

#[tokio::test]
async fn when_the_working_secret_is_removed_the_other_one_takes_over() {
    let server = MockServer::start();
    let mut first = answers(&server, "first", true);
    let provider = two_secrets(&server);
    let granted = provider.token().await.expect("a token");
    first.delete();
    answers(&server, "first", false);
    answers(&server, "second", true);
    provider.invalidate(granted.generation);
    provider.token().await.expect("a token");
}

#[tokio::test]
async fn no_other_refusal_leads_to_the_second_secret() {
    for error in [
        json!({"error": "invalid_client", "error_description": "invalid client_id parameter"}),
        json!({"error": "invalid_scope"}),
        json!({"error": "unauthorized_client"}),
    ] {
        let server = MockServer::start();
        let mock = server.mock(|when, then| {
            when.method(POST);
            then.status(400).json_body(error);
        });
        two_secrets(&server).token().await.expect_err("refused");
        mock.assert_calls(1);
    }
    let server = MockServer::start();
    let (first, second) = (answers(&server, "first", false), answers(&server, "second", false));
    two_secrets(&server).token().await.expect_err("both are refused");
    first.assert_calls(1);
    second.assert_calls(1);
}
