//! The emulator as a `tower` service, without a socket.

use std::fmt;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use crate::faults::delivery::{DeliveryMode, ResponseDelivery};
use crate::state::emulator_state::EmulatorState;

/// The emulator as a `tower` service in this process, for clients built on `tower` and for tests without a port.
///
/// A fault that breaks the connection is returned as an error. Latency is not simulated; it is in the response's extensions as
/// a [`ResponseDelivery`].
///
/// ```
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{IncompleteBody, ConnectionLost, InProcessService, EmulatorSettings, EmulatorState};
/// use tower_service::Service as _;
///
/// let mut service = InProcessService::new(EmulatorState::new(EmulatorSettings::default()), || Timestamp::from_millis(0));
/// assert_eq!(service.state().calls().len(), 0);
///
/// # fn now<T>(future: impl Future<Output = T>) -> T {
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     match std::pin::pin!(future).poll(&mut context) {
/// #         std::task::Poll::Ready(value) => value,
/// #         std::task::Poll::Pending => panic!("the service is never pending"),
/// #     }
/// # }
/// // A request with the extension `IncompleteBody` is rejected with 400.
/// let path = "/journey/orchestration/list/endpointConfigs";
/// let request = http::Request::post(path).extension(IncompleteBody).body("{".into())?;
/// assert_eq!(now(service.call(request))?.status(), 400);
///
/// service.state().add_fault("*.*=drop_before".parse()?)?;
/// let request = http::Request::post(path).body("{}".into())?;
/// assert_eq!(now(service.call(request)).unwrap_err(), ConnectionLost);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct InProcessService {
    state: Arc<Mutex<EmulatorState>>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// The connection would have been closed or reset before the whole response arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection was closed before the whole response arrived")]
pub struct ConnectionLost;

impl InProcessService {
    /// Creates a service with its own state.
    pub fn new(state: EmulatorState, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { state: Arc::new(Mutex::new(state)), now: Arc::new(now) }
    }

    #[cfg(feature = "server")]
    pub(crate) fn from_shared(state: Arc<Mutex<EmulatorState>>, now: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        Self { state, now }
    }

    /// The emulated service, for tests that inspect or change it.
    pub fn state(&self) -> std::sync::MutexGuard<'_, EmulatorState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Request<Bytes>> for InProcessService {
    type Response = Response<Bytes>;
    type Error = ConnectionLost;
    type Future = Ready<Result<Response<Bytes>, ConnectionLost>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectionLost>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let now = (self.now)();
        // Not in one statement: a job runs without the lock.
        let pending = self.state().begin(&request, now);
        let response = pending.finish(|restore| restore.apply(&mut self.state()));
        let mode =
            response.extensions().get::<ResponseDelivery>().map_or(DeliveryMode::Whole, |delivery| delivery.mode);
        ready(if mode == DeliveryMode::Whole { Ok(response) } else { Err(ConnectionLost) })
    }
}

impl fmt::Debug for InProcessService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcessService")
    }
}
