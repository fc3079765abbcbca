//! The native driver of the token cache, against a fake token host.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ajo_auth::{
    AuthError, Credentials, Endpoint, ImsErrorKind, IssuedToken, MemoryStore, Secret, Simulated, StoreError,
    StoreFuture, System, TokenProvider, TokenStore, TransportProblem, http_client,
};
use httpmock::prelude::*;
use httpmock::{Method, Mock};
use serde_json::json;

const SECRET: &str = "s3cr3t-canary";

fn credentials() -> Credentials {
    Credentials::new("client-1", SECRET, "A1@AdobeOrg", "openid, AdobeID").expect("credentials")
}

fn build(
    url: &str,
    credentials: Credentials,
    world: &Arc<Simulated>,
    store: Option<Arc<dyn TokenStore>>,
) -> TokenProvider {
    let ims = Endpoint::parse(url).expect("an endpoint");
    TokenProvider::with(credentials, &ims, http_client(&ims).expect("a client"), world.clone(), store)
}

fn world() -> Arc<Simulated> {
    Arc::new(Simulated::new(0))
}

fn provider_at(url: &str) -> TokenProvider {
    build(url, credentials(), &world(), None)
}

fn provider(server: &MockServer) -> TokenProvider {
    provider_at(&server.base_url())
}

fn grants(server: &MockServer, seconds: u64) -> Mock<'_> {
    grants_this(server, "abc", seconds)
}

fn grants_this<'s>(server: &'s MockServer, token: &str, seconds: u64) -> Mock<'s> {
    server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200).json_body(json!({"access_token": token, "token_type": "bearer", "expires_in": seconds}));
    })
}

/// Grants a token after 50 ms, so that others come meanwhile.
fn slow_grants(server: &MockServer) -> Mock<'_> {
    server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200)
            .delay(Duration::from_millis(50))
            .json_body(json!({"access_token": "abc", "expires_in": 86399}));
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
async fn ten_thousand_cold_callers_make_one_request() {
    let server = MockServer::start();
    let mock = slow_grants(&server);
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

/// Each provider stands for a process.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_share_a_store_with_locks_request_one_token() {
    let server = MockServer::start();
    let mock = slow_grants(&server);
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::default());
    let ims = Endpoint::parse(&server.base_url()).expect("an endpoint");
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let (http, time) = (http_client(&ims).expect("a client"), Arc::new(System::default()));
            let provider = TokenProvider::with(credentials(), &ims, http, time, Some(store.clone()));
            tokio::spawn(async move { provider.token().await.expect("a token") })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.expect("no panic").token.value().expose(), "abc");
    }
    mock.assert_calls(1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_who_wait_for_a_failing_request_share_its_error() {
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
async fn a_token_is_kept_then_refreshed_ahead_of_its_end() {
    let server = MockServer::start();
    let mock = grants(&server, 3600);
    let world = world();
    let provider = build(&server.base_url(), credentials(), &world, None);
    for (advance, calls) in [(0, 1), (3203, 1), (38, 2), (3000, 2)] {
        world.advance(Duration::from_secs(advance));
        provider.token().await.expect("a token");
        mock.assert_calls(calls);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_one_caller_refreshes_the_others_get_the_old_token_at_once() {
    let server = MockServer::start();
    let mut first = grants(&server, 3600);
    let world = world();
    let provider = build(&server.base_url(), credentials(), &world, None);
    provider.token().await.expect("a token");
    first.delete();
    let second = server.mock(|when, then| {
        when.method(POST).path("/ims/token/v3");
        then.status(200)
            .delay(Duration::from_millis(500))
            .json_body(json!({"access_token": "new", "expires_in": 3600}));
    });
    world.advance(Duration::from_secs(3300));
    let refreshing = tokio::spawn({
        let provider = provider.clone();
        async move { provider.token().await.expect("a token") }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..100 {
        let granted = tokio::time::timeout(Duration::from_millis(300), provider.token()).await.expect("at once");
        assert_eq!(granted.expect("a token").token.value().expose(), "abc");
    }
    let refreshed = refreshing.await.expect("no panic");
    assert_eq!((refreshed.token.value().expose(), refreshed.generation), ("new", 2));
    second.assert_calls(1);
}

#[tokio::test]
async fn a_failed_refresh_leaves_the_old_token_and_is_not_repeated_before_the_cool_down() {
    let server = MockServer::start();
    let mut granting = grants(&server, 3600);
    let world = world();
    let provider = build(&server.base_url(), credentials(), &world, None);
    provider.token().await.expect("a token");
    granting.delete();
    let broken = server.mock(|when, then| {
        when.method(POST);
        then.status(500).header("retry-after", "20").json_body(json!({"error": "internal_error"}));
    });
    world.advance(Duration::from_secs(3300));
    for (advance, calls) in [(0, 1), (0, 1), (19, 1), (1, 2), (19, 2)] {
        world.advance(Duration::from_secs(advance));
        assert_eq!(provider.token().await.expect("the old one").generation, 1);
        broken.assert_calls(calls);
    }
    world.advance(Duration::from_secs(300));
    provider.token().await.expect_err("the old one is at its end");
    broken.assert_calls(3);
    let error = provider.token().await.expect_err("it cools down");
    assert_eq!(
        (error.retry_after(), provider.backoff_remaining()),
        (Some(Duration::from_secs(20)), Duration::from_secs(20))
    );
    assert!(error.is_retryable());
    broken.assert_calls(3);
}

#[tokio::test]
async fn an_invalid_token_is_replaced_and_a_late_refusal_spares_the_new_one() {
    let server = MockServer::start();
    let mock = grants(&server, 3600);
    let provider = provider(&server);
    let IssuedToken { generation, .. } = provider.token().await.expect("a token");
    assert!(provider.invalidate(generation));
    let second = provider.token().await.expect("a token").generation;
    assert_ne!(generation, second);
    assert!(provider.invalidate(generation));
    assert_eq!(provider.token().await.expect("a token").generation, second);
    mock.assert_calls(2);
}

#[tokio::test]
async fn a_token_given_ready_made_stays_the_same() {
    let provider = TokenProvider::from_static(&Secret::new(" abc\n")).expect("a token");
    assert_eq!(provider.token().await.expect("a token").token.value().expose(), "abc");
    assert!(!provider.invalidate(0));
    assert_eq!(TokenProvider::from_static(&Secret::new("a\nb")).err(), Some(AuthError::InvalidToken));
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
    let error = provider_at(&url).token().await.expect_err("no answer");
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
        .args(["--exact", "provider::the_request_is_a_form_with_nothing_in_the_url"])
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
    let error = provider_at("http://127.0.0.1:1").token().await.expect_err("nobody listens");
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
    build(&server.base_url(), credentials, &world(), None)
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

#[tokio::test]
async fn new_credentials_are_used_without_a_restart() {
    let server = MockServer::start();
    let (first, second) = (answers(&server, "first", false), answers(&server, "second", true));
    let of =
        |client: &str, secret: &str, org: &str| Credentials::new(client, secret, org, "openid").expect("credentials");
    let provider = build(&server.base_url(), of("client-1", "first", "A1@AdobeOrg"), &world(), None);
    provider.token().await.expect_err("refused");
    provider.replace(of("client-1", "second", "A1@AdobeOrg")).expect("replaced");
    let granted = provider.token().await.expect("the cool-down of the old secret is over");
    first.assert_calls(1);
    provider.replace(of("client-1", "first", "A1@AdobeOrg")).expect("replaced");
    assert_eq!(provider.token().await.expect("the token in use").generation, granted.generation);
    for other in [of("client-2", "second", "A1@AdobeOrg"), of("client-1", "second", "B2@AdobeOrg")] {
        let error = provider.replace(other).expect_err("another caller");
        assert!(error.to_string().starts_with("the credentials cannot be replaced: "), "{error}");
    }
    let fewer = Credentials::new("client-1", "second", "A1@AdobeOrg", "AdobeID").expect("credentials");
    provider.replace(fewer).expect("replaced");
    assert_ne!(provider.token().await.expect("a token with the new scopes").generation, granted.generation);
    second.assert_calls(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_that_are_replaced_during_a_request_are_used_in_its_place() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(POST).body_includes("client_secret=first&");
        then.status(400).delay(Duration::from_millis(200)).json_body(json!({"error": "invalid_client"}));
    });
    answers(&server, "second", true);
    let of = |secret: &str| Credentials::new("client-1", secret, "A1@AdobeOrg", "openid").expect("credentials");
    let provider = build(&server.base_url(), of("first"), &world(), None);
    let waiting = tokio::spawn({
        let provider = provider.clone();
        async move { provider.token().await.map(drop) }
    });
    tokio::time::sleep(Duration::from_millis(80)).await;
    provider.replace(of("second")).expect("replaced");
    waiting.await.expect("no panic").expect("a token by the new secret");
}

/// Without an answer, ever.
fn silent() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

/// A token of an hour in a store, for a provider whose token host does not answer.
async fn with_a_token_and_no_host(world: &Arc<Simulated>) -> (TokenProvider, std::net::TcpListener) {
    let (listener, url) = silent();
    let shelf = Arc::new(Shelf::default());
    let ims = Endpoint::parse(&url).expect("an endpoint");
    let key = ajo_engine::store_key(&credentials(), &ims);
    let token =
        ajo_auth::AccessToken::new("old".into(), ajo_auth::Timestamp::from_millis(0), Duration::from_secs(3600));
    shelf
        .set(&key, &ajo_engine::encode_entry(&token.expect("a token")), Duration::from_secs(3600))
        .await
        .expect("kept");
    let provider = build(&url, credentials(), world, Some(shelf));
    assert_eq!(provider.token().await.expect("the shared one").token.value().expose(), "old");
    (provider, listener)
}

/// The clock of the runtime stands still and jumps to the next timer when nothing else happens.
#[tokio::test(start_paused = true)]
async fn a_host_that_hangs_while_a_token_is_fetched_ahead_costs_two_seconds_once() {
    let world = world();
    let (provider, _listener) = with_a_token_and_no_host(&world).await;
    world.advance(Duration::from_secs(3300));
    let began = tokio::time::Instant::now();
    for _ in 0..5 {
        assert_eq!(provider.token().await.expect("the old one").token.value().expose(), "old");
    }
    assert_eq!(began.elapsed().as_secs(), 2, "the first one waits, the others find it cooling down");
    assert!(!provider.backoff_remaining().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_fetches_ahead_counts_as_a_failure() {
    let world = world();
    let (provider, _listener) = with_a_token_and_no_host(&world).await;
    world.advance(Duration::from_secs(3300));
    tokio::time::timeout(Duration::from_millis(100), provider.token()).await.expect_err("dropped");
    let began = tokio::time::Instant::now();
    provider.token().await.expect("the old one, at once");
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_provider_does_not_take_its_own_token_back_from_the_store() {
    /// Always the greatest number: every refresh is as early as can be.
    struct Early(Arc<Simulated>);
    impl ajo_auth::Surroundings for Early {
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
    let first = grants(&server, 3600);
    let world = world();
    let ims = Endpoint::parse(&server.base_url()).expect("an endpoint");
    let provider = TokenProvider::with(
        credentials(),
        &ims,
        http_client(&ims).expect("a client"),
        Arc::new(Early(world.clone())),
        Some(Arc::new(Shelf::default())),
    );
    provider.token().await.expect("a token");
    // Due by chance, and not due without it.
    world.advance(Duration::from_secs(3220));
    let generations: Vec<u64> = [provider.token().await, provider.token().await, provider.token().await]
        .into_iter()
        .map(|granted| granted.expect("a token").generation)
        .collect();
    assert_eq!(generations, [2, 2, 2]);
    first.assert_calls(2);
}

#[tokio::test]
async fn a_shared_token_of_the_old_scopes_is_not_taken_after_they_are_replaced() {
    let server = MockServer::start();
    let fetched = grants_this(&server, "of-new-scopes", 3600);
    let shelf = Arc::new(Shelf { slow: true, ..Shelf::default() });
    let of = |scopes: &str| Credentials::new("client-1", SECRET, "A1@AdobeOrg", scopes).expect("credentials");
    let ims = Endpoint::parse(&server.base_url()).expect("an endpoint");
    let old =
        ajo_auth::AccessToken::new("of-old".into(), ajo_auth::Timestamp::from_millis(0), Duration::from_secs(3600));
    let entry = ajo_engine::encode_entry(&old.expect("a token"));
    shelf.set(&ajo_engine::store_key(&of("old"), &ims), &entry, Duration::from_secs(3600)).await.expect("kept");
    let provider = build(&server.base_url(), of("old"), &world(), Some(shelf));
    let waiting = tokio::spawn({
        let provider = provider.clone();
        async move { provider.token().await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    provider.replace(of("new")).expect("replaced");
    let granted = waiting.await.expect("no panic").expect("a token");
    assert_eq!(granted.token.value().expose(), "of-new-scopes");
    fetched.assert_calls(1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hot_callers_make_one_request_for_each_refresh() {
    let server = MockServer::start();
    let mock = grants(&server, 3600);
    let world = world();
    let provider = build(&server.base_url(), credentials(), &world, None);
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
        world.advance(Duration::from_secs(3300));
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_is_left_alone_for_a_while() {
    let world = world();
    let (_listener, url) = silent();
    let shelf = Arc::new(Shelf { silent: true, ..Shelf::default() });
    let provider = build(&url, credentials(), &world, Some(shelf.clone()));
    provider.token().await.expect_err("the host does not answer either");
    world.advance(Duration::from_secs(5));
    provider.token().await.expect_err("nor now");
    assert_eq!(shelf.asked.load(Ordering::Relaxed), 1, "within half a minute");
    world.advance(Duration::from_secs(60));
    provider.token().await.expect_err("nor now");
    assert_eq!(shelf.asked.load(Ordering::Relaxed), 2);
}

/// A store in memory that can be broken.
#[derive(Default)]
struct Shelf {
    texts: Mutex<Vec<(String, String, Duration)>>,
    broken: bool,
    silent: bool,
    slow: bool,
    asked: AtomicUsize,
}

impl TokenStore for Shelf {
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<Secret>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if self.silent {
                std::future::pending::<()>().await;
            }
            if self.slow {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            if self.broken {
                return Err(StoreError::new("the shelf", "it is broken"));
            }
            let texts = self.texts.lock().expect("sound");
            Ok(texts.iter().rev().find(|(there, ..)| there == key).map(|(_, text, _)| Secret::new(text)))
        })
    }

    fn set<'a>(&'a self, key: &'a str, value: &'a Secret, lifetime: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            if self.broken {
                return Err(StoreError::new("the shelf", "it is broken"));
            }
            self.texts.lock().expect("sound").push((key.to_owned(), value.expose().to_owned(), lifetime));
            Ok(())
        })
    }

    fn remove<'a>(&'a self, _: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn a_stored_token_is_shared_and_never_the_one_that_was_refused() {
    let server = MockServer::start();
    let mut first = grants_this(&server, "first", 3600);
    let (world, shelf) = (world(), Arc::new(Shelf::default()));
    let one = build(&server.base_url(), credentials(), &world, Some(shelf.clone()));
    let other = build(&server.base_url(), credentials(), &world, Some(shelf.clone()));
    one.token().await.expect("a token");
    let shared = other.token().await.expect("the same token");
    first.assert_calls(1);
    assert_eq!(shelf.texts.lock().expect("sound")[0].2, Duration::from_secs(3600), "it is kept as long as it lives");
    first.delete();
    let second = grants_this(&server, "second", 3600);
    other.invalidate(shared.generation);
    other.token().await.expect("another token");
    second.assert_calls(1);
    world.advance(Duration::from_secs(3300));
    one.token().await.expect("refreshed ahead, for both");
    other.token().await.expect("the refreshed one");
    second.assert_calls(2);
    let keys = shelf.texts.lock().expect("sound").iter().map(|(key, ..)| key.clone()).collect::<String>();
    assert!(!keys.contains(SECRET), "{keys}");
}

#[tokio::test]
async fn a_store_that_fails_or_holds_rubbish_never_fails_the_call() {
    let server = MockServer::start();
    grants(&server, 3600);
    let broken = Arc::new(Shelf { broken: true, ..Shelf::default() });
    build(&server.base_url(), credentials(), &world(), Some(broken.clone())).token().await.expect("a token");
    assert_eq!(broken.asked.load(Ordering::Relaxed), 1);

    let silent = Arc::new(Shelf { silent: true, ..Shelf::default() });
    build(&server.base_url(), credentials(), &world(), Some(silent)).token().await.expect("a token");

    let shelf = Arc::new(Shelf::default());
    build(&server.base_url(), credentials(), &world(), Some(shelf.clone())).token().await.expect("a token");
    for rubbish in ["", "{}", "null", "\u{0}", "{\"version\": 1}"] {
        rubbish.clone_into(&mut shelf.texts.lock().expect("sound")[0].1);
        build(&server.base_url(), credentials(), &world(), Some(shelf.clone())).token().await.expect("a token");
    }
}
