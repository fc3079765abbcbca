//! Tests the native transport against a fake token endpoint.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ajo_auth::{
    AuthError, BaseUrl, Credentials, FileStore, ImsErrorKind, ManualRuntime, MemoryStore, Runtime as _, Secret,
    StoreError, StoreFuture, SystemRuntime, TokenProvider, TokenStore, TransportErrorKind, VersionedToken, http_client,
};
use httpmock::prelude::*;
use httpmock::{Method, Mock};
use serde_json::json;

const SECRET: &str = "s3cr3t-canary";

fn credentials() -> Credentials {
    Credentials::new("client-1", SECRET, "A1@AdobeOrg", "openid, AdobeID").expect("credentials")
}

fn provider_with_runtime(
    url: &str,
    credentials: Credentials,
    env: &Arc<ManualRuntime>,
    store: Option<Arc<dyn TokenStore>>,
) -> TokenProvider {
    let ims = BaseUrl::parse(url).expect("an endpoint");
    TokenProvider::with_runtime_and_store(credentials, &ims, http_client(&ims).expect("a client"), env.clone(), store)
}

fn manual_runtime() -> Arc<ManualRuntime> {
    Arc::new(ManualRuntime::new(0))
}

fn provider_at(url: &str) -> TokenProvider {
    provider_with_runtime(url, credentials(), &manual_runtime(), None)
}

fn provider(server: &MockServer) -> TokenProvider {
    provider_at(&server.base_url())
}

fn mock_token_endpoint(server: &MockServer, seconds: u64) -> Mock<'_> {
    mock_token_response(server, "abc", seconds)
}

fn mock_token_response<'s>(server: &'s MockServer, token: &str, seconds: u64) -> Mock<'s> {
    server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200).json_body(json!({"access_token": token, "token_type": "bearer", "expires_in": seconds}));
    })
}

/// Responds after 50 ms, so that other callers arrive in the meantime.
fn mock_slow_token_endpoint(server: &MockServer) -> Mock<'_> {
    server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200)
            .delay(Duration::from_millis(50))
            .json_body(json!({"access_token": "abc", "expires_in": 86399}));
    })
}

#[tokio::test]
async fn token_request_is_a_form() {
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
    let issued = provider(&server).token().await.expect("a token");
    assert_eq!((issued.token.value().expose(), issued.generation), ("abc", 1));
    mock.assert();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cold_callers_make_one_request() {
    let server = MockServer::start();
    let mock = mock_slow_token_endpoint(&server);
    let provider = provider(&server);
    let callers: Vec<_> = (0..10_000)
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

/// Each provider represents a process.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn store_lock_prevents_second_request() {
    let server = MockServer::start();
    let mock = mock_slow_token_endpoint(&server);
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
    let ims = BaseUrl::parse(&server.base_url()).expect("an endpoint");
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let (http, env) = (http_client(&ims).expect("a client"), Arc::new(SystemRuntime::default()));
            let provider = TokenProvider::with_runtime_and_store(credentials(), &ims, http, env, Some(store.clone()));
            tokio::spawn(async move { provider.token().await.expect("a token") })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.expect("no panic").token.value().expose(), "abc");
    }
    mock.assert_calls(1);
}

/// The lock of a process ends with it, so waiting for it is worth as long as a token request takes.
#[tokio::test]
async fn lock_wait_is_bounded() {
    let server = MockServer::start();
    let mock = mock_token_endpoint(&server, 3600);
    let ims = BaseUrl::parse(&server.base_url()).expect("an endpoint");
    let directory = tempfile::tempdir().expect("a directory");
    let memory: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
    let file = || Arc::new(FileStore::new(directory.path())) as Arc<dyn TokenStore>;
    let holder = file();
    let key = ajo_engine::store_key(&credentials(), &ims);
    for (store, other, deadline, waited) in [
        (file(), &holder, Duration::MAX, 12_000),
        (file(), &holder, Duration::from_secs(15), 5_000),
        (file(), &holder, Duration::from_secs(10), 2_500),
        (memory.clone(), &memory, Duration::MAX, 2_000),
        (memory.clone(), &memory, Duration::from_secs(6), 1_500),
    ] {
        let hour = Duration::from_secs(3600);
        let ticket = other.lock(&key, hour).await.expect("a response").expect("free");
        let env = manual_runtime();
        let provider = provider_with_runtime(&server.base_url(), credentials(), &env, Some(store));
        provider.token_until(deadline).await.expect("a token of its own");
        assert_eq!(env.elapsed().as_millis(), waited, "{deadline:?}");
        other.remove(&key).await.expect("removed");
        other.unlock(&key, &ticket).await.expect("released");
    }
    mock.assert_calls(5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn waiting_callers_share_the_error() {
    let server = MockServer::start();
    let mock = server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(400)
            .delay(Duration::from_millis(200))
            .header("x-debug-id", "debug-1")
            .json_body(json!({"error": "invalid_client", "error_description": "invalid client_secret parameter"}));
    });
    let provider = provider(&server);
    let callers: Vec<_> = (0..10_000)
        .map(|_| {
            let provider = provider.clone();
            tokio::spawn(async move { provider.token().await.expect_err("rejected") })
        })
        .collect();
    for caller in callers {
        let error = caller.await.expect("no panic");
        assert_eq!(
            error.to_string(),
            "the token endpoint responded 400 invalid_client: invalid client_secret parameter (debug id debug-1)"
        );
        assert!(matches!(&error, AuthError::Ims(ims) if ims.kind == ImsErrorKind::InvalidClient));
    }
    mock.assert_calls(1);
}

#[tokio::test]
async fn token_is_refreshed_early() {
    let server = MockServer::start();
    let mock = mock_token_endpoint(&server, 3600);
    let env = manual_runtime();
    let provider = provider_with_runtime(&server.base_url(), credentials(), &env, None);
    for (advance, calls) in [(0, 1), (3203, 1), (38, 2), (3000, 2)] {
        env.advance(Duration::from_secs(advance));
        provider.token().await.expect("a token");
        mock.assert_calls(calls);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refresh_does_not_block_other_callers() {
    let server = MockServer::start();
    let mut first = mock_token_endpoint(&server, 3600);
    let env = manual_runtime();
    let provider = provider_with_runtime(&server.base_url(), credentials(), &env, None);
    provider.token().await.expect("a token");
    first.delete();
    let second = server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200)
            .delay(Duration::from_millis(500))
            .json_body(json!({"access_token": "new", "expires_in": 3600}));
    });
    env.advance(Duration::from_secs(3300));
    let refreshing = tokio::spawn({
        let provider = provider.clone();
        async move { provider.token().await.expect("a token") }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..100 {
        let issued = tokio::time::timeout(Duration::from_millis(300), provider.token()).await.expect("at once");
        assert_eq!(issued.expect("a token").token.value().expose(), "abc");
    }
    let refreshed = refreshing.await.expect("no panic");
    assert_eq!((refreshed.token.value().expose(), refreshed.generation), ("new", 2));
    second.assert_calls(1);
}

#[tokio::test]
async fn failed_refresh_backs_off() {
    let server = MockServer::start();
    let mut working = mock_token_endpoint(&server, 3600);
    let env = manual_runtime();
    let provider = provider_with_runtime(&server.base_url(), credentials(), &env, None);
    provider.token().await.expect("a token");
    working.delete();
    let broken = server.mock(|when, then| {
        when.method(POST);
        then.status(500).header("retry-after", "20").json_body(json!({"error": "internal_error"}));
    });
    env.advance(Duration::from_secs(3300));
    for (advance, calls) in [(0, 1), (0, 1), (19, 1), (1, 2), (19, 2)] {
        env.advance(Duration::from_secs(advance));
        assert_eq!(provider.token().await.expect("the old token").generation, 1);
        broken.assert_calls(calls);
    }
    env.advance(Duration::from_secs(300));
    provider.token().await.expect_err("the old token has expired");
    broken.assert_calls(3);
    let error = provider.token().await.expect_err("the backoff is not over");
    assert_eq!(
        (error.retry_after(), provider.backoff_remaining()),
        (Some(Duration::from_secs(20)), Duration::from_secs(20))
    );
    assert!(error.is_retryable());
    broken.assert_calls(3);
}

#[tokio::test]
async fn late_rejection_keeps_the_new_token() {
    let server = MockServer::start();
    let mock = mock_token_endpoint(&server, 3600);
    let provider = provider(&server);
    let VersionedToken { generation, .. } = provider.token().await.expect("a token");
    assert!(provider.invalidate(generation));
    let second = provider.token().await.expect("a token").generation;
    assert_ne!(generation, second);
    assert!(provider.invalidate(generation));
    assert_eq!(provider.token().await.expect("a token").generation, second);
    mock.assert_calls(2);
}

#[tokio::test]
async fn static_token_is_never_replaced() {
    let provider = TokenProvider::from_static(&Secret::new(" abc\n")).expect("a token");
    assert_eq!(provider.token().await.expect("a token").token.value().expose(), "abc");
    assert!(!provider.invalidate(0));
    assert_eq!(TokenProvider::from_static(&Secret::new("a\nb")).err(), Some(AuthError::InvalidToken));
}

#[tokio::test]
async fn dropped_caller_releases_the_lease() {
    let server = MockServer::start();
    let mut slow = server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200).delay(Duration::from_secs(5)).json_body(json!({"access_token": "abc", "expires_in": 86399}));
    });
    let provider = provider(&server);
    tokio::time::timeout(Duration::from_millis(100), provider.token()).await.expect_err("too slow");
    slow.delete();
    mock_token_endpoint(&server, 3600);
    tokio::time::timeout(Duration::from_secs(4), provider.token()).await.expect("not blocked").expect("a token");
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let target = MockServer::start();
    let caught = target.mock(|when, then| {
        when.any_request();
        then.status(200);
    });
    let server = MockServer::start();
    for status in [301, 302, 303, 307, 308] {
        let mut mock = server.mock(|when, then| {
            when.method(POST).path("/ims/token/v3");
            then.status(status).header("location", target.url("/ims/token/v3"));
        });
        let error = provider(&server).token().await.expect_err("no token");
        assert!(matches!(&error, AuthError::Ims(ims) if ims.status == status), "{error}");
        mock.delete();
    }
    caught.assert_calls(0);
}

#[tokio::test]
async fn long_response_is_an_error() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(Method::POST);
        then.status(200).body("x".repeat(1024 * 1024));
    });
    let error = provider(&server).token().await.expect_err("too long");
    assert_eq!(error.to_string(), "no complete response from the token endpoint: the response is longer than 64 KiB");
}

/// The runtime's clock is paused and jumps to the next timer when all tasks are idle.
#[tokio::test(start_paused = true)]
async fn unresponsive_endpoint_times_out() {
    let unresponsive = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", unresponsive.local_addr().expect("an address"));
    let start = tokio::time::Instant::now();
    let error = provider_at(&url).token().await.expect_err("no response");
    assert!(matches!(&error, AuthError::Transport { kind: TransportErrorKind::Timeout, .. }), "{error:?}");
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn https_client_rejects_plain_http() {
    let ims = BaseUrl::parse("https://a.example").expect("an endpoint");
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
fn loopback_uses_no_proxy() {
    // Every request to this proxy fails. A test must not change its own environment, so this runs another test in a
    // child process.
    let (_socket, port) = crate::closed_port();
    let proxy = &format!("http://127.0.0.1:{port}");
    let child = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "provider::token_request_is_a_form"])
        .envs([("HTTP_PROXY", proxy), ("http_proxy", proxy), ("ALL_PROXY", proxy), ("all_proxy", proxy)])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .expect("a process");
    let printed = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && printed.contains("1 passed"), "{printed}");
}

#[tokio::test]
async fn refused_connection_has_its_cause() {
    let (_socket, port) = crate::closed_port();
    let error = provider_at(&format!("http://127.0.0.1:{port}")).token().await.expect_err("nobody listens");
    assert!(matches!(&error, AuthError::Transport { kind: TransportErrorKind::Connect, .. }), "{error:?}");
    assert!(error.to_string().starts_with("no connection to the token endpoint: "), "{error}");
    assert!(error.hint().expect("a hint").contains("URL of the token endpoint"));
}

#[tokio::test]
async fn debug_output_has_no_secrets() {
    let server = MockServer::start();
    let mut mock = mock_token_endpoint(&server, 3600);
    let provider = provider(&server);
    let issued = provider.token().await.expect("a token");
    let before = format!("{provider:?} {issued:?}");
    mock.delete();
    server.mock(|when, then| {
        when.method(POST);
        then.status(400).json_body(json!({"error": SECRET, "error_description": format!("got {SECRET}")}));
    });
    provider.invalidate(issued.generation);
    let error = provider.token().await.expect_err("rejected");
    let printed = format!("{before} {error} {error:?} {error:#?}");
    assert!(!printed.contains(SECRET) && !printed.contains("abc"), "{printed}");
    assert!(printed.contains("[redacted]"), "{printed}");
}

fn provider_with_two_secrets(server: &MockServer) -> TokenProvider {
    let text = r#"{"CLIENT_ID": "client-1", "CLIENT_SECRETS": ["first", "second"], "ORG_ID": "A1@AdobeOrg", "SCOPES": ["openid"]}"#;
    let credentials = Credentials::parse(text, None).expect("credentials");
    provider_with_runtime(&server.base_url(), credentials, &manual_runtime(), None)
}

fn mock_secret<'s>(server: &'s MockServer, secret: &str, accepted: bool) -> Mock<'s> {
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
async fn working_secret_is_used_first() {
    let server = MockServer::start();
    let (first, second) = (mock_secret(&server, "first", false), mock_secret(&server, "second", true));
    let provider = provider_with_two_secrets(&server);
    let issued = provider.token().await.expect("a token");
    provider.invalidate(issued.generation);
    provider.token().await.expect("a token");
    first.assert_calls(1);
    second.assert_calls(2);
}

#[tokio::test]
async fn other_secret_replaces_removed_one() {
    let server = MockServer::start();
    let mut first = mock_secret(&server, "first", true);
    let provider = provider_with_two_secrets(&server);
    let issued = provider.token().await.expect("a token");
    first.delete();
    mock_secret(&server, "first", false);
    mock_secret(&server, "second", true);
    provider.invalidate(issued.generation);
    provider.token().await.expect("a token");
}

#[tokio::test]
async fn other_errors_keep_the_secret() {
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
        provider_with_two_secrets(&server).token().await.expect_err("rejected");
        mock.assert_calls(1);
    }
    let server = MockServer::start();
    let (first, second) = (mock_secret(&server, "first", false), mock_secret(&server, "second", false));
    provider_with_two_secrets(&server).token().await.expect_err("both are rejected");
    first.assert_calls(1);
    second.assert_calls(1);
}

#[tokio::test]
async fn credentials_are_replaced_in_place() {
    let server = MockServer::start();
    let (first, second) = (mock_secret(&server, "first", false), mock_secret(&server, "second", true));
    let new =
        |client: &str, secret: &str, org: &str| Credentials::new(client, secret, org, "openid").expect("credentials");
    let provider =
        provider_with_runtime(&server.base_url(), new("client-1", "first", "A1@AdobeOrg"), &manual_runtime(), None);
    provider.token().await.expect_err("rejected");
    provider.replace_credentials(new("client-1", "second", "A1@AdobeOrg")).expect("replaced");
    let issued = provider.token().await.expect("the backoff is reset");
    first.assert_calls(1);
    provider.replace_credentials(new("client-1", "first", "A1@AdobeOrg")).expect("replaced");
    assert_eq!(provider.token().await.expect("the cached token").generation, issued.generation);
    for other in [new("client-2", "second", "A1@AdobeOrg"), new("client-1", "second", "B2@AdobeOrg")] {
        let error = provider.replace_credentials(other).expect_err("another client or organization");
        assert!(error.to_string().starts_with("the credentials cannot be replaced: "), "{error}");
    }
    let fewer = Credentials::new("client-1", "second", "A1@AdobeOrg", "AdobeID").expect("credentials");
    provider.replace_credentials(fewer).expect("replaced");
    assert_ne!(provider.token().await.expect("a token with the new scopes").generation, issued.generation);
    second.assert_calls(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replacement_during_a_request_is_used() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(POST).body_includes("client_secret=first&");
        then.status(400).delay(Duration::from_millis(200)).json_body(json!({"error": "invalid_client"}));
    });
    mock_secret(&server, "second", true);
    let new = |secret: &str| Credentials::new("client-1", secret, "A1@AdobeOrg", "openid").expect("credentials");
    let provider = provider_with_runtime(&server.base_url(), new("first"), &manual_runtime(), None);
    let waiting = tokio::spawn({
        let provider = provider.clone();
        async move { provider.token().await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(80)).await;
    provider.replace_credentials(new("second")).expect("replaced");
    waiting.await.expect("no panic").expect("a token for the new secret");
}

/// Accepts connections and never responds.
fn unresponsive_listener() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

/// A provider with a one-hour token in its store and an unresponsive token endpoint.
async fn provider_with_stored_token(env: &Arc<ManualRuntime>) -> (TokenProvider, std::net::TcpListener) {
    let (listener, url) = unresponsive_listener();
    let store = Arc::new(FlakyStore::default());
    let ims = BaseUrl::parse(&url).expect("an endpoint");
    let key = ajo_engine::store_key(&credentials(), &ims);
    let token =
        ajo_auth::AccessToken::new("old".into(), ajo_auth::Timestamp::from_millis(0), Duration::from_secs(3600));
    store
        .set(&key, &ajo_engine::encode_entry(&token.expect("a token")), Duration::from_secs(3600))
        .await
        .expect("stored");
    let provider = provider_with_runtime(&url, credentials(), env, Some(store));
    assert_eq!(provider.token().await.expect("the shared token").token.value().expose(), "old");
    (provider, listener)
}

/// The runtime's clock is paused and jumps to the next timer when all tasks are idle.
#[tokio::test(start_paused = true)]
async fn early_refresh_costs_two_seconds_once() {
    let env = manual_runtime();
    let (provider, _listener) = provider_with_stored_token(&env).await;
    env.advance(Duration::from_secs(3300));
    let start = tokio::time::Instant::now();
    for _ in 0..5 {
        assert_eq!(provider.token().await.expect("the old token").token.value().expose(), "old");
    }
    assert_eq!(start.elapsed().as_secs(), 2, "the first call waits, the others see the backoff");
    assert!(!provider.backoff_remaining().is_zero());
}

#[tokio::test(start_paused = true)]
async fn dropped_early_refresh_is_a_failure() {
    let env = manual_runtime();
    let (provider, _listener) = provider_with_stored_token(&env).await;
    env.advance(Duration::from_secs(3300));
    tokio::time::timeout(Duration::from_millis(100), provider.token()).await.expect_err("dropped");
    let start = tokio::time::Instant::now();
    provider.token().await.expect("the old token, at once");
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn own_stored_token_is_not_reused() {
    /// Always returns the maximum, so every refresh is as early as possible.
    struct EarliestRefreshEnv(Arc<ManualRuntime>);
    impl ajo_auth::Runtime for EarliestRefreshEnv {
        fn now(&self) -> ajo_auth::Timestamp {
            self.0.now()
        }
        fn elapsed(&self) -> Duration {
            self.0.elapsed()
        }
        fn sleep(&self, duration: Duration) -> ajo_auth::Sleep<'_> {
            self.0.sleep(duration)
        }
        fn random(&self) -> u64 {
            u64::MAX
        }
    }
    let server = MockServer::start();
    let first = mock_token_endpoint(&server, 3600);
    let env = manual_runtime();
    let ims = BaseUrl::parse(&server.base_url()).expect("an endpoint");
    let provider = TokenProvider::with_runtime_and_store(
        credentials(),
        &ims,
        http_client(&ims).expect("a client"),
        Arc::new(EarliestRefreshEnv(env.clone())),
        Some(Arc::new(FlakyStore::default())),
    );
    provider.token().await.expect("a token");
    // Due with this jitter, and not due without it.
    env.advance(Duration::from_secs(3220));
    let generations: Vec<u64> = [provider.token().await, provider.token().await, provider.token().await]
        .into_iter()
        .map(|issued| issued.expect("a token").generation)
        .collect();
    assert_eq!(generations, [2, 2, 2]);
    first.assert_calls(2);
}

#[tokio::test]
async fn token_with_old_scopes_is_ignored() {
    let server = MockServer::start();
    let fetched = mock_token_response(&server, "new-scopes", 3600);
    let store = Arc::new(FlakyStore { is_slow: true, ..FlakyStore::default() });
    let new = |scopes: &str| Credentials::new("client-1", SECRET, "A1@AdobeOrg", scopes).expect("credentials");
    let ims = BaseUrl::parse(&server.base_url()).expect("an endpoint");
    let old =
        ajo_auth::AccessToken::new("old-scopes".into(), ajo_auth::Timestamp::from_millis(0), Duration::from_secs(3600));
    let entry = ajo_engine::encode_entry(&old.expect("a token"));
    store.set(&ajo_engine::store_key(&new("old"), &ims), &entry, Duration::from_secs(3600)).await.expect("stored");
    let provider = provider_with_runtime(&server.base_url(), new("old"), &manual_runtime(), Some(store));
    let waiting = tokio::spawn({
        let provider = provider.clone();
        async move { provider.token().await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    provider.replace_credentials(new("new")).expect("replaced");
    let issued = waiting.await.expect("no panic").expect("a token");
    assert_eq!(issued.token.value().expose(), "new-scopes");
    fetched.assert_calls(1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_refresh_is_one_request() {
    let server = MockServer::start();
    let mock = mock_token_endpoint(&server, 3600);
    let env = manual_runtime();
    let provider = provider_with_runtime(&server.base_url(), credentials(), &env, None);
    for round in 1..=40 {
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let provider = provider.clone();
                tokio::spawn(async move { provider.token().await.map(drop) })
            })
            .collect();
        for caller in callers {
            caller.await.expect("no panic").expect("a token");
        }
        mock.assert_calls(round);
        env.advance(Duration::from_secs(3300));
    }
}

#[tokio::test(start_paused = true)]
async fn unresponsive_store_is_not_used_again() {
    let env = manual_runtime();
    let (_listener, url) = unresponsive_listener();
    let store = Arc::new(FlakyStore { hangs: true, ..FlakyStore::default() });
    let provider = provider_with_runtime(&url, credentials(), &env, Some(store.clone()));
    provider.token().await.expect_err("the endpoint does not respond either");
    env.advance(Duration::from_secs(5));
    provider.token().await.expect_err("still no response");
    assert_eq!(store.read_count.load(Ordering::Relaxed), 1, "within 30 s");
    env.advance(Duration::from_secs(60));
    provider.token().await.expect_err("still no response");
    assert_eq!(store.read_count.load(Ordering::Relaxed), 2);
}

/// A store in memory that can fail.
#[derive(Default)]
struct FlakyStore {
    entries: Mutex<Vec<(String, String, Duration)>>,
    fails: bool,
    hangs: bool,
    is_slow: bool,
    read_count: AtomicUsize,
}

impl TokenStore for FlakyStore {
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Secret>> {
        self.read_count.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if self.hangs {
                std::future::pending::<()>().await;
            }
            if self.is_slow {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            if self.fails {
                return Err(StoreError::new("the store", "it is broken"));
            }
            let entries = self.entries.lock().expect("not poisoned");
            Ok(entries.iter().rev().find(|(other, ..)| other == key).map(|(_, value, _)| Secret::new(value)))
        })
    }

    fn set<'a>(&'a self, key: &'a str, value: &'a Secret, lifetime: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            if self.fails {
                return Err(StoreError::new("the store", "it is broken"));
            }
            self.entries.lock().expect("not poisoned").push((key.to_owned(), value.expose().to_owned(), lifetime));
            Ok(())
        })
    }

    fn remove<'a>(&'a self, _: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn rejected_token_is_not_loaded_again() {
    let server = MockServer::start();
    let mut first = mock_token_response(&server, "first", 3600);
    let (env, store) = (manual_runtime(), Arc::new(FlakyStore::default()));
    let one = provider_with_runtime(&server.base_url(), credentials(), &env, Some(store.clone()));
    let other = provider_with_runtime(&server.base_url(), credentials(), &env, Some(store.clone()));
    one.token().await.expect("a token");
    let shared = other.token().await.expect("the same token");
    first.assert_calls(1);
    assert_eq!(
        store.entries.lock().expect("not poisoned")[0].2,
        Duration::from_secs(3600),
        "stored for the lifetime of the token"
    );
    first.delete();
    let second = mock_token_response(&server, "second", 3600);
    other.invalidate(shared.generation);
    other.token().await.expect("another token");
    second.assert_calls(1);
    env.advance(Duration::from_secs(3300));
    one.token().await.expect("refreshed early, for both");
    other.token().await.expect("the refreshed token");
    second.assert_calls(2);
    let keys = store.entries.lock().expect("not poisoned").iter().map(|(key, ..)| key.clone()).collect::<String>();
    assert!(!keys.contains(SECRET), "{keys}");
}

#[tokio::test]
async fn broken_store_never_fails_the_call() {
    let server = MockServer::start();
    mock_token_endpoint(&server, 3600);
    let broken = Arc::new(FlakyStore { fails: true, ..FlakyStore::default() });
    provider_with_runtime(&server.base_url(), credentials(), &manual_runtime(), Some(broken.clone()))
        .token()
        .await
        .expect("a token");
    assert_eq!(broken.read_count.load(Ordering::Relaxed), 1);

    let unresponsive = Arc::new(FlakyStore { hangs: true, ..FlakyStore::default() });
    provider_with_runtime(&server.base_url(), credentials(), &manual_runtime(), Some(unresponsive))
        .token()
        .await
        .expect("a token");

    let store = Arc::new(FlakyStore::default());
    provider_with_runtime(&server.base_url(), credentials(), &manual_runtime(), Some(store.clone()))
        .token()
        .await
        .expect("a token");
    for garbage in ["", "{}", "null", "\u{0}", "{\"version\": 1}"] {
        garbage.clone_into(&mut store.entries.lock().expect("not poisoned")[0].1);
        provider_with_runtime(&server.base_url(), credentials(), &manual_runtime(), Some(store.clone()))
            .token()
            .await
            .expect("a token");
    }
}
