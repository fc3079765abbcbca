//! Access tokens in client calls: one request for many callers, and one refresh and one replay after a 401.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ajo_auth::{AuthError, Credentials, ImsErrorKind, Timestamp};
use ajo_core::{CallOptions, Client, ErrorKind, Secret};
use ajo_emulator::Emulator;
use ajo_tests::{ORG_ID, capping_definition, emulator_client, emulator_client_with, uid};
use httpmock::prelude::*;
use serde_json::json;

fn mock_client(server: &MockServer) -> Client {
    Client::builder()
        .credentials(Credentials::new("client-1", "s3cr3t", ORG_ID, "openid").expect("credentials"))
        .sandbox("prod")
        .base_url(&server.url("/journey/orchestration"))
        .ims_url(&server.base_url())
        .build()
        .expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cold_callers_make_one_token_request() {
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
    let client = mock_client(&server);
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
async fn call_is_replayed_once_after_401() {
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
    let error = mock_client(&server).capping().create(&capping_definition()).await.expect_err("never accepted");
    assert_eq!((error.status(), error.code().map(ToString::to_string)), (Some(401), Some("401013".to_owned())));
    tokens.assert_calls_async(2).await;
    calls.assert_calls_async(2).await;
}

#[tokio::test]
async fn revoked_token_is_replaced() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    client.capping().list().await.expect("listed");
    emulator.state().revoke_tokens();
    client.capping().create(&capping_definition()).await.expect("created");
    assert_eq!(client.capping().list().await.expect("listed").len(), 1, "created once");
}

#[tokio::test]
async fn expired_token_is_replaced() {
    let clock = Arc::new(AtomicU64::new(0));
    let now = clock.clone();
    let emulator = Emulator::builder()
        .clock(move || Timestamp::from_millis(now.load(Ordering::Relaxed)))
        .start()
        .await
        .expect("an emulator");
    let client = emulator_client(&emulator, "prod");
    client.capping().list().await.expect("listed");
    // Only the service's clock advances by a day, so the client learns from a 401.
    clock.store(86_400_000, Ordering::Relaxed);
    client.capping().list().await.expect("listed");
}

#[tokio::test]
async fn rejected_static_token_is_not_replayed() {
    let server = MockServer::start_async().await;
    let calls = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(401).json_body(json!({"error_code": 401_013, "message": "Oauth token is not valid"}));
        })
        .await;
    let client = ajo_tests::client_for(&server.base_url());
    let error = client.capping().get(&uid("u-1")).await.expect_err("rejected");
    assert!(error.is_authentication());
    assert!(error.hint().expect("a hint").contains("fetch a new one"));
    calls.assert_calls_async(1).await;
}

#[tokio::test]
async fn token_endpoint_timeout_is_reported() {
    let server = MockServer::start_async().await;
    let tokens = server
        .mock_async(|when, then| {
            when.path("/ims/token/v3");
            then.status(200).delay(Duration::from_secs(2));
        })
        .await;
    let short_deadline = CallOptions::default().deadline(Duration::from_millis(200));
    let error = mock_client(&server).with_options(short_deadline).capping().list().await.expect_err("too late");
    assert!(matches!(error.kind(), ErrorKind::Auth(AuthError::Transport { .. })), "{error:?}");
    assert!(error.is_timeout() && error.is_retryable() && error.status().is_none(), "{error}");
    tokens.assert_calls_async(1).await;
}

#[test]
fn invalid_static_token_fails_the_build() {
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
async fn token_endpoint_errors_are_specific() {
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
    for (id, secret, scopes, kind, expected) in cases {
        let credentials = Credentials::new(id, secret, &org, scopes).expect("well-formed");
        let error = emulator_client_with(&emulator, "prod", credentials).capping().list().await.expect_err(expected);
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("capping list failed: no access token: the token endpoint responded {expected}")),
            "{text}"
        );
        assert!(
            matches!(error.kind(), ErrorKind::Auth(AuthError::Ims(ims)) if ims.kind == kind && ims.debug_id.is_some())
        );
        assert!(error.hint().is_some() && error.is_authentication() && !error.is_timeout());
        assert_eq!(error.status(), Some(400));
    }
    emulator_client_with(&emulator, "prod", good).capping().list().await.expect("accepted");
}
