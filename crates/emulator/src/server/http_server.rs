//! The emulator as an HTTP server on loopback.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use ajo_engine::{Credentials, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::api::route::BASE_PATH;
use crate::server::connection::BoundedListener;
use crate::server::in_process::InProcess;
use crate::server::serve::{Now, Served, serve};
use crate::state::emulator_state::World;
use crate::state::settings::{Caller, Settings};

/// A running emulator. It stops when dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use ajo_emulator::Emulator;
///
/// let emulator = Emulator::start().await?;
/// assert!(emulator.address().ip().is_loopback());
/// // For a client in this process, and for programs that read the environment.
/// let credentials = emulator.credentials();
/// assert_eq!(emulator.sandbox(), "prod");
/// assert!(emulator.environment().contains(&("AJO_ORG_ID", credentials.org_id().to_string())));
/// // The same world without a connection, and from inside: the secret is replaced and every token ends.
/// assert_eq!(emulator.in_process().world().calls().len(), 0);
/// let mut world = emulator.world();
/// world.caller_mut(credentials.client_id().as_str()).expect("it is known").secrets = vec![ajo_engine::Secret::new("n3w")];
/// world.revoke_tokens();
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    address: SocketAddr,
    world: Arc<Mutex<World>>,
    now: Now,
    /// Ends the server when it is dropped.
    _stop: watch::Sender<()>,
}

/// Why an emulator could not start.
#[derive(Debug, thiserror::Error)]
#[error("failed to listen on {address}: {source}")]
pub struct EmulatorError {
    address: SocketAddr,
    source: std::io::Error,
}

/// Builds an [`Emulator`].
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use ajo_engine::Timestamp;
/// use ajo_emulator::{Builder, Emulator, EmulatorError, Settings};
///
/// let builder: Builder = Emulator::builder().settings(Settings { seed: 7, ..Settings::default() }).host([127, 0, 0, 1].into());
/// // Any port that is free, and a clock that stands.
/// let builder = builder.port(0).clock(|| Timestamp::from_millis(0));
/// let emulator: Result<Emulator, EmulatorError> = builder.start().await;
/// assert!(emulator?.ims_url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `start`"]
pub struct Builder {
    settings: Settings,
    address: SocketAddr,
    now: Now,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .field("address", &self.address)
            .finish_non_exhaustive()
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
        self.address.set_port(port);
        self
    }

    /// Another address than 127.0.0.1. Whoever reaches it can use the control API, so it should be one that only this machine
    /// or a closed network has.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.address.set_ip(host);
        self
    }

    /// Another clock, for tests of what happens in time.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Starts listening on 127.0.0.1. Needs a tokio runtime, on which the server runs.
    pub async fn start(self) -> Result<Emulator, EmulatorError> {
        let failed = |source| EmulatorError { address: self.address, source };
        let listener = TcpListener::bind(self.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let limits = self.settings.limits;
        let world = Arc::new(Mutex::new(World::new(self.settings)));
        let served = Served { world: world.clone(), now: self.now.clone(), limits };
        let listener = BoundedListener::new(listener, limits.connections, limits.patience);
        // Dropping the emulator drops `stop`: no connection is accepted any more and idle ones are closed.
        let (stop, stopped) = watch::channel(());
        tokio::spawn(serve(listener, served, stopped));
        Ok(Emulator { address, world, now: self.now, _stop: stop })
    }
}

impl Emulator {
    /// Starts one with default settings on a free port.
    pub async fn start() -> Result<Self, EmulatorError> {
        Self::builder().start().await
    }

    /// Starts building one.
    pub fn builder() -> Builder {
        Builder { settings: Settings::default(), address: (Ipv4Addr::LOCALHOST, 0).into(), now: Arc::new(system_now) }
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
        self.world().environment(&self.ims_url())
    }

    /// The service behind the server, for tests that look inside or interfere.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same service without the socket.
    pub fn in_process(&self) -> InProcess {
        InProcess::sharing(self.world.clone(), self.now.clone())
    }

    /// Lets time pass at once for its first organization.
    pub fn advance(&self, by: Duration) {
        self.world().first_mut().advance(by);
    }

    /// Stops the clock of its first organization where it is.
    pub fn freeze(&self) {
        let now = (self.now)();
        self.world().first_mut().clock_mut().freeze(now);
    }

    fn caller(&self) -> Caller {
        self.world().settings().callers.first().expect("the emulator accepts a caller").clone()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The time of the system's clock; the epoch on a clock that is set before it.
fn system_now() -> Timestamp {
    Timestamp::from_millis(0).saturating_add(UNIX_EPOCH.elapsed().unwrap_or_default())
}
