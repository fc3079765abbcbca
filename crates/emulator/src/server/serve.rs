//! Receives the requests of one connection, and delivers their responses as the faults say.

use std::convert::Infallible;
use std::error::Error;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use ajo_engine::Timestamp;
use bytes::Bytes;
use futures_util::future::{self, select};
use futures_util::stream::{self, StreamExt as _};
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Either, Full, StreamBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::watch;

use crate::api::request_body::{Broken, max_length};
use crate::faults::delivery::{Delivery, Manner};
use crate::server::connection::{BoundedListener, Connection, ConnectionHandle};
use crate::state::emulator_state::World;
use crate::state::settings::Limits;

type BoxError = Box<dyn Error + Send + Sync>;

/// Where the time comes from.
pub(super) type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

pub(super) struct Served {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) now: Now,
    pub(super) limits: Limits,
}

/// Accepts connections until the sender of `stop` is dropped.
pub(super) async fn serve(listener: BoundedListener, served: Served, mut stop: watch::Receiver<()>) {
    let served = Arc::new(served);
    let connections_stop = stop.clone();
    let mut stopped = pin!(stop.changed());
    while let future::Either::Left((connection, _)) = select(pin!(listener.accept()), stopped.as_mut()).await {
        tokio::spawn(serve_connection(connection, served.clone(), connections_stop.clone()));
    }
}

/// Answers the requests of a connection. Once the emulator stops, it ends after the request that it is at.
async fn serve_connection(connection: Connection, served: Arc<Served>, mut stop: watch::Receiver<()>) {
    let handle = connection.handle();
    let answer = service_fn(|request| answer(&served, &handle, request));
    let mut serving = pin!(http1::Builder::new().serve_connection(TokioIo::new(connection), answer));
    if let future::Either::Right(_) = select(serving.as_mut(), pin!(stop.changed())).await {
        serving.as_mut().graceful_shutdown();
        let _ = serving.await;
    }
}

async fn answer(
    served: &Served,
    connection: &ConnectionHandle,
    request: Request<Incoming>,
) -> Result<Response<impl Body<Data = Bytes, Error: Into<BoxError>> + use<>>, Infallible> {
    let longest = max_length(&served.limits, request.uri().path());
    let request = receive(request, longest).await;
    connection.answering();
    let mut response = {
        let now = (served.now)();
        served.world.lock().unwrap_or_else(PoisonError::into_inner).handle(&request, now)
    };
    let Delivery { delay, manner } = response.extensions_mut().remove().unwrap_or_default();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match manner {
        Manner::Whole => {}
        Manner::Drop => connection.close(),
        Manner::Reset => connection.reset(),
        Manner::Half => {
            connection.close_after_flush();
            if !response.body().is_empty() {
                return Ok(half(response).map(Either::Right));
            }
        }
    }
    Ok(response.map(|body| Either::Left(Full::new(body))))
}

/// The request with its body: as far as it came, and no more of it than shows that it is too long.
async fn receive(request: Request<Incoming>, longest: usize) -> Request<Bytes> {
    let (mut head, mut body) = request.into_parts();
    let mut received = Vec::new();
    while received.len() <= longest
        && let Some(frame) = body.frame().await
    {
        let Ok(frame) = frame else {
            head.extensions.insert(Broken);
            break;
        };
        received.extend_from_slice(frame.data_ref().map_or(&[], |piece| piece));
    }
    Request::from_parts(head, received.into())
}

/// The head says how long the body is, and half of it comes; then nothing, until the connection is closed.
fn half(response: Response<Bytes>) -> Response<impl Body<Data = Bytes, Error = Infallible> + use<>> {
    let (mut parts, body) = response.into_parts();
    parts.headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(body.len()));
    let first = Ok(Frame::data(body.slice(..body.len() / 2)));
    Response::from_parts(parts, StreamBody::new(stream::iter([first]).chain(stream::pending())))
}
