//! Provides access tokens: fetched with credentials, static, or from a callback.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_engine::{
    ClientTokenState, OAuthOptions, StepContext, TokenAcquisition, TokenAction, TokenInput, VersionedToken,
};

use crate::token::action_results;
use crate::{AuthError, BaseUrl, BoxFuture, Credentials, Secret, Timestamp, TokenEvent, TokenTransport};

/// Provides access tokens. It is cheap to clone, and clones share one token and one token request.
///
/// It has no background task: a call fetches the token, even for an early refresh. The engine ([`TokenAcquisition`])
/// decides, and a [`TokenTransport`] does the I/O.
#[derive(Clone)]
pub struct TokenProvider {
    shared: Arc<SharedTokens>,
}

struct SharedTokens {
    state: Mutex<ClientTokenState>,
    /// `None` for a static token.
    transport: Option<Arc<dyn TokenTransport>>,
}

impl TokenProvider {
    /// Fetches tokens with these credentials from this token endpoint. Create the client with [`crate::http_client`].
    #[cfg(feature = "reqwest")]
    pub fn new(credentials: Credentials, ims: &BaseUrl, http: reqwest::Client) -> Self {
        Self::with_runtime_and_store(credentials, ims, http, Arc::new(crate::SystemRuntime::default()), None)
    }

    /// Like [`TokenProvider::new`], with another environment and a store that shares tokens.
    #[cfg(feature = "reqwest")]
    pub fn with_runtime_and_store(
        credentials: Credentials,
        ims: &BaseUrl,
        http: reqwest::Client,
        runtime: Arc<dyn crate::Runtime>,
        store: Option<Arc<dyn crate::TokenStore>>,
    ) -> Self {
        let transport = crate::transport::reqwest_token_transport::ReqwestTokenTransport::new(http, runtime, store);
        Self::with_transport(credentials, ims, Arc::new(transport))
    }

    /// Like [`TokenProvider::new`], with a custom transport.
    pub fn with_transport(credentials: Credentials, ims: &BaseUrl, transport: Arc<dyn TokenTransport>) -> Self {
        let options = OAuthOptions {
            has_store: transport.has_store(),
            store_locks: transport.store_locks(),
            lease_duration: transport.lease_duration(),
        };
        Self::from_state(ClientTokenState::with_credentials(credentials, ims.clone(), options), Some(transport))
    }

    /// Provides a static token.
    pub fn from_static(token: &Secret) -> Result<Self, AuthError> {
        Ok(Self::from_state(ClientTokenState::from_static(token)?, None))
    }

    /// Gets a token from [`TokenTransport::request_from_callback`] before each attempt, and once more if the service
    /// rejects it.
    pub fn from_callback(transport: Arc<dyn TokenTransport>) -> Self {
        Self::from_state(ClientTokenState::from_callback(), Some(transport))
    }

    fn from_state(state: ClientTokenState, transport: Option<Arc<dyn TokenTransport>>) -> Self {
        Self { shared: Arc::new(SharedTokens { state: Mutex::new(state), transport }) }
    }

    /// Returns a valid token and fetches one if necessary. Concurrent callers share one token request.
    pub async fn token(&self) -> Result<VersionedToken, AuthError> {
        self.token_until(Duration::MAX).await
    }

    /// Like [`TokenProvider::token`], with a deadline on the clock of [`crate::Runtime::elapsed`].
    pub async fn token_until(&self, deadline: Duration) -> Result<VersionedToken, AuthError> {
        let mut pending = PendingToken { provider: self, request: TokenAcquisition::new(deadline), finished: false };
        let mut executor = TokenActionExecutor::new(self);
        let mut input = TokenInput::Continue;
        loop {
            input = match pending.step(input) {
                TokenAction::Finish(result) => return result,
                action => executor.execute(&pending.request, action).await,
            };
        }
    }

    /// Locks the state to step a call that shares these tokens. Pass the guard to [`TokenProvider::finish_step`]
    /// afterwards.
    pub fn state(&self) -> MutexGuard<'_, ClientTokenState> {
        // The state is consistent after every step, so a poisoned lock is harmless.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the waiting calls if the step released the lease, and reports a token from the store.
    pub fn finish_step(&self, mut state: MutexGuard<'_, ClientTokenState>) {
        let Some(transport) = &self.shared.transport else { return };
        let (released, loaded) = (state.take_lease_released(), state.take_loaded_from_store());
        drop(state);
        if released {
            transport.notify_released();
        }
        if loaded {
            transport.on_event(TokenEvent::LoadedFromStore);
        }
    }

    /// Records that the service rejected the token of this generation. Returns whether to retry with another token.
    pub fn invalidate(&self, generation: u64) -> bool {
        self.state().invalidate(generation, self.now())
    }

    /// Records that the service also rejected the replacement of a rejected token. For 30 seconds, further rejections
    /// do not trigger token requests.
    pub fn mark_rejected(&self, generation: u64) {
        self.state().mark_rejected(generation, self.now());
    }

    /// Time until the next token request is allowed after a failure; zero without a recent failure.
    pub fn backoff_remaining(&self) -> Duration {
        self.state().backoff_remaining(self.now())
    }

    /// Switches to other secrets or scopes of the same client. The cached token stays valid unless the scopes differ.
    /// For another client or organization create another provider, because calls send both in headers.
    pub fn replace_credentials(&self, credentials: Credentials) -> Result<(), AuthError> {
        self.state().replace_credentials(credentials)
    }

    fn now(&self) -> Timestamp {
        self.step_context().now
    }

    fn step_context(&self) -> StepContext {
        match &self.shared.transport {
            None => StepContext { now: Timestamp::from_millis(0), elapsed: Duration::ZERO, random: 0 },
            Some(transport) => transport.runtime().step_context(),
        }
    }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("TokenProvider");
        let state = self.state();
        if let (Some(credentials), Some(ims)) = (state.credentials(), state.ims()) {
            debug.field("client_id", credentials.client_id()).field("ims", &ims.as_str());
        }
        debug.finish_non_exhaustive()
    }
}

/// A token request in progress. Dropping it early releases the lease.
struct PendingToken<'p> {
    provider: &'p TokenProvider,
    request: TokenAcquisition,
    finished: bool,
}

impl PendingToken<'_> {
    fn step(&mut self, input: TokenInput) -> TokenAction {
        let mut state = self.provider.state();
        // Read under the lock, so that no recorded time is in the future.
        let context = self.provider.step_context();
        let action = self.request.step(&mut state, input, context);
        self.provider.finish_step(state);
        self.finished = matches!(action, TokenAction::Finish(_));
        action
    }
}

impl Drop for PendingToken<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.step(TokenInput::Cancelled);
        }
    }
}

/// Performs the token actions of one call.
pub struct TokenActionExecutor<'p> {
    provider: &'p TokenProvider,
    release_wait: Option<BoxFuture<'p, ()>>,
}

impl<'p> TokenActionExecutor<'p> {
    /// Creates an executor for one call.
    pub const fn new(provider: &'p TokenProvider) -> Self {
        Self { provider, release_wait: None }
    }

    /// Performs an action other than [`TokenAction::Finish`].
    pub async fn execute(&mut self, request: &TokenAcquisition, action: TokenAction) -> TokenInput {
        let Some(transport) = &self.provider.shared.transport else { return TokenInput::Continue };
        let report = |event: Option<TokenEvent>| {
            if let Some(event) = event {
                transport.on_event(event);
            }
        };
        match action {
            TokenAction::WaitForRelease { timeout } => {
                // The first time it only starts to listen, because the lease may already be released.
                match self.release_wait.take() {
                    None => self.release_wait = Some(transport.wait_for_release(timeout)),
                    Some(release) => release.await,
                }
                TokenInput::Continue
            }
            TokenAction::ReadStore { timeout } => {
                let key = request.store_key();
                let result = transport.read_store(key, timeout).await;
                let (input, event) = action_results::store_read(result, timeout, self.provider.now());
                report(event);
                input
            }
            TokenAction::WriteStore { token, timeout } => {
                let (key, now) = (request.store_key(), self.provider.now());
                let (entry, lifetime) = action_results::to_store_entry(&token, now);
                let result = transport.write_store(key, &entry, lifetime, timeout).await;
                let (input, event) = action_results::store_written(result, "written", timeout);
                report(event);
                input
            }
            TokenAction::LockStore { timeout } => {
                let key = request.store_key();
                let (result, event) = action_results::store_locked(transport.lock_store(key, timeout).await, timeout);
                report(event);
                TokenInput::StoreLocked(result)
            }
            TokenAction::UnlockStore { ticket, timeout } => {
                let key = request.store_key();
                let result = transport.unlock_store(key, &ticket, timeout).await;
                let (input, event) = action_results::store_written(result, "unlocked", timeout);
                report(event);
                input
            }
            TokenAction::Sleep { wait } => {
                transport.runtime().sleep(wait).await;
                TokenInput::Continue
            }
            TokenAction::Request { timeout } => {
                let Some((token_request, secret)) = request.request() else { return TokenInput::Cancelled };
                let result = transport.send_token_request(&token_request, timeout).await;
                let result = action_results::parse_result(result, secret, self.provider.now());
                report(action_results::response_event(&result, timeout));
                TokenInput::Response(result)
            }
            TokenAction::Callback { timeout } => {
                TokenInput::CallbackReturned(transport.request_from_callback(timeout).await)
            }
            TokenAction::Finish(_) => TokenInput::Continue,
        }
    }
}

impl fmt::Debug for TokenActionExecutor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenActionExecutor")
    }
}
