//! Retries and limits of a client: rotated secrets, busy servers, lost responses, and dropped calls.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use ajo_auth::{Credentials, ManualRuntime, Runtime as _};
use ajo_core::{CallOptions, Client, ClientBuilder, ErrorKind, RetryPolicy};
use ajo_emulator::{Emulator, EmulatorSettings, RegisteredClient};
use ajo_tests::{ORG_ID, capping_definition, client_for};

/// A credential during a secret rotation: both secrets are valid.
fn rotating_credentials() -> (EmulatorSettings, Credentials) {
    let mut client = RegisteredClient::new("client-1", "old", ORG_ID, "openid");
    client.secrets.push("new".into());
    let text = format!(
        r#"{{"CLIENT_ID": "client-1", "CLIENT_SECRETS": ["old", "new"], "ORG_ID": "{ORG_ID}", "SCOPES": ["openid"]}}"#
    );
    let credentials = Credentials::parse(&text, None).expect("credentials");
    (EmulatorSettings { clients: vec![client], ..EmulatorSettings::default() }, credentials)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn secret_rotation_fails_no_call() {
    let (settings, credentials) = rotating_credentials();
    let emulator = Emulator::builder().settings(settings).start().await.expect("an emulator");
    let client = ajo_tests::emulator_client_with(&emulator, "prod", credentials);
    let done = Arc::new(AtomicU32::new(0));
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let (client, done) = (client.clone(), done.clone());
            tokio::spawn(async move {
                for _ in 0..50 {
                    client.capping().list().await.expect("no call fails");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    while done.load(Ordering::Relaxed) < 200 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    {
        // Revoking the secret also revokes the tokens issued for it.
        let mut state = emulator.state();
        state.client_mut("client-1").expect("the caller").secrets = vec!["new".into()];
        state.revoke_tokens();
    }
    assert!(done.load(Ordering::Relaxed) < 16 * 50, "calls were still to come");
    for caller in callers {
        caller.await.expect("no call fails");
    }
}

#[tokio::test]
async fn all_clones_use_new_credentials() {
    let emulator = Emulator::start().await.expect("an emulator");
    let good = emulator.credentials();
    let (id, org, scopes) = (good.client_id().to_string(), good.org_id().to_string(), good.scopes().to_string());
    let wrong = Credentials::new(&id, "wrong", &org, &scopes).expect("credentials");
    let client = ajo_tests::emulator_client_with(&emulator, "prod", wrong);
    let clone = client.with_options(CallOptions::default().attempts(1));
    clone.capping().list().await.expect_err("rejected");
    client.replace_credentials(good).expect("the same client id");
    clone.capping().list().await.expect("accepted");
    let other = Credentials::new("another", "s", &org, &scopes).expect("credentials");
    let error = client.replace_credentials(other).expect_err("another client id");
    assert!(error.to_string().contains("another client id") && error.hint().is_some(), "{error}");
    clone.capping().list().await.expect("the earlier credentials stay in use");
}

/// Polls a future at most `steps` times, then drops it. Returns whether it has completed.
async fn poll_then_drop<F: Future>(steps: usize, future: F) -> bool {
    let mut future = pin!(future);
    let mut left = steps;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        let ended = future.as_mut().poll(context).map(|_| true);
        if ended.is_pending() && left == 0 { Poll::Ready(false) } else { ended }
    })
    .await
}

#[tokio::test]
async fn dropped_call_leaves_no_trace() {
    let emulator = Emulator::start().await.expect("an emulator");
    let runtime = Arc::new(ManualRuntime::new(0));
    let build = || {
        let builder = Client::builder().credentials(emulator.credentials()).sandbox("prod");
        let builder = builder.base_url(&emulator.base_url()).ims_url(&emulator.ims_url());
        builder.max_concurrent_requests(1).runtime(runtime.clone()).build().expect("a client")
    };
    let mut ended = 0;
    for steps in 0.. {
        // A new client each time, so that the call can be dropped at the token, the connection, and the response.
        let client = build();
        if poll_then_drop(steps, client.capping().list().into_future()).await {
            ended += 1;
        }
        // The client has one permit, one lease, and one budget. If the dropped call leaked one, the next call would
        // block or fail.
        let whole = tokio::time::timeout(Duration::from_secs(5), client.capping().list());
        whole.await.expect("not blocked").expect("listed");
        if ended == 3 {
            assert!(steps > 6, "the call only had {steps} steps");
            return;
        }
        assert!(steps < 200, "the call never ends");
    }
}

#[tokio::test]
async fn dropped_backoff_costs_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = Client::builder()
        .credentials(emulator.credentials())
        .sandbox("prod")
        .base_url(&emulator.base_url())
        .ims_url(&emulator.ims_url())
        .retry(RetryPolicy { throttled_base_delay: Duration::from_secs(20), ..RetryPolicy::default() })
        .build()
        .expect("a client");
    client.capping().list().await.expect("listed");
    emulator.state().add_fault("*.*=gateway:503000".parse().expect("a fault")).expect("room");
    // Many more calls than the budget has retries. Each is dropped while it waits for its retry.
    for _ in 0..20 {
        let waiting = tokio::time::timeout(Duration::from_millis(20), client.capping().list().into_future());
        waiting.await.map(|ended| ended.expect_err("rejected").attempts()).ok();
    }
    let short_deadline = client.with_options(CallOptions::default().deadline(Duration::from_secs(25)));
    let waiting = tokio::time::timeout(Duration::from_millis(50), short_deadline.capping().list().into_future()).await;
    waiting.map(|ended| ended.map(drop)).expect_err("it waits for its retry, so the budget still has one");
}

/// A status, header lines, and a body.
type ScriptedResponse = (u16, &'static str, &'static str);

/// A fake gateway that sends these responses in order and then repeats the last one. Returns its URL and a request
/// counter.
async fn fake_gateway(responses: &[ScriptedResponse]) -> (String, Arc<AtomicU32>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let requests = Arc::new(AtomicU32::new(0));
    let (count, responses) = (requests.clone(), responses.to_vec());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            // The requests of these tests fit in one read.
            let _ = connection.read(&mut request).await;
            let number = count.fetch_add(1, Ordering::Relaxed) as usize;
            let (status, headers, body) = responses[number.min(responses.len() - 1)];
            let length = body.len();
            let response =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}");
            let _ = connection.write_all(response.as_bytes()).await;
        }
    });
    (url, requests)
}

fn client_with_manual_runtime(url: &str) -> (ClientBuilder, Arc<ManualRuntime>) {
    let runtime = Arc::new(ManualRuntime::new(7));
    let builder = Client::builder()
        .access_token("token".into(), "client-1", ORG_ID)
        .sandbox("prod")
        .base_url(url)
        .runtime(runtime.clone());
    (builder, runtime)
}

const TOO_MANY_REQUESTS: ScriptedResponse = (429, "retry-after: 7\r\n", "");
const EMPTY_LIST: ScriptedResponse = (200, "", r#"{"results": []}"#);

#[tokio::test]
async fn retry_after_is_respected() {
    let (url, requests) = fake_gateway(&[TOO_MANY_REQUESTS, TOO_MANY_REQUESTS, EMPTY_LIST]).await;
    let (builder, runtime) = client_with_manual_runtime(&url);
    let response = builder.build().expect("a client").capping().list().response().await.expect("listed");
    assert_eq!((response.attempts, requests.load(Ordering::Relaxed)), (3, 3));
    // Twice seven seconds, plus jitter of up to one and up to two seconds.
    assert!((14..=17).contains(&runtime.elapsed().as_secs()), "{:?}", runtime.elapsed());
    assert_eq!(response.elapsed, runtime.elapsed());
}

#[tokio::test]
async fn long_retry_after_ends_the_call() {
    let (url, requests) = fake_gateway(&[(429, "retry-after: 2400\r\n", "")]).await;
    let (builder, runtime) = client_with_manual_runtime(&url);
    let error = builder.build().expect("a client").capping().list().await.expect_err("busy");
    assert_eq!((error.retry_after(), error.attempts()), (Some(Duration::from_secs(2400)), 1));
    assert!(error.to_string().contains("retry after 2400 s") && error.is_retryable(), "{error}");

    let (url, other_requests) = fake_gateway(&[TOO_MANY_REQUESTS]).await;
    let (builder, _) = client_with_manual_runtime(&url);
    let error = builder.deadline(Duration::from_secs(5)).build().expect("a client").capping().list().await;
    assert_eq!(error.expect_err("busy").retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(
        (runtime.elapsed(), requests.load(Ordering::Relaxed), other_requests.load(Ordering::Relaxed)),
        (Duration::ZERO, 1, 1)
    );
}

#[tokio::test]
async fn create_is_retried_only_after_429() {
    let created: ScriptedResponse = (200, "", r#"{"uid": "u-1"}"#);
    let (url, requests) = fake_gateway(&[(429, "", ""), created]).await;
    client_with_manual_runtime(&url)
        .0
        .build()
        .expect("a client")
        .capping()
        .create(&capping_definition())
        .await
        .expect("created");
    assert_eq!(requests.load(Ordering::Relaxed), 2);
    for responses in
        [&[(500, "", ""), (200, "", r#"{"uid": "u-1"}"#)], &[(503, "", ""), (200, "", r#"{"uid": "u-1"}"#)]]
    {
        let (url, requests) = fake_gateway(responses).await;
        let error = client_with_manual_runtime(&url)
            .0
            .build()
            .expect("a client")
            .capping()
            .create(&capping_definition())
            .await
            .expect_err("rejected");
        assert_eq!((requests.load(Ordering::Relaxed), error.is_retryable()), (1, false));
    }
}

#[tokio::test]
async fn delete_404_after_lost_response() {
    for (first, lost) in [((503, "", ""), true), ((502, "", "<html>"), true), ((429, "", ""), false)] {
        let (url, requests) = fake_gateway(&[first, (404, "", r#"{"status": 404, "error": "gone"}"#)]).await;
        let client = client_with_manual_runtime(&url).0.build().expect("a client");
        let deleted =
            client.capping().delete(&ajo_tests::uid("u-1"), ajo_core::DeleteOptions::default()).response().await;
        assert_eq!(requests.load(Ordering::Relaxed), 2);
        match deleted {
            Ok(response) => {
                assert_eq!((lost, response.already_applied, response.status, response.attempts), (true, true, 404, 2));
            }
            // A 429 proves that the first attempt was not processed, so another client has deleted it.
            Err(error) => assert_eq!((lost, error.status(), error.attempts()), (false, Some(404), 2)),
        }
    }
}

#[tokio::test]
async fn clones_share_the_retry_budget() {
    let (url, requests) = fake_gateway(&[(503, "", "")]).await;
    let (builder, _) = client_with_manual_runtime(&url);
    let client = builder.build().expect("a client");
    for _ in 0..100 {
        client.clone().capping().list().await.expect_err("unavailable");
    }
    assert_eq!(requests.load(Ordering::Relaxed), 105, "five retries for all of them");
}

#[tokio::test]
async fn rate_limit_spaces_calls() {
    let (url, requests) = fake_gateway(&[EMPTY_LIST]).await;
    let (builder, runtime) = client_with_manual_runtime(&url);
    let client = builder.max_requests_per_second(4).build().expect("a client");
    for _ in 0..9 {
        client.capping().list().await.expect("listed");
    }
    assert_eq!(runtime.elapsed(), Duration::from_secs(2), "the first call at once, the others 250 ms apart");
    // A call that would wait beyond its deadline is not sent.
    let short_deadline = client.with_options(CallOptions::default().deadline(Duration::from_millis(100)).attempts(1));
    let error = short_deadline.capping().list().await.expect_err("too late");
    assert!(
        matches!(error.kind(), ErrorKind::DeadlineExceeded(why) if why.contains("limits of the client")),
        "{error}"
    );
    assert_eq!(requests.load(Ordering::Relaxed), 9);
    for nothing in [Client::builder().max_requests_per_second(0), Client::builder().max_concurrent_requests(0)] {
        nothing.access_token("t".into(), "c", ORG_ID).sandbox("prod").build().expect_err("no call could be sent");
    }
}

#[tokio::test]
async fn dropped_call_returns_its_slot() {
    let (url, requests) = fake_gateway(&[EMPTY_LIST]).await;
    let builder = Client::builder().access_token("token".into(), "client-1", ORG_ID).sandbox("prod").base_url(&url);
    let client = builder.max_requests_per_second(2).build().expect("a client");
    client.capping().list().await.expect("the first call at once");
    for _ in 0..ajo_tests::sample_count(20, 50) {
        tokio::time::timeout(Duration::from_millis(2), client.capping().list().into_future()).await.map(drop).ok();
    }
    let whole = tokio::time::timeout(Duration::from_secs(2), client.capping().list().into_future());
    whole.await.expect("not delayed by the dropped calls").expect("listed");
    assert_eq!(requests.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn unsent_call_has_its_own_error() {
    let (url, requests) = fake_gateway(&[EMPTY_LIST]).await;
    let (builder, _) = client_with_manual_runtime(&url);
    let client = builder.max_requests_per_second(1).build().expect("a client");
    client.capping().list().await.expect("listed");
    let short_deadline = client.with_options(CallOptions::default().deadline(Duration::from_millis(100)));
    let error = short_deadline.capping().create(&capping_definition()).await.expect_err("no slot before the deadline");
    assert!(matches!(error.kind(), ErrorKind::DeadlineExceeded(_)) && error.is_retryable(), "{error}");
    assert_eq!((error.attempts(), error.request_id(), requests.load(Ordering::Relaxed)), (0, None, 1));
    assert!(error.hint().is_some_and(|hint| hint.starts_with("nothing was sent")), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrency_limit_is_respected() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (current, peak) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let counters = (current.clone(), peak.clone());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let (current, peak) = counters.clone();
            tokio::spawn(async move {
                let _ = connection.read(&mut [0; 4096]).await;
                peak.fetch_max(current.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(30)).await;
                current.fetch_sub(1, Ordering::SeqCst);
                let response = "HTTP/1.1 200 OK\r\ncontent-length: 14\r\nconnection: close\r\n\r\n{\"results\":[]}";
                let _ = connection.write_all(response.as_bytes()).await;
            });
        }
    });
    let builder = Client::builder().access_token("token".into(), "client-1", ORG_ID).sandbox("prod").base_url(&url);
    let client = builder.max_concurrent_requests(2).build().expect("a client");
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.capping().list().await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("listed");
    }
    assert_eq!(peak.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn second_rejection_stops_the_refresh() {
    let emulator = Emulator::start().await.expect("an emulator");
    let server = httpmock::MockServer::start_async().await;
    let tokens = server
        .mock_async(|when, then| {
            when.path("/ims/token/v3");
            then.status(200).json_body(serde_json::json!({"access_token": "abc", "expires_in": 86399}));
        })
        .await;
    let calls = server
        .mock_async(|when, then| {
            when.path_includes("endpointConfigs");
            then.status(401)
                .json_body(serde_json::json!({"error_code": "401013", "message": "Oauth token is not valid"}));
        })
        .await;
    let client = Client::builder()
        .credentials(emulator.credentials())
        .sandbox("prod")
        .base_url(&server.base_url())
        .ims_url(&server.base_url())
        .build()
        .expect("a client");
    for _ in 0..3 {
        assert_eq!(client.capping().list().await.expect_err("never accepted").status(), Some(401));
    }
    tokens.assert_calls_async(2).await;
    calls.assert_calls_async(4).await;
}

#[tokio::test]
async fn request_id_is_generated_or_set() {
    let server = httpmock::MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.header("x-request-id", "release-12").header("x-team", "limits");
            then.status(200).json_body(serde_json::json!({"results": []}));
        })
        .await;
    let client = client_for(&server.base_url()).with_options(CallOptions::default().attempts(1));
    let ids: Vec<String> = [client.capping().list().await, client.capping().list().await]
        .into_iter()
        .map(|result| result.expect_err("no mock").request_id().expect("an id").to_owned())
        .collect();
    assert!(ids[0].len() == 36 && ids[0] != ids[1], "{ids:?}");
    let options = CallOptions::default().request_id("release-12").expect("an id").header("x-team", "limits");
    let named = client.with_options(options.expect("a header"));
    let response = named.capping().list().response().await.expect("listed");
    assert_eq!(response.request_id.as_deref(), Some("release-12"), "the server sends none of its own");
    mock.assert_async().await;
}
