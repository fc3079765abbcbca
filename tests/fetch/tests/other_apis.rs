//! Requests to other APIs over `fetch`.

use ajo_core::fetch::Client;
use ajo_core::{ErrorKind, Method, Secret};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::mock_fetch::{MockFetch, eval_string};

fn client() -> Client {
    Client::builder()
        .access_token(Secret::new("token-canary"), "client-1", "A1B2C3@AdobeOrg")
        .sandbox("prod")
        .base_url("http://127.0.0.1:1/journey/orchestration")
        .build()
        .expect("a client")
}

#[wasm_bindgen_test]
async fn request_sends_bytes_and_reads_headers() {
    let _fetch = MockFetch::new(
        "async (request) => {
            const bytes = [...new Uint8Array(await request.arrayBuffer())];
            log.push([request.method, request.url, request.headers.get('content-type'), request.headers.get('x-api-key'), bytes].join(' '));
            return new Response('{\"ok\": 1}', {status: 201, headers: {'x-own': 'a token-canary'}});
        }",
    );
    let client = client();
    let request = client.request(Method::Post, "/x?a=b").body(vec![0xff, 0x00], "application/octet-stream");
    let response = request.response().await.expect("a response");
    assert_eq!(eval_string("log[0]"), "POST http://127.0.0.1:1/x?a=b application/octet-stream client-1 255,0");
    assert_eq!((response.status, &*response.body), (201, &br#"{"ok": 1}"#[..]));
    assert!(response.headers.contains(&("x-own".to_owned(), "a [redacted]".to_owned())), "{:?}", response.headers);
    assert_eq!(client.request(Method::Get, "/x").await.expect("JSON"), json!({"ok": 1}));
}

#[wasm_bindgen_test]
async fn hostile_target_never_reaches_fetch() {
    let _fetch = MockFetch::new("async () => { log.push(1); return new Response('{}') }");
    for target in ["//evil.example/x", "https://evil.runtime.adobe.io/x", "https://user@platform.adobe.io/x"] {
        let error = client().request(Method::Get, target).await.expect_err(target);
        assert!(matches!(error.kind(), ErrorKind::BuildRequest(_)), "{error}");
    }
    assert_eq!(MockFetch::call_count(), 0);
}

#[wasm_bindgen_test]
async fn redirect_names_the_refused_host() {
    let _fetch = MockFetch::new(
        "async () => new Response(null, {status: 302, headers: {location: 'https://evil.example/x?s3cret'}})",
    );
    let error = client().request(Method::Get, "/x").response().await.expect_err("a redirect");
    assert!(
        error.to_string().contains("it redirects to https://evil.example, and redirects are not followed"),
        "{error}"
    );
}
