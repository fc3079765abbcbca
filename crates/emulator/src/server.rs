//! The emulator as an HTTP server on loopback.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ajo_auth::{Credentials, Timestamp};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::answer;
use crate::route::BASE_PATH;
use crate::settings::{Caller, Settings};
use crate::world::World;

/// Longest body taken, in bytes. Chosen here; a definition is below 1 KB.
const MAX_BODY: usize = 1024 * 1024;

/// A running emulator. It stops when dropped.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    world: Arc<Mutex<World>>,
    /// Ends the server when it is dropped.
    _stop: oneshot::Sender<()>,
}

/// Why an emulator could not start.
#[derive(Debug, thiserror::Error)]
#[error("failed to listen on 127.0.0.1, port {port}: {source}")]
pub struct EmulatorError {
    port: u16,
    source: std::io::Error,
}

/// Builds an [`Emulator`].
#[must_use = "a builder does nothing until `start`"]
pub struct Builder {
    settings: Settings,
    port: u16,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Builder {
    /// What it starts with.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// A fixed port; a free one by default.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Another clock, for tests of what happens in time.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Starts listening on 127.0.0.1. Needs a tokio runtime, on which the server runs.
    pub async fn start(self) -> Result<Emulator, EmulatorError> {
        let failed = |source| EmulatorError { port: self.port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let world = Arc::new(Mutex::new(World::new(self.settings)));
        let (stop, stopped) = oneshot::channel::<()>();
        let app = Router::new().fallback(serve).with_state(Served { world: world.clone(), now: self.now });
        // Dropping the emulator drops `stop`: no connection is accepted any more and idle ones are closed.
        let serving = axum::serve(listener, app).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        tokio::spawn(async { serving.await });
        Ok(Emulator { address, world, _stop: stop })
    }
}

impl Emulator {
    /// Starts one with default settings on a free port.
    pub async fn start() -> Result<Self, EmulatorError> {
        Self::builder().start().await
    }

    /// Starts building one.
    pub fn builder() -> Builder {
        Builder { settings: Settings::default(), port: 0, now: Arc::new(system_now) }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of both APIs.
    pub fn base_url(&self) -> String {
        format!("http://{}{BASE_PATH}", self.address)
    }

    /// The root of the token host.
    pub fn ims_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first credential it accepts.
    ///
    /// # Panics
    ///
    /// When the settings have no caller, or one that no client could use.
    pub fn credentials(&self) -> Credentials {
        let caller = self.caller();
        let secret = caller.secrets.first().expect("the caller has a secret").clone();
        Credentials::new(&caller.client_id, secret, caller.org_id.as_str(), &caller.scopes.to_string())
            .expect("the emulator's own credential is well-formed")
    }

    /// The name of its first sandbox.
    ///
    /// # Panics
    ///
    /// When the settings have no sandbox.
    pub fn sandbox(&self) -> String {
        self.world().settings().sandboxes.first().expect("the emulator has a sandbox").name.clone()
    }

    /// Settings for `ajo` and for any program that reads the same variables. The secret opens nothing but this emulator.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let caller = self.caller();
        vec![
            ("AJO_BASE_URL", self.base_url()),
            ("AJO_IMS_URL", self.ims_url()),
            ("AJO_CLIENT_ID", caller.client_id.clone()),
            ("AJO_CLIENT_SECRET", caller.secrets.first().map_or_else(String::new, |secret| secret.expose().to_owned())),
            ("AJO_ORG_ID", caller.org_id.to_string()),
            ("AJO_SCOPES", caller.scopes.to_string()),
            ("AJO_SANDBOX", self.sandbox()),
        ]
    }

    /// The service behind the server, for tests that look inside or interfere.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn caller(&self) -> Caller {
        self.world().settings().callers.first().expect("the emulator accepts a caller").clone()
    }
}

#[derive(Clone)]
struct Served {
    world: Arc<Mutex<World>>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

async fn serve(State(served): State<Served>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        let message = format!("the body is broken or longer than {} KiB", MAX_BODY / 1024);
        return answer::of(StatusCode::PAYLOAD_TOO_LARGE, &serde_json::json!({"message": message})).map(Body::from);
    };
    let request: Request<Bytes> = Request::from_parts(parts, body);
    let now = (served.now)();
    let mut world = served.world.lock().unwrap_or_else(PoisonError::into_inner);
    world.handle(&request, now).map(Body::from)
}

fn system_now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Timestamp::from_millis(0).saturating_add(since)
}
