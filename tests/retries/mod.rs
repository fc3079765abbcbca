//! What a client goes through without its caller noticing: secrets that are rotated, servers that are busy, calls that are
//! dropped half-way.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;

use ajo_auth::{Credentials, Simulated, Surroundings as _};
use ajo_core::{CallOptions, Client, ClientBuilder, ErrorKind, RetryPolicy};
use ajo_emulator::{Caller, Emulator, Settings};
use ajo_tests::{ORG_ID, capping, client_of};

/// A credential while its secret is being replaced: both are valid.
fn with_two_secrets() -> (Settings, Credentials) {
    let mut caller = Caller::new("client-1", "old", ORG_ID, "openid");
    caller.secrets.push("new".into());
    let text = format!(
        r#"{{"CLIENT_ID": "client-1", "CLIENT_SECRETS": ["old", "new"], "ORG_ID": "{ORG_ID}", "SCOPES": ["openid"]}}"#
    );
    let credentials = Credentials::from_text(&text, None).expect("credentials");
    (Settings { callers: vec![caller], ..Settings::default() }, credentials)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_first_secret_is_revoked_while_calls_run_and_no_call_fails() {
    let (settings, credentials) = with_two_secrets();
    let emulator = Emulator::builder().settings(settings).start().await.expect("an emulator");
    let client = ajo_tests::with_credentials(&emulator, "prod", credentials);
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
        // With the secret goes what was granted by it.
        let mut world = emulator.world();
        world.caller_mut("client-1").expect("the caller").secrets = vec!["new".into()];
        world.revoke_tokens();
    }
    assert!(done.load(Ordering::Relaxed) < 16 * 50, "calls were still to come");
    for caller in callers {
        caller.await.expect("no call fails");
    }
}

#[tokio::test]
async fn credentials_are_replaced_for_all_clones_of_a_client() {
    let emulator = Emulator::start().await.expect("an emulator");
    let good = emulator.credentials();
    let (id, org, scopes) = (good.client_id().to_string(), good.org_id().to_string(), good.scopes().to_string());
    let wrong = Credentials::new(&id, "wrong", &org, &scopes).expect("credentials");
    let client = ajo_tests::with_credentials(&emulator, "prod", wrong);
    let clone = client.with_options(CallOptions::default().attempts(1));
    clone.capping().list().await.expect_err("refused");
    client.replace_credentials(good).expect("of the same client");
    clone.capping().list().await.expect("accepted");
    let other = Credentials::new("another", "s", &org, &scopes).expect("credentials");
    let error = client.replace_credentials(other).expect_err("another client id");
    assert!(error.to_string().contains("another client id") && error.hint().is_some(), "{error}");
    clone.capping().list().await.expect("the ones before stay in use");
}

/// Lets a future go on so many times, then drops it. Whether it had ended by then.
async fn dropped_after<F: Future>(steps: usize, future: F) -> bool {
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
async fn a_call_can_be_dropped_at_any_point_and_the_next_one_finds_all_sound() {
    let emulator = Emulator::start().await.expect("an emulator");
    let world = Arc::new(Simulated::new(0));
    let build = || {
        let builder = Client::builder().credentials(emulator.credentials()).sandbox("prod");
        let builder = builder.base_url(&emulator.base_url()).ims_url(&emulator.ims_url());
        builder.max_concurrent_requests(1).surroundings(world.clone()).build().expect("a client")
    };
    let mut ended = 0;
    for steps in 0.. {
        // Cold, so that every step of the way is there to be dropped at: a token, a connection, an answer.
        let client = build();
        if dropped_after(steps, client.capping().list().into_future()).await {
            ended += 1;
        }
        // One place, one turn for the token, one budget: any of them lost would stop or fail what follows.
        let whole = tokio::time::timeout(Duration::from_secs(5), client.capping().list());
        whole.await.expect("not blocked").expect("listed");
        if ended == 3 {
            assert!(steps > 6, "only {steps} steps were there to be dropped at");
            return;
        }
        assert!(steps < 200, "the call never ends");
    }
}

#[tokio::test]
async fn dropped_waits_for_a_repetition_cost_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let client = Client::builder()
        .credentials(emulator.credentials())
        .sandbox("prod")
        .base_url(&emulator.base_url())
        .ims_url(&emulator.ims_url())
        .retry(RetryPolicy { base_when_busy: Duration::from_secs(20), ..RetryPolicy::default() })
        .build()
        .expect("a client");
    client.capping().list().await.expect("listed");
    emulator.world().add_fault("*.*=gateway:503000".parse().expect("a fault")).expect("room");
    // Far more than the budget has; each is dropped while it waits.
    for _ in 0..20 {
        let waiting = tokio::time::timeout(Duration::from_millis(20), client.capping().list().into_future());
        waiting.await.map(|ended| ended.expect_err("refused").attempts()).ok();
    }
    let hasty = client.with_options(CallOptions::default().deadline(Duration::from_secs(25)));
    let waiting = tokio::time::timeout(Duration::from_millis(50), hasty.capping().list().into_future()).await;
    waiting.map(|ended| ended.map(drop)).expect_err("it waits for its repetition, so the budget still has one");
}

/// A status, header lines, and a body.
type Scripted = (u16, &'static str, &'static str);

/// A fake gateway that answers what is next on its list, and the last one for ever.
async fn gateway(answers: &[Scripted]) -> (String, Arc<AtomicU32>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::new(AtomicU32::new(0));
    let (count, answers) = (asked.clone(), answers.to_vec());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            // The requests of these tests come in one piece.
            let _ = connection.read(&mut request).await;
            let number = count.fetch_add(1, Ordering::Relaxed) as usize;
            let (status, headers, body) = answers[number.min(answers.len() - 1)];
            let length = body.len();
            let answer =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}");
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    (url, asked)
}

fn simulated(url: &str) -> (ClientBuilder, Arc<Simulated>) {
    let world = Arc::new(Simulated::new(7));
    let builder = Client::builder()
        .access_token("token".into(), "client-1", ORG_ID)
        .sandbox("prod")
        .base_url(url)
        .surroundings(world.clone());
    (builder, world)
}

const BUSY: Scripted = (429, "retry-after: 7\r\n", "");
const EMPTY: Scripted = (200, "", r#"{"results": []}"#);

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_said_and_the_answer_tells_how_often() {
    let (url, asked) = gateway(&[BUSY, BUSY, EMPTY]).await;
    let (builder, world) = simulated(&url);
    let answer = builder.build().expect("a client").capping().list().response().await.expect("listed");
    assert_eq!((answer.attempts, asked.load(Ordering::Relaxed)), (3, 3));
    // Twice the seven seconds, and by chance up to one and up to two more.
    assert!((14..=17).contains(&world.elapsed().as_secs()), "{:?}", world.elapsed());
    assert_eq!(answer.elapsed, world.elapsed());
}

#[tokio::test]
async fn a_wait_beyond_the_limit_or_the_deadline_ends_the_call_at_once_and_is_told() {
    let (url, asked) = gateway(&[(429, "retry-after: 2400\r\n", "")]).await;
    let (builder, world) = simulated(&url);
    let error = builder.build().expect("a client").capping().list().await.expect_err("busy");
    assert_eq!((error.retry_after(), error.attempts()), (Some(Duration::from_secs(2400)), 1));
    assert!(error.to_string().contains("not before 2400 s from now") && error.is_retryable(), "{error}");

    let (url, asked_of_other) = gateway(&[BUSY]).await;
    let (builder, _) = simulated(&url);
    let error = builder.deadline(Duration::from_secs(5)).build().expect("a client").capping().list().await;
    assert_eq!(error.expect_err("busy").retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(
        (world.elapsed(), asked.load(Ordering::Relaxed), asked_of_other.load(Ordering::Relaxed)),
        (Duration::ZERO, 1, 1)
    );
}

#[tokio::test]
async fn a_creation_is_repeated_after_429_and_after_nothing_else_that_was_answered() {
    let created: Scripted = (200, "", r#"{"uid": "u-1"}"#);
    let (url, asked) = gateway(&[(429, "", ""), created]).await;
    simulated(&url).0.build().expect("a client").capping().create(&capping()).await.expect("created");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    for answers in [&[(500, "", ""), (200, "", r#"{"uid": "u-1"}"#)], &[(503, "", ""), (200, "", r#"{"uid": "u-1"}"#)]]
    {
        let (url, asked) = gateway(answers).await;
        let error =
            simulated(&url).0.build().expect("a client").capping().create(&capping()).await.expect_err("refused");
        assert_eq!((asked.load(Ordering::Relaxed), error.is_retryable()), (1, false));
    }
}

#[tokio::test]
async fn a_delete_whose_answer_was_lost_and_that_then_finds_nothing_has_succeeded_and_says_so() {
    for (first, lost) in [((503, "", ""), true), ((502, "", "<html>"), true), ((429, "", ""), false)] {
        let (url, asked) = gateway(&[first, (404, "", r#"{"status": 404, "error": "gone"}"#)]).await;
        let client = simulated(&url).0.build().expect("a client");
        let deleted =
            client.capping().delete(&ajo_tests::uid("u-1"), ajo_core::DeleteOptions::default()).response().await;
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        match deleted {
            Ok(answer) => assert_eq!((lost, answer.done_before, answer.status, answer.attempts), (true, true, 404, 2)),
            // A 429 was not carried out, so somebody else has deleted it.
            Err(error) => assert_eq!((lost, error.status(), error.attempts()), (false, Some(404), 2)),
        }
    }
}

#[tokio::test]
async fn an_outage_is_not_multiplied_by_the_clones_of_a_client() {
    let (url, asked) = gateway(&[(503, "", "")]).await;
    let (builder, _) = simulated(&url);
    let client = builder.build().expect("a client");
    for _ in 0..100 {
        client.clone().capping().list().await.expect_err("out of order");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 105, "five repetitions for all of them");
}

#[tokio::test]
async fn a_client_keeps_to_its_own_limits() {
    let (url, asked) = gateway(&[EMPTY]).await;
    let (builder, world) = simulated(&url);
    let client = builder.max_requests_per_second(4).build().expect("a client");
    for _ in 0..9 {
        client.capping().list().await.expect("listed");
    }
    assert_eq!(world.elapsed(), Duration::from_secs(2), "the first at once, the others a quarter of a second apart");
    // A call that would wait beyond its deadline is not begun.
    let hasty = client.with_options(CallOptions::default().deadline(Duration::from_millis(100)).attempts(1));
    let error = hasty.capping().list().await.expect_err("too late");
    assert!(matches!(error.kind(), ErrorKind::NotSent(why) if why.contains("this client's own limits")), "{error}");
    assert_eq!(asked.load(Ordering::Relaxed), 9);
    for nothing in [Client::builder().max_requests_per_second(0), Client::builder().max_concurrent_requests(0)] {
        nothing.access_token("t".into(), "c", ORG_ID).sandbox("prod").build().expect_err("no call would be let go");
    }
}

#[tokio::test]
async fn calls_that_are_dropped_while_they_wait_take_no_place_from_others() {
    let (url, asked) = gateway(&[EMPTY]).await;
    let builder = Client::builder().access_token("token".into(), "client-1", ORG_ID).sandbox("prod").base_url(&url);
    let client = builder.max_requests_per_second(2).build().expect("a client");
    client.capping().list().await.expect("the first at once");
    for _ in 0..ajo_tests::sample(20, 50) {
        tokio::time::timeout(Duration::from_millis(2), client.capping().list().into_future()).await.map(drop).ok();
    }
    let whole = tokio::time::timeout(Duration::from_secs(2), client.capping().list().into_future());
    whole.await.expect("not behind the others").expect("listed");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn what_was_not_sent_is_told_from_what_was_not_answered() {
    let (url, asked) = gateway(&[EMPTY]).await;
    let (builder, _) = simulated(&url);
    let client = builder.max_requests_per_second(1).build().expect("a client");
    client.capping().list().await.expect("listed");
    let hasty = client.with_options(CallOptions::default().deadline(Duration::from_millis(100)));
    let error = hasty.capping().create(&capping()).await.expect_err("not its turn");
    assert!(matches!(error.kind(), ErrorKind::NotSent(_)) && error.is_retryable(), "{error}");
    assert_eq!((error.attempts(), error.request_id(), asked.load(Ordering::Relaxed)), (0, None, 1));
    assert!(error.hint().is_some_and(|hint| hint.starts_with("nothing was sent")), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_calls_are_under_way_than_allowed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let counted = (now.clone(), most.clone());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let (now, most) = counted.clone();
            tokio::spawn(async move {
                let _ = connection.read(&mut [0; 4096]).await;
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(30)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 14\r\nconnection: close\r\n\r\n{\"results\":[]}";
                let _ = connection.write_all(answer.as_bytes()).await;
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
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_gateway_that_refuses_every_token_gets_two_and_no_more_for_half_a_minute() {
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
async fn each_call_has_a_request_id_of_its_own_or_the_one_it_is_given() {
    let server = httpmock::MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.header("x-request-id", "release-12").header("x-team", "limits");
            then.status(200).json_body(serde_json::json!({"results": []}));
        })
        .await;
    let client = client_of(&server.base_url()).with_options(CallOptions::default().attempts(1));
    let ids: Vec<String> = [client.capping().list().await, client.capping().list().await]
        .into_iter()
        .map(|result| result.expect_err("no mock").request_id().expect("an id").to_owned())
        .collect();
    assert!(ids[0].len() == 36 && ids[0] != ids[1], "{ids:?}");
    let options = CallOptions::default().request_id("release-12").expect("an id").header("x-team", "limits");
    let named = client.with_options(options.expect("a header"));
    let answer = named.capping().list().response().await.expect("listed");
    assert_eq!(answer.request_id.as_deref(), Some("release-12"), "the server names none of its own");
    mock.assert_async().await;
}
