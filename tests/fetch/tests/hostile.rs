//! A `fetch` that does what mocks, runtimes and networks do, and worse. Every call ends, with an error that says why.

use std::error::Error as _;
use std::time::Duration;

use ajo_auth::fetch::Thrown;
use ajo_core::fetch::Client;
use ajo_core::{CappingDefinition, Error, ErrorKind, Secret};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::script::{Fetch, number, pause, text};

const GOOD: &str = r#"'{"results": [{"uid": "u-1"}]}'"#;

fn client() -> Client {
    Client::builder()
        .access_token(Secret::new("token-canary"), "client-1", "A1B2C3@AdobeOrg")
        .sandbox("prod")
        .base_url("http://127.0.0.1:1/journey/orchestration")
        .timeout(Duration::from_millis(100))
        .build()
        .expect("a client")
}

fn once() -> Client {
    client().with_options(ajo_core::CallOptions::default().attempts(1))
}

async fn listed(fetch: &str) -> Result<usize, Error> {
    let _fetch = Fetch::new(fetch);
    once().capping().list().await.map(|configs| configs.len())
}

async fn broken(fetch: &str) -> String {
    let error = listed(fetch).await.expect_err(fetch);
    assert!(matches!(error.kind(), ErrorKind::Broken(_)), "{fetch}: {error}");
    error.to_string()
}

#[wasm_bindgen_test]
async fn a_fetch_that_throws_or_rejects_is_an_error_and_keeps_its_cause() {
    for how in [
        "() => { throw new TypeError('out of order') }",
        "async () => { throw new TypeError('out of order') }",
        "async () => { throw 'out of order' }",
        "async () => { throw { message: 'out of order' } }",
        "async () => { throw new Error('x', { cause: new Error('out of order') }) }",
        "async () => { const e = new Error('out of order'); e.cause = e; throw e }",
    ] {
        assert!(broken(how).await.contains("out of order"), "{how}");
    }
    for how in ["async () => { throw undefined }", "async () => { throw null }", "async () => { throw Symbol('s') }"] {
        assert!(broken(how).await.contains("no reason given"), "{how}");
    }
    let error = listed("async () => { throw new TypeError('out of order') }").await.expect_err("rejected");
    let thrown = error.source().and_then(|source| source.downcast_ref::<Thrown>()).expect("what was thrown");
    assert!(js_sys::Reflect::get(thrown.value(), &"message".into()).is_ok_and(|it| it == "out of order"));
}

#[wasm_bindgen_test]
async fn an_error_that_repeats_the_token_is_told_without_it() {
    let error = listed("async (r) => { throw new TypeError('bad ' + r.headers.get('authorization')) }").await;
    let error = error.expect_err("rejected");
    assert!(error.to_string().contains("bad Bearer [redacted]"), "{error}");
    assert!(error.source().is_none());
}

#[wasm_bindgen_test]
async fn a_creation_is_never_repeated_after_an_opaque_error() {
    let definition: CappingDefinition = serde_json::from_str(
        r#"{"url": "https://api.example.org/*", "methods": ["GET"],
            "services": {"dataSource": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#,
    )
    .expect("a definition");
    for (how, calls) in [
        ("async () => { log.push(1); throw new TypeError('Failed to fetch') }", 1),
        ("() => { log.push(1); throw new TypeError('Failed to fetch') }", 1),
        (
            "async () => { log.push(1); const c = Object.assign(new Error('reset'), { code: 'ECONNRESET' }); throw new TypeError('fetch failed', { cause: c }) }",
            1,
        ),
        (
            "async () => { log.push(1); const c = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }); throw new TypeError('fetch failed', { cause: c }) }",
            3,
        ),
    ] {
        let _fetch = Fetch::new(how);
        let error = client().capping().create(&definition).await.expect_err("no answer");
        assert_eq!(Fetch::calls(), calls, "{how}: {error}");
        assert_eq!(matches!(error.kind(), ErrorKind::Connect(_)), calls > 1, "{error}");
    }
}

#[wasm_bindgen_test]
async fn what_is_no_response_is_an_error() {
    for what in [
        "undefined",
        "null",
        "1",
        "'text'",
        "{}",
        "{ status: '200' }",
        "{ status: NaN }",
        "{ status: -1 }",
        "{ status: 1e9 }",
        "{ status: 200.5 }",
        "Response.error()",
        "{ status: 200, body: 'text' }",
        "{ status: 200, text: () => { throw 1 } }",
        "{ status: 200, text: () => 5 }",
        "{ status: 200, body: { getReader: () => ({}) } }",
        "{ status: 200, body: { getReader: () => { throw 1 } } }",
        "{ status: 200, body: { getReader: () => ({ read: () => { throw 1 } }) } }",
        "{ status: 200, body: { getReader: () => ({ read: () => ({ value: 'text' }) }) } }",
        "{ status: 200, body: { getReader: () => ({ read: () => ({ value: 5000000000 }) }) } }",
        "{ status: 200, body: { getReader: () => ({ read: () => 1 }) } }",
        "{ get status() { throw 1 } }",
    ] {
        broken(&format!("async () => ({what})")).await;
        broken(&format!("() => ({what})")).await;
    }
}

#[wasm_bindgen_test]
async fn an_empty_response_of_a_mock_is_no_list() {
    for what in ["new Response()", "new Response('')", "{ status: 200 }", "{ status: 200, body: null }"] {
        let error = listed(&format!("async () => ({what})")).await.expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::Unreadable { status: 200, .. }), "{what}: {error}");
    }
}

#[wasm_bindgen_test]
async fn whatever_has_the_shape_of_a_response_is_taken_for_one() {
    for what in [
        format!("new Response({GOOD})"),
        format!("{{ status: 200, text: async () => {GOOD} }}"),
        format!("{{ status: 200, headers: {{}}, text: () => {GOOD} }}"),
        format!("{{ status: 200, headers: {{ get() {{ throw 1 }} }}, text: () => {GOOD} }}"),
        format!("{{ ok: true, status: 200, json: async () => JSON.parse({GOOD}) }}"),
        format!("{{ status: 200, body: new Blob([{GOOD}]).stream() }}"),
        format!(
            "{{ status: 200, body: new ReadableStream({{ start(c) {{ c.enqueue(new DataView(new TextEncoder().encode({GOOD}).buffer)); c.close() }} }}) }}"
        ),
    ] {
        assert_eq!(listed(&format!("async () => ({what})")).await.ok(), Some(1), "{what}");
    }
}

#[wasm_bindgen_test]
async fn a_fetch_that_hangs_is_aborted_when_the_time_is_over() {
    for how in [
        "(r, i) => { i.signal.addEventListener('abort', () => aborted++); return new Promise(() => {}) }",
        "async (r, i) => { i.signal.addEventListener('abort', () => aborted++); return new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(3)) } })) }",
        "async (r, i) => { i.signal.addEventListener('abort', () => aborted++); return { status: 200, text: () => new Promise(() => {}) } }",
        // Never lets a timer fire.
        "async (r, i) => { i.signal.addEventListener('abort', () => aborted++); return { status: 200, body: { getReader: () => ({ read: async () => ({ value: new Uint8Array(0) }) }) } } }",
    ] {
        let error = listed(how).await.expect_err("no answer");
        assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{how}: {error}");
        assert!(error.elapsed() >= Duration::from_millis(90), "{:?}", error.elapsed());
        assert_eq!(number("aborted"), 1, "{how}");
    }
}

#[wasm_bindgen_test]
async fn a_call_that_is_dropped_aborts_its_request() {
    let _fetch = Fetch::new(
        "(r, i) => { log.push(1); i.signal.addEventListener('abort', () => aborted++); return new Promise(() => {}) }",
    );
    let client = client();
    let mut call = Box::pin(async move { client.capping().list().await.map(drop) });
    let poll = std::future::poll_fn(|context| {
        let pending = call.as_mut().poll(context).is_pending();
        std::task::Poll::Ready(pending)
    });
    assert!(poll.await);
    assert_eq!((Fetch::calls(), number("aborted")), (1, 0));
    drop(call);
    assert_eq!(number("aborted"), 1);
    pause(1).await;
}

#[wasm_bindgen_test]
async fn a_redirect_is_told_and_not_followed() {
    for how in [
        "async (r) => { log.push(r.redirect); return { type: 'opaqueredirect', status: 0, body: null, headers: new Headers() } }",
        "async (r) => { log.push(r.redirect); return new Response(null, { status: 302, headers: { location: 'https://elsewhere.example' } }) }",
    ] {
        let error = listed(how).await.expect_err("a redirect");
        assert_eq!((error.status(), text("log[0]").as_str()), (Some(302), "manual"), "{error}");
    }
}

#[wasm_bindgen_test]
async fn no_more_of_a_body_is_read_than_is_of_use() {
    let chunk = "new Uint8Array(1 << 20).fill(97)";
    let stream = format!(
        "async () => new Response(new ReadableStream({{ pull(c) {{ log.push(1); c.enqueue({chunk}) }}, cancel() {{ aborted++ }} }}), {{ status: 500 }})"
    );
    let error = listed(&stream).await.expect_err("an endless answer");
    assert_eq!(error.message(), Some("the answer is longer than 1024 KiB"));
    assert!((2..6).contains(&Fetch::calls()), "{}", Fetch::calls());
    assert_eq!(number("aborted"), 1);
    let text = "async () => ({ status: 500, text: () => 'a'.repeat(2 << 20) })";
    assert_eq!(listed(text).await.expect_err("long").message(), Some("the answer is longer than 1024 KiB"));
}

#[wasm_bindgen_test]
async fn a_body_that_breaks_off_is_no_answer() {
    let how = "async () => new Response(new ReadableStream({ pull(c) { log.push(1); if (log.length > 1) c.error(new Error('cut')); else c.enqueue(new Uint8Array([123])) } }))";
    assert!(broken(how).await.contains("cut"));
    broken("async () => { const r = new Response('{}'); r.body.getReader(); return r }").await;
}

#[wasm_bindgen_test]
async fn a_runtime_without_fetch_is_told_so() {
    let error = listed("5").await.expect_err("no fetch");
    assert!(matches!(error.kind(), ErrorKind::Request(_)), "{error}");
    assert!(error.to_string().contains("this runtime has no `fetch`"), "{error}");
}

#[wasm_bindgen_test]
async fn a_header_that_cannot_be_sent_never_reaches_gloo_net() {
    let _fetch = Fetch::new("async () => { log.push(1); return new Response('{}') }");
    for (name, value) in [("x-a", "b\nc"), ("x a", "b"), ("x-a", "é")] {
        let outgoing = ajo_auth::fetch::Outgoing {
            method: "GET",
            url: "http://127.0.0.1:1/",
            headers: &[(name, value)],
            body: None,
            secrets: &[],
        };
        let fault = ajo_auth::fetch::send(outgoing, Duration::from_secs(1), |_| 10).await.err().expect("refused");
        assert_eq!(fault.kind, ajo_auth::fetch::FaultKind::Request);
    }
    assert_eq!(Fetch::calls(), 0);
    assert!(
        Client::builder().access_token(Secret::new("a\nb"), "client-1", "A1@AdobeOrg").sandbox("prod").build().is_err()
    );
}
