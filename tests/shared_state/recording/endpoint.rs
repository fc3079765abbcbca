//! A server for one runner.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Exchange, RequestLog, Target};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Answers a request, or breaks the connection.
type Handler = Arc<dyn Fn(Request<Bytes>) -> BoxFuture<'static, Option<Response<Bytes>>> + Send + Sync>;

/// What a client gets.
enum Reply {
    Response(Response<Bytes>),
    BrokenConnection,
    Nothing,
}

/// A server on loopback that records the requests of one runner. It stops when dropped.
pub struct Endpoint {
    address: SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

impl Endpoint {
    /// Starts the server. Needs a tokio runtime, on which it runs.
    pub async fn start(
        log: &RequestLog,
        (runner, target): (usize, Target),
        handler: impl Fn(Request<Bytes>) -> BoxFuture<'static, Option<Response<Bytes>>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = EndpointServer { log: log.clone(), runner, target, handler: Arc::new(handler) };
        Self { address, server: tokio::spawn(serve(listener, Arc::new(server))) }
    }

    /// Without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

struct EndpointServer {
    log: RequestLog,
    runner: usize,
    target: Target,
    handler: Handler,
}

async fn serve(listener: TcpListener, server: Arc<EndpointServer>) {
    let mut connections = JoinSet::new();
    while let Ok((connection, _)) = listener.accept().await {
        // Small responses arrive at once.
        connection.set_nodelay(true).expect("an option of the socket");
        let server = server.clone();
        connections.spawn(async move {
            let service = service_fn(|request| respond(server.clone(), request));
            // A killed client closes its connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
        });
    }
}

async fn respond(server: Arc<EndpointServer>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, BoxError> {
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, body.collect().await?.to_bytes());
    // Once it has arrived, a request is processed, even if the client is gone.
    match tokio::spawn(async move { server.process(request).await }).await.expect("no panic") {
        Reply::Response(response) => Ok(response.map(Full::new)),
        Reply::BrokenConnection => Err("the connection breaks".into()),
        Reply::Nothing => std::future::pending().await,
    }
}

impl EndpointServer {
    async fn process(&self, request: Request<Bytes>) -> Reply {
        let sandbox = request.headers().get("x-sandbox-name").and_then(|value| value.to_str().ok());
        let exchange = Exchange {
            runner: self.runner,
            target: self.target,
            method: request.method().to_string(),
            path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            sandbox: sandbox.unwrap_or_default().to_owned(),
            request: request.body().clone(),
            received_at: 0,
            processed_at: None,
            status: 0,
            response: Bytes::new(),
        };
        let Some(index) = self.log.receive(exchange) else { return Reply::Nothing };
        let Some(response) = (self.handler)(request).await else { return Reply::BrokenConnection };
        let is_sent = self.log.finish(index, response.status().as_u16(), response.body().clone());
        if is_sent { Reply::Response(response) } else { Reply::Nothing }
    }
}
