//! Serves the requests of one connection and delivers the responses as the faults require.

use std::convert::Infallible;
use std::error::Error;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use ajo_engine::Timestamp;
use bytes::Bytes;
use futures_util::future::{self, select};
use futures_util::stream::{self, StreamExt as _};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Either, Full, StreamBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::sync::{Semaphore, oneshot, watch};

use crate::api::control::restore_job::ParsedRestore;
use crate::api::host_check::{HostScope, check_host};
use crate::api::pending_response::PendingResponse;
use crate::api::request_body::{IncompleteBody, max_length};
use crate::api::response::{self, ByteResponse};
use crate::faults::delivery::{DeliveryMode, ResponseDelivery};
use crate::server::connection::{BoundedListener, Connection, ConnectionHandle};
use crate::state::emulator_state::EmulatorState;
use crate::state::settings::ResourceLimits;

type BoxError = Box<dyn Error + Send + Sync>;

/// The source of time.
pub(super) type ClockFn = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Maximum number of simulations and restores that run at the same time; others wait.
const MAX_JOBS: usize = 2;

pub(super) struct ServerContext {
    state: Arc<Mutex<EmulatorState>>,
    now: ClockFn,
    limits: ResourceLimits,
    /// Host names that are accepted besides loopback names; `None` if the server does not listen on loopback.
    allowed_hosts: Option<Vec<String>>,
    jobs: Arc<Semaphore>,
}

impl ServerContext {
    pub(super) fn new(state: Arc<Mutex<EmulatorState>>, now: ClockFn, is_loopback: bool) -> Self {
        let settings = state.lock().unwrap_or_else(PoisonError::into_inner).settings().clone();
        Self {
            state,
            now,
            limits: settings.limits,
            allowed_hosts: is_loopback.then_some(settings.allowed_hosts),
            jobs: Arc::new(Semaphore::new(MAX_JOBS)),
        }
    }

    /// The response to a request that a web page may have sent.
    fn host_rejection(&self, request: &Request<Bytes>) -> Option<ByteResponse> {
        let error = check_host(request, self.allowed_hosts.as_ref()?, HostScope::Loopback).err()?;
        let mut response = error.to_response();
        response::set_date(&mut response, (self.now)());
        Some(response)
    }

    async fn handle(&self, request: &Request<Bytes>) -> ByteResponse {
        let now = (self.now)();
        let pending = self.state.lock().unwrap_or_else(PoisonError::into_inner).begin(request, now);
        match pending {
            PendingResponse::Ready(response) => response,
            job => self.run_on_thread(job).await,
        }
    }

    /// Runs a job on a thread of its own. Unlike a blocking task of tokio, it does not delay the end of the process.
    async fn run_on_thread(&self, job: PendingResponse) -> ByteResponse {
        let failed = || {
            let message = "the emulator could not process this request";
            response::json(StatusCode::INTERNAL_SERVER_ERROR, &json!({"message": message}))
        };
        let Ok(permit) = self.jobs.clone().acquire_owned().await else { return failed() };
        let (sender, receiver) = oneshot::channel();
        let state = self.state.clone();
        let run = move || {
            let apply =
                |restore: ParsedRestore| restore.apply(&mut state.lock().unwrap_or_else(PoisonError::into_inner));
            let _ = sender.send(job.finish(apply));
            drop(permit);
        };
        if std::thread::Builder::new().name("job".to_owned()).spawn(run).is_err() {
            return failed();
        }
        receiver.await.unwrap_or_else(|_| failed())
    }
}

/// Accepts connections until the sender of `stop` is dropped.
pub(super) async fn serve(listener: BoundedListener, server: ServerContext, mut stop: watch::Receiver<()>) {
    let server = Arc::new(server);
    let connections_stop = stop.clone();
    let mut stopped = pin!(stop.changed());
    while let future::Either::Left((connection, _)) = select(pin!(listener.accept()), stopped.as_mut()).await {
        tokio::spawn(serve_connection(connection, server.clone(), connections_stop.clone()));
    }
}

/// Serves one connection. When the emulator stops, it ends after the current request.
async fn serve_connection(connection: Connection, server: Arc<ServerContext>, mut stop: watch::Receiver<()>) {
    let handle = connection.handle();
    let service = service_fn(|request| respond(&server, &handle, request));
    let mut serving = pin!(http1::Builder::new().serve_connection(TokioIo::new(connection), service));
    if let future::Either::Right(_) = select(serving.as_mut(), pin!(stop.changed())).await {
        serving.as_mut().graceful_shutdown();
        let _ = serving.await;
    }
}

async fn respond(
    server: &ServerContext,
    connection: &ConnectionHandle,
    request: Request<Incoming>,
) -> Result<Response<impl Body<Data = Bytes, Error: Into<BoxError>> + use<>>, Infallible> {
    let max_body = max_length(&server.limits, request.uri().path());
    let request = read_request(request, max_body).await;
    connection.begin_response();
    let mut response = match server.host_rejection(&request) {
        Some(rejection) => rejection,
        None => server.handle(&request).await,
    };
    let ResponseDelivery { delay, mode } = response.extensions_mut().remove().unwrap_or_default();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match mode {
        DeliveryMode::Whole => {}
        DeliveryMode::Drop => connection.close(),
        DeliveryMode::Reset => connection.reset(),
        DeliveryMode::Half => {
            connection.close_after_flush();
            if !response.body().is_empty() {
                return Ok(truncate_body(response).map(Either::Right));
            }
        }
    }
    Ok(response.map(|body| Either::Left(Full::new(body))))
}

/// Reads the body, at most one frame beyond the limit.
async fn read_request(request: Request<Incoming>, max_body: usize) -> Request<Bytes> {
    let (mut head, mut body) = request.into_parts();
    let mut received = Vec::new();
    while received.len() <= max_body
        && let Some(frame) = body.frame().await
    {
        let Ok(frame) = frame else {
            head.extensions.insert(IncompleteBody);
            break;
        };
        received.extend_from_slice(frame.data_ref().map_or(&[], |piece| piece));
    }
    Request::from_parts(head, received.into())
}

/// Sends half of the announced body, then nothing until the connection is closed.
fn truncate_body(response: Response<Bytes>) -> Response<impl Body<Data = Bytes, Error = Infallible> + use<>> {
    let (mut parts, body) = response.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(body.len()));
    let first = Ok(Frame::data(body.slice(..body.len() / 2)));
    Response::from_parts(parts, StreamBody::new(stream::iter([first]).chain(stream::pending())))
}
