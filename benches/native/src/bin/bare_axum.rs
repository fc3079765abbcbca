//! The practical limit for the emulator: axum alone, in the emulator's setup (one thread, HTTP/1.1, no delay on the socket).
//!
//! ```text
//! bare_axum PORT FILE     FILE is JSON: {"GET": {"status": 200, "headers": {…}, "body": "…"}, "POST": {…}}
//! ```
//!
//! It reads a request with its body and returns the response that FILE has for the method.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use axum::serve::ListenerExt as _;
use serde::Deserialize;
use tokio::net::TcpListener;

/// Longer requests than the benchmark sends are an error.
const MAX_BODY: usize = 1 << 20;

#[derive(Deserialize)]
struct Recorded {
    status: u16,
    headers: HashMap<String, String>,
    body: String,
}

/// A response by method.
type Responses = Arc<HashMap<String, Response<Bytes>>>;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [port, file] = &arguments[..] else { panic!("bare_axum PORT FILE") };
    let port: u16 = port.parse().expect("a port");
    let json = std::fs::read_to_string(file).expect("recorded responses");
    let recorded: HashMap<String, Recorded> = serde_json::from_str(&json).expect("recorded responses");
    let responses: Responses = Arc::new(recorded.into_iter().map(|(method, it)| (method, response(it))).collect());
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

fn response(recorded: Recorded) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(recorded.body));
    *response.status_mut() = StatusCode::from_u16(recorded.status).expect("a status");
    for (name, value) in recorded.headers {
        let name = HeaderName::try_from(name).expect("a header name");
        response.headers_mut().append(name, HeaderValue::try_from(value).expect("a header value"));
    }
    response
}

async fn respond(State(responses): State<Responses>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let _ = to_bytes(body, MAX_BODY).await;
    let known = responses.get(head.method.as_str()).cloned();
    known.unwrap_or_else(|| response_without_body(StatusCode::NOT_FOUND)).map(Body::from)
}

fn response_without_body(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
