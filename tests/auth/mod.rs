//! Tokens as the client uses them: one request for many callers, one refresh and one replay after a 401.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ajo_auth::{AuthError, Credentials, ImsErrorKind, Timestamp};
use ajo_core::{CallOptions, Client, ErrorKind, Secret};
use ajo_emulator::Emulator;
use ajo_tests::{ORG_ID, capping, emulated, uid, with_credentials};
use httpmock::prelude::*;
use serde_json::json;

fn client(server: &MockServer) -> Client {
    Client::builder()
        .credentials(Credentials::new("client-1", "s3cr3t", ORG_ID, "openid").expect("credentials"))
        .sandbox("prod")
        .base_url(&server.url("/journey/orchestration"))
        .ims_url(&server.base_url())
        .build()
        .expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_concurrent_cold_callers_make_one_token_request() {
    let server = MockServer::start_async().await;
    let tokens = server
        .mock_async(|when, then| {
            when.method(POST).path("/ims/token/v3");
            then.status(200)
                .delay(Duration::from_millis(50))
                .json_body(json!({"access_token": "abc", "expires_in": 86399}));
        })
        .await;
    let lists = server
        .mock_async(|when, then| {
            when.method(POST).path("/journey/orchestration/list/endpointConfigs").header("authorization", "Bearer abc");
            then.status(200).json_body(json!({"results": []}));
        })
        .await;
    let client = client(&server);
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.capping().list().await.map(drop) })
        })
        .collect();
    for caller in callers {
        caller.await.expect("no panic").expect("listed");
    }
    tokens.assert_calls_async(1).await;
    lists.assert_calls_async(20).await;
}

#[tokio::test]
async fn after_a_401_one_refresh_and_one_replay() {
    let server = MockServer::start_async().await;
    let tokens = server
        .mock_async(|when, then| {
            when.method(POST).path("/ims/token/v3");
            then.status(200).json_body(json!({"access_token": "abc", "expires_in": 86399}));
        })
        .await;
    let calls = server
        .mock_async(|when, then| {
            when.path_includes("endpointConfigs");
            then.status(401).json_body(json!({"error_code": "401013", "message": "Oauth token is not valid"}));
        })
        .await;
    let error = client(&server).capping().create(&capping()).await.expect_err("never accepted");
    assert_eq!((error.status(), error.code().map(ToString::to_string)), (Some(401), Some("401013".to_owned())));
    tokens.assert_calls_async(2).await;
    calls.assert_calls_async(2).await;
}

#[tokio::test]
async fn a_revoked_token_is_replaced_without_the_caller_noticing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulated(&emulator, "prod");
    client.capping().list().await.expect("listed");
    emulator.world().revoke_tokens();
    client.capping().create(&capping()).await.expect("created");
    assert_eq!(client.capping().list().await.expect("listed").len(), 1, "created once");
}

#[tokio::test]
async fn a_token_that_expires_between_calls_is_replaced() {
    let clock = Arc::new(AtomicU64::new(0));
    let now = clock.clone();
    let emulator = Emulator::builder()
        .clock(move || Timestamp::from_millis(now.load(Ordering::Relaxed)))
        .start()
        .await
        .expect("an emulator");
    let client = emulated(&emulator, "prod");
    client.capping().list().await.expect("listed");
    // For the client a moment passes, for the service a day: its 401 is how the client learns.
    clock.store(86_400_000, Ordering::Relaxed);
    client.capping().list().await.expect("listed");
}

#[tokio::test]
async fn a_ready_made_token_that_is_refused_is_not_replayed() {
    let server = MockServer::start_async().await;
    let calls = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(401).json_body(json!({"error_code": 401_013, "message": "Oauth token is not valid"}));
        })
        .await;
    let client = ajo_tests::client_of(&server.base_url());
    let error = client.capping().get(&uid("u-1")).await.expect_err("refused");
    assert!(error.is_authentication());
    assert!(error.hint().expect("a hint").contains("fetch a new one"));
    calls.assert_calls_async(1).await;
}

#[tokio::test]
async fn a_token_host_that_does_not_answer_in_time_is_a_time_out() {
    let server = MockServer::start_async().await;
    let tokens = server
        .mock_async(|when, then| {
            when.path("/ims/token/v3");
            then.status(200).delay(Duration::from_secs(2));
        })
        .await;
    let hasty = CallOptions::default().deadline(Duration::from_millis(200));
    let error = client(&server).with_options(hasty).capping().list().await.expect_err("too late");
    assert!(matches!(error.kind(), ErrorKind::Auth(AuthError::Transport { .. })), "{error:?}");
    assert!(error.is_timeout() && error.is_retryable() && error.status().is_none(), "{error}");
    tokens.assert_calls_async(1).await;
}

#[test]
fn a_ready_made_token_that_cannot_be_sent_is_refused_when_the_client_is_built() {
    for token in ["", " ", "\n", "s3c\nr3t", "s3c\u{0}r3t", "s3c r3t", "s3cr3té"] {
        let builder = Client::builder().access_token(Secret::new(token), "client-1", ORG_ID).sandbox("prod");
        let error = builder.build().expect_err(token);
        assert!(matches!(error.kind(), ErrorKind::Auth(AuthError::InvalidToken)), "{error:?}");
        let text = "the access token is empty or has characters that cannot be sent in a header";
        assert_eq!(error.to_string(), text);
        assert!(error.hint().is_some() && !format!("{error:?}").contains("s3c"), "{error:?}");
    }
}

#[tokio::test]
async fn each_refusal_of_the_token_host_says_what_is_wrong() {
    let emulator = Emulator::start().await.expect("an emulator");
    let good = emulator.credentials();
    let (id, org, scopes) = (good.client_id().to_string(), good.org_id().to_string(), good.scopes().to_string());
    let secret = || good.secrets()[0].clone();
    let cases = [
        (
            id.as_str(),
            Secret::new("wrong"),
            scopes.as_str(),
            ImsErrorKind::InvalidClient,
            "400 invalid_client: invalid client_secret parameter",
        ),
        (
            "nobody",
            secret(),
            scopes.as_str(),
            ImsErrorKind::InvalidClient,
            "400 invalid_client: invalid client_id parameter",
        ),
        (id.as_str(), secret(), "openid,other", ImsErrorKind::InvalidScope, "400 invalid_scope"),
    ];
    for (id, secret, scopes, kind, said) in cases {
        let credentials = Credentials::new(id, secret, &org, scopes).expect("well-formed");
        let error = with_credentials(&emulator, "prod", credentials).capping().list().await.expect_err(said);
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("capping list failed: no access token: the token host answered {said}")),
            "{text}"
        );
        assert!(
            matches!(error.kind(), ErrorKind::Auth(AuthError::Ims(ims)) if ims.kind == kind && ims.debug_id.is_some())
        );
        assert!(error.hint().is_some() && error.is_authentication() && !error.is_timeout());
        assert_eq!(error.status(), Some(400));
    }
    with_credentials(&emulator, "prod", good).capping().list().await.expect("accepted");
}
