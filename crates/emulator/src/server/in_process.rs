//! The emulator without a socket.

use std::fmt;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use crate::faults::delivery::{Delivery, Manner};
use crate::state::emulator_state::World;

/// The emulator as a `tower` service in this process: for clients that are built on one, and for tests without a port.
///
/// A fault that would break a connection is an error here. Latency is not waited for: it stands in the response's extensions
/// as a [`Delivery`], for whoever has a clock.
///
/// ```
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{Broken, ConnectionLost, InProcess, Settings, World};
/// use tower_service::Service as _;
///
/// let mut service = InProcess::new(World::new(Settings::default()), || Timestamp::from_millis(0));
/// assert_eq!(service.world().calls().len(), 0);
///
/// # fn now<T>(future: impl Future<Output = T>) -> T {
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     match std::pin::pin!(future).poll(&mut context) {
/// #         std::task::Poll::Ready(value) => value,
/// #         std::task::Poll::Pending => panic!("it waits"),
/// #     }
/// # }
/// // A request whose body broke off says so in its extensions, and is answered 400.
/// let path = "/journey/orchestration/list/endpointConfigs";
/// let request = http::Request::post(path).extension(Broken).body("{".into())?;
/// assert_eq!(now(service.call(request))?.status(), 400);
///
/// service.world().add_fault("*.*=drop_before".parse()?)?;
/// let request = http::Request::post(path).body("{}".into())?;
/// assert_eq!(now(service.call(request)).unwrap_err(), ConnectionLost);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct InProcess {
    world: Arc<Mutex<World>>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// The connection would have been closed or reset before the whole answer was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection was closed before the whole answer was there")]
pub struct ConnectionLost;

impl InProcess {
    /// A service of its own.
    pub fn new(world: World, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { world: Arc::new(Mutex::new(world)), now: Arc::new(now) }
    }

    #[cfg(feature = "server")]
    pub(crate) fn sharing(world: Arc<Mutex<World>>, now: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        Self { world, now }
    }

    /// The service behind it, for tests that look inside or interfere.
    pub fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Request<Bytes>> for InProcess {
    type Response = Response<Bytes>;
    type Error = ConnectionLost;
    type Future = Ready<Result<Response<Bytes>, ConnectionLost>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectionLost>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let now = (self.now)();
        let response = self.world().handle(&request, now);
        let manner = response.extensions().get::<Delivery>().map_or(Manner::Whole, |delivery| delivery.manner);
        ready(if manner == Manner::Whole { Ok(response) } else { Err(ConnectionLost) })
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}
