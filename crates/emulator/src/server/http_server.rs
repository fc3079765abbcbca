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
use crate::server::in_process::InProcessService;
use crate::server::serve::{ClockFn, ServerContext, serve};
use crate::state::emulator_state::EmulatorState;
use crate::state::settings::{EmulatorSettings, RegisteredClient};

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
/// // The same state without a socket, and from inside: replace the secret and revoke all tokens.
/// assert_eq!(emulator.in_process().state().calls().len(), 0);
/// let mut state = emulator.state();
/// state.client_mut(credentials.client_id().as_str()).expect("a registered client").secrets = vec![ajo_engine::Secret::new("n3w")];
/// state.revoke_tokens();
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    address: SocketAddr,
    state: Arc<Mutex<EmulatorState>>,
    now: ClockFn,
    /// Stops the server when dropped.
    _stop: watch::Sender<()>,
}

/// The emulator could not start.
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
/// use ajo_emulator::{EmulatorBuilder, Emulator, EmulatorError, EmulatorSettings};
///
/// let builder: EmulatorBuilder = Emulator::builder().settings(EmulatorSettings { seed: 7, ..EmulatorSettings::default() }).host([127, 0, 0, 1].into());
/// // Any free port, and a frozen clock.
/// let builder = builder.port(0).clock(|| Timestamp::from_millis(0));
/// let emulator: Result<Emulator, EmulatorError> = builder.start().await;
/// assert!(emulator?.ims_url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `start`"]
pub struct EmulatorBuilder {
    settings: EmulatorSettings,
    address: SocketAddr,
    now: ClockFn,
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("settings", &self.settings)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl EmulatorBuilder {
    /// Sets the initial settings.
    pub fn settings(mut self, settings: EmulatorSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets the port; 0, the default, picks a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Sets the address to listen on; the default is 127.0.0.1. The control API has no authentication, so use an address that
    /// only this machine or a closed network can reach.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.address.set_ip(host);
        self
    }

    /// Replaces the system clock, for tests.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Starts the server. Needs a tokio runtime, on which it runs.
    pub async fn start(self) -> Result<Emulator, EmulatorError> {
        let failed = |source| EmulatorError { address: self.address, source };
        let listener = TcpListener::bind(self.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let limits = self.settings.limits;
        let state = Arc::new(Mutex::new(EmulatorState::new(self.settings)));
        let server = ServerContext::new(state.clone(), self.now.clone(), address.ip().is_loopback());
        let listener = BoundedListener::new(listener, limits.connections, limits.idle_timeout);
        // Dropping the emulator drops `stop`: the server accepts no more connections and closes idle ones.
        let (stop, stopped) = watch::channel(());
        tokio::spawn(serve(listener, server, stopped));
        Ok(Emulator { address, state, now: self.now, _stop: stop })
    }
}

impl Emulator {
    /// Starts an emulator with default settings on a free port.
    pub async fn start() -> Result<Self, EmulatorError> {
        Self::builder().start().await
    }

    /// Builds an emulator with other settings.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder {
            settings: EmulatorSettings::default(),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            now: Arc::new(system_now),
        }
    }

    /// The address it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of both APIs.
    pub fn base_url(&self) -> String {
        format!("http://{}{BASE_PATH}", self.address)
    }

    /// The base URL of the token endpoint.
    pub fn ims_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first accepted credential.
    ///
    /// # Panics
    ///
    /// Panics if the settings have no client, or a malformed one.
    pub fn credentials(&self) -> Credentials {
        let client = self.default_client();
        let secret = client.secrets.first().expect("the client has a secret").clone();
        Credentials::new(&client.client_id, secret, client.org_id.as_str(), &client.scopes.to_string())
            .expect("the emulator's own credential is well-formed")
    }

    /// The name of the first sandbox.
    ///
    /// # Panics
    ///
    /// Panics if the settings have no sandbox.
    pub fn sandbox(&self) -> String {
        self.state().settings().sandboxes.first().expect("the emulator has a sandbox").name.clone()
    }

    /// Environment variables for `ajo` and other programs. The secret is only valid for this emulator.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.state().environment(&self.ims_url())
    }

    /// The service behind the server, for tests that inspect or change it.
    pub fn state(&self) -> MutexGuard<'_, EmulatorState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same service without a socket.
    pub fn in_process(&self) -> InProcessService {
        InProcessService::from_shared(self.state.clone(), self.now.clone())
    }

    /// Advances the clock of the first organization.
    pub fn advance(&self, by: Duration) {
        self.state().default_organization_mut().advance(by);
    }

    /// Freezes the clock of the first organization.
    pub fn freeze(&self) {
        let now = (self.now)();
        self.state().default_organization_mut().clock_mut().freeze(now);
    }

    fn default_client(&self) -> RegisteredClient {
        self.state().settings().clients.first().expect("the settings have a client").clone()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The system time; the epoch if the clock is set before it.
fn system_now() -> Timestamp {
    Timestamp::from_millis(0).saturating_add(UNIX_EPOCH.elapsed().unwrap_or_default())
}
