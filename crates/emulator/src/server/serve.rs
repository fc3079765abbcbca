//! Receives one request, and delivers its response as the faults say.

use std::sync::{Arc, Mutex, PoisonError};

use ajo_auth::Timestamp;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{ConnectInfo, State};
use axum::http::{Request, Response, header};
use futures_util::StreamExt as _;
use futures_util::stream;

use crate::api::request_body::{Broken, max_length};
use crate::faults::delivery::{Delivery, Manner};
use crate::server::connection::ConnectionHandle;
use crate::state::emulator_state::World;
use crate::state::settings::Limits;

/// Where the time comes from.
pub(super) type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Clone)]
pub(super) struct Served {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) now: Now,
    pub(super) limits: Limits,
}

pub(super) async fn serve(
    State(served): State<Served>,
    ConnectInfo(connection): ConnectInfo<ConnectionHandle>,
    request: Request<Body>,
) -> Response<Body> {
    let request = {
        let longest = max_length(&served.limits, request.uri().path());
        receive(request, longest).await
    };
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
        Manner::Whole => response.map(Body::from),
        Manner::Drop => {
            connection.close();
            response.map(Body::from)
        }
        Manner::Reset => {
            connection.reset();
            response.map(Body::from)
        }
        Manner::Half => {
            connection.close_after_flush();
            half(response)
        }
    }
}

/// The request with its body: as far as it came, and no more of it than shows that it is too long.
async fn receive(request: Request<Body>, longest: usize) -> Request<Bytes> {
    let (mut head, body) = request.into_parts();
    let mut received = Vec::new();
    if !body.is_end_stream() {
        let mut pieces = body.into_data_stream();
        while received.len() <= longest
            && let Some(piece) = pieces.next().await
        {
            if let Ok(piece) = piece {
                received.extend_from_slice(&piece);
            } else {
                head.extensions.insert(Broken);
                break;
            }
        }
    }
    Request::from_parts(head, received.into())
}

/// The head says how long the body is, and half of it comes; then nothing, until the connection is closed.
fn half(response: Response<Bytes>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    if body.is_empty() {
        return Response::from_parts(parts, Body::empty());
    }
    parts.headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(body.len()));
    let first: Result<Bytes, std::io::Error> = Ok(body.slice(..body.len() / 2));
    let pieces = stream::iter([first]).chain(stream::pending());
    Response::from_parts(parts, Body::from_stream(pieces))
}
