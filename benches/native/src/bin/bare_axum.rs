//! The practical limit for the emulator: bare axum with the emulator's setup (one thread, HTTP/1.1, `TCP_NODELAY`).
//!
//! ```text
//! bare_axum PORT FILE     FILE is JSON: {"GET": {"status": 200, "headers": {…}, "body": "…"}, "POST": {…}}
//! ```
//!
//! It reads each request with its body and returns the response for the method from FILE.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use axum::serve::ListenerExt as _;
use serde::Deserialize;
use tokio::net::TcpListener;

/// Maximum length of a request body in bytes; the benchmark sends less.
const MAX_BODY: usize = 1 << 20;

#[derive(Deserialize)]
struct RecordedResponse {
    status: u16,
    headers: HashMap<String, String>,
    body: String,
}

/// Response by method.
type ResponseMap = Arc<HashMap<String, Response<Bytes>>>;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [port, file] = &arguments[..] else { panic!("bare_axum PORT FILE") };
    let port: u16 = port.parse().expect("a port");
    let json = std::fs::read_to_string(file).expect("recorded responses");
    let recorded: HashMap<String, RecordedResponse> = serde_json::from_str(&json).expect("recorded responses");
    let responses: ResponseMap = Arc::new(recorded.into_iter().map(|(method, it)| (method, to_response(it))).collect());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let app = Router::new().fallback(respond).with_state(responses);
        axum::serve(listener, app).await.expect("a server");
    });
}

fn to_response(recorded: RecordedResponse) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(recorded.body));
    *response.status_mut() = StatusCode::from_u16(recorded.status).expect("a status");
    for (name, value) in recorded.headers {
        let name = HeaderName::try_from(name).expect("a header name");
        response.headers_mut().append(name, HeaderValue::try_from(value).expect("a header value"));
    }
    response
}

async fn respond(State(responses): State<ResponseMap>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let _ = to_bytes(body, MAX_BODY).await;
    let response = responses.get(head.method.as_str()).cloned();
    response.unwrap_or_else(|| empty_response(StatusCode::NOT_FOUND)).map(Body::from)
}

fn empty_response(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
