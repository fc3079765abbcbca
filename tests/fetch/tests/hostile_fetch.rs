//! A `fetch` that misbehaves like broken mocks, runtimes, and networks. Every call ends with a typed error.

use std::error::Error as _;
use std::time::Duration;

use ajo_auth::fetch::JsError;
use ajo_core::fetch::Client;
use ajo_core::{CallError, CappingDefinition, ErrorKind, Secret};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::mock_fetch::{MockFetch, eval_string, eval_u32, sleep_millis};

const LIST_BODY: &str = r#"'{"results": [{"uid": "u-1"}]}'"#;

fn client() -> Client {
    Client::builder()
        .access_token(Secret::new("token-canary"), "client-1", "A1B2C3@AdobeOrg")
        .sandbox("prod")
        .base_url("http://127.0.0.1:1/journey/orchestration")
        .timeout(Duration::from_millis(100))
        .build()
        .expect("a client")
}

fn single_attempt_client() -> Client {
    client().with_options(ajo_core::CallOptions::default().attempts(1))
}

async fn list_with(fetch: &str) -> Result<usize, CallError> {
    let _fetch = MockFetch::new(fetch);
    single_attempt_client().capping().list().await.map(|configs| configs.len())
}

async fn expect_disconnected(fetch: &str) -> String {
    let error = list_with(fetch).await.expect_err(fetch);
    assert!(matches!(error.kind(), ErrorKind::Disconnected(_)), "{fetch}: {error}");
    error.to_string()
}

#[wasm_bindgen_test]
async fn exception_becomes_the_error_source() {
    for fetch in [
        "() => { throw new TypeError('out of order') }",
        "async () => { throw new TypeError('out of order') }",
        "async () => { throw 'out of order' }",
        "async () => { throw { message: 'out of order' } }",
        "async () => { throw new Error('x', { cause: new Error('out of order') }) }",
        "async () => { const e = new Error('out of order'); e.cause = e; throw e }",
    ] {
        assert!(expect_disconnected(fetch).await.contains("out of order"), "{fetch}");
    }
    for fetch in ["async () => { throw undefined }", "async () => { throw null }", "async () => { throw Symbol('s') }"]
    {
        assert!(expect_disconnected(fetch).await.contains("no error message"), "{fetch}");
    }
    let error = list_with("async () => { throw new TypeError('out of order') }").await.expect_err("rejected");
    let exception = error.source().and_then(|source| source.downcast_ref::<JsError>()).expect("the exception");
    assert!(js_sys::Reflect::get(exception.value(), &"message".into()).is_ok_and(|message| message == "out of order"));
}

#[wasm_bindgen_test]
async fn token_in_exception_is_redacted() {
    let error = list_with("async (r) => { throw new TypeError('bad ' + r.headers.get('authorization')) }").await;
    let error = error.expect_err("rejected");
    assert!(error.to_string().contains("bad Bearer [redacted]"), "{error}");
    assert!(error.source().is_none());
}

#[wasm_bindgen_test]
async fn create_is_not_retried_after_opaque_error() {
    let definition: CappingDefinition = serde_json::from_str(
        r#"{"url": "https://api.example.org/*", "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#,
    )
    .expect("a definition");
    for (fetch, calls) in [
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
        let _fetch = MockFetch::new(fetch);
        let error = client().capping().create(&definition).await.expect_err("no response");
        assert_eq!(MockFetch::call_count(), calls, "{fetch}: {error}");
        assert_eq!(matches!(error.kind(), ErrorKind::Connect(_)), calls > 1, "{error}");
    }
}

#[wasm_bindgen_test]
async fn invalid_responses_are_errors() {
    for response in [
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
        expect_disconnected(&format!("async () => ({response})")).await;
        expect_disconnected(&format!("() => ({response})")).await;
    }
}

#[wasm_bindgen_test]
async fn empty_response_is_a_decode_error() {
    for response in ["new Response()", "new Response('')", "{ status: 200 }", "{ status: 200, body: null }"] {
        let error = list_with(&format!("async () => ({response})")).await.expect_err(response);
        assert!(matches!(error.kind(), ErrorKind::Decode { status: 200, .. }), "{response}: {error}");
    }
}

#[wasm_bindgen_test]
async fn response_like_objects_are_accepted() {
    for response in [
        format!("new Response({LIST_BODY})"),
        format!("{{ status: 200, text: async () => {LIST_BODY} }}"),
        format!("{{ status: 200, headers: {{}}, text: () => {LIST_BODY} }}"),
        format!("{{ status: 200, headers: {{ get() {{ throw 1 }} }}, text: () => {LIST_BODY} }}"),
        format!("{{ ok: true, status: 200, json: async () => JSON.parse({LIST_BODY}) }}"),
        format!("{{ status: 200, body: new Blob([{LIST_BODY}]).stream() }}"),
        format!(
            "{{ status: 200, body: new ReadableStream({{ start(c) {{ c.enqueue(new DataView(new TextEncoder().encode({LIST_BODY}).buffer)); c.close() }} }}) }}"
        ),
    ] {
        assert_eq!(list_with(&format!("async () => ({response})")).await.ok(), Some(1), "{response}");
    }
}

#[wasm_bindgen_test]
async fn hanging_fetch_is_aborted_on_timeout() {
    for fetch in [
        "(r, i) => { i.signal.addEventListener('abort', () => aborted++); return new Promise(() => {}) }",
        "async (r, i) => { i.signal.addEventListener('abort', () => aborted++); return new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(3)) } })) }",
        "async (r, i) => { i.signal.addEventListener('abort', () => aborted++); return { status: 200, text: () => new Promise(() => {}) } }",
        // Resolves so quickly that no timer fires.
        "async (r, i) => { i.signal.addEventListener('abort', () => aborted++); return { status: 200, body: { getReader: () => ({ read: async () => ({ value: new Uint8Array(0) }) }) } } }",
    ] {
        let error = list_with(fetch).await.expect_err("no response");
        assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{fetch}: {error}");
        assert!(error.elapsed() >= Duration::from_millis(90), "{:?}", error.elapsed());
        assert_eq!(eval_u32("aborted"), 1, "{fetch}");
    }
}

#[wasm_bindgen_test]
async fn dropped_call_aborts_its_request() {
    let _fetch = MockFetch::new(
        "(r, i) => { log.push(1); i.signal.addEventListener('abort', () => aborted++); return new Promise(() => {}) }",
    );
    let client = client();
    let mut call = Box::pin(async move { client.capping().list().await.map(drop) });
    let poll = std::future::poll_fn(|context| {
        let pending = call.as_mut().poll(context).is_pending();
        std::task::Poll::Ready(pending)
    });
    assert!(poll.await);
    assert_eq!((MockFetch::call_count(), eval_u32("aborted")), (1, 0));
    drop(call);
    assert_eq!(eval_u32("aborted"), 1);
    sleep_millis(1).await;
}

#[wasm_bindgen_test]
async fn redirect_is_reported_and_not_followed() {
    for fetch in [
        "async (r) => { log.push(r.redirect); return { type: 'opaqueredirect', status: 0, body: null, headers: new Headers() } }",
        "async (r) => { log.push(r.redirect); return new Response(null, { status: 302, headers: { location: 'https://elsewhere.example' } }) }",
    ] {
        let error = list_with(fetch).await.expect_err("a redirect");
        assert_eq!((error.status(), eval_string("log[0]").as_str()), (Some(302), "manual"), "{error}");
    }
}

#[wasm_bindgen_test]
async fn error_body_is_limited_to_1_mib() {
    let chunk = "new Uint8Array(1 << 20).fill(97)";
    let stream = format!(
        "async () => new Response(new ReadableStream({{ pull(c) {{ log.push(1); c.enqueue({chunk}) }}, cancel() {{ aborted++ }} }}), {{ status: 500 }})"
    );
    let error = list_with(&stream).await.expect_err("an endless body");
    assert_eq!(error.message(), Some("the response is longer than 1024 KiB"));
    assert!((2..6).contains(&MockFetch::call_count()), "{}", MockFetch::call_count());
    assert_eq!(eval_u32("aborted"), 1);
    let text = "async () => ({ status: 500, text: () => 'a'.repeat(2 << 20) })";
    assert_eq!(list_with(text).await.expect_err("long").message(), Some("the response is longer than 1024 KiB"));
}

#[wasm_bindgen_test]
async fn truncated_body_is_an_error() {
    let fetch = "async () => new Response(new ReadableStream({ pull(c) { log.push(1); if (log.length > 1) c.error(new Error('cut')); else c.enqueue(new Uint8Array([123])) } }))";
    assert!(expect_disconnected(fetch).await.contains("cut"));
    expect_disconnected("async () => { const r = new Response('{}'); r.body.getReader(); return r }").await;
}

#[wasm_bindgen_test]
async fn runtime_without_fetch_is_an_error() {
    let error = list_with("5").await.expect_err("no fetch");
    assert!(matches!(error.kind(), ErrorKind::Refused(_)), "{error}");
    assert!(error.to_string().contains("this runtime has no `fetch`"), "{error}");
}

#[wasm_bindgen_test]
async fn refused_request_is_not_retried() {
    for thrown in [
        "Object.assign(new Error('Requires net access'), { name: 'NotCapable' })",
        "new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'UND_MOCK_ERR_MOCK_NOT_MATCHED' }) })",
        "new TypeError('fetch failed', { cause: new Error('bad port') })",
        "new TypeError('RequestInit: Expected signal (\"AbortSignal {}\") to be an instance of AbortSignal.')",
    ] {
        for function in ["async () =>", "() =>"] {
            let _fetch = MockFetch::new(&format!("{function} {{ log.push(1); throw {thrown} }}"));
            let error = client().capping().list().await.expect_err("no response");
            assert_eq!(MockFetch::call_count(), 1, "{thrown}: {error}");
            assert!(matches!(error.kind(), ErrorKind::Refused(_)) && !error.is_indeterminate(), "{error}");
        }
    }
}

#[wasm_bindgen_test]
async fn invalid_headers_never_reach_fetch() {
    let _fetch = MockFetch::new("async () => { log.push(1); return new Response('{}') }");
    for (name, value) in [("x-a", "b\nc"), ("x a", "b"), ("x-a", "é")] {
        let request = ajo_auth::fetch::FetchRequest {
            method: "GET",
            url: "http://127.0.0.1:1/",
            headers: &[(name, value)],
            body: None,
            wants_headers: false,
            secrets: &[],
        };
        let error =
            ajo_auth::fetch::send_request(request, Duration::from_secs(1), |_| 10).await.err().expect("an error");
        assert_eq!(error.kind, ajo_auth::fetch::FetchErrorKind::BuildRequest);
    }
    assert_eq!(MockFetch::call_count(), 0);
    assert!(
        Client::builder().access_token(Secret::new("a\nb"), "client-1", "A1@AdobeOrg").sandbox("prod").build().is_err()
    );
}
