//! Provides access tokens: fetched with credentials, static, or from a callback.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_engine::{IssuedToken, Moment, OAuthOptions, TokenAction, TokenInput, TokenRequestState, TokenState};

use crate::token::token_input;
use crate::{AuthError, Credentials, Endpoint, Pending, Secret, Timestamp, TokenDriver, TokenNote};

/// Provides access tokens. Cheap to clone; clones share one token and one request for it.
///
/// It starts no task of its own: a call that needs a token fetches it, also ahead of expiry. The engine decides
/// ([`TokenRequestState`]); a [`TokenDriver`] does the I/O.
#[derive(Clone)]
pub struct TokenProvider {
    shared: Arc<SharedTokens>,
}

struct SharedTokens {
    state: Mutex<TokenState>,
    /// A static token needs none.
    driver: Option<Arc<dyn TokenDriver>>,
}

impl TokenProvider {
    /// Fetches tokens with these credentials from this token endpoint. Make the client with [`crate::http_client`].
    #[cfg(feature = "reqwest")]
    pub fn new(credentials: Credentials, ims: &Endpoint, http: reqwest::Client) -> Self {
        Self::with(credentials, ims, http, Arc::new(crate::System::default()), None)
    }

    /// Like [`TokenProvider::new`], with a store that shares tokens with other processes, and with another clock and
    /// randomness.
    #[cfg(feature = "reqwest")]
    pub fn with(
        credentials: Credentials,
        ims: &Endpoint,
        http: reqwest::Client,
        surroundings: Arc<dyn crate::Surroundings>,
        store: Option<Arc<dyn crate::TokenStore>>,
    ) -> Self {
        let driver = crate::transport::reqwest_transport::NativeDriver::new(http, surroundings, store);
        Self::with_transport(credentials, ims, Arc::new(driver))
    }

    /// Fetches tokens with these credentials from this token endpoint, over another transport than the native one.
    pub fn with_transport(credentials: Credentials, ims: &Endpoint, driver: Arc<dyn TokenDriver>) -> Self {
        let (has_store, store_locks) = (driver.has_store(), driver.store_locks());
        let options = OAuthOptions { has_store, store_locks, lease: driver.lease() };
        Self::from_state(TokenState::with_credentials(credentials, ims.clone(), options), Some(driver))
    }

    /// Provides one token that was fetched elsewhere, until the service rejects it.
    pub fn from_static(token: &Secret) -> Result<Self, AuthError> {
        Ok(Self::from_state(TokenState::from_static(token)?, None))
    }

    /// Asks the driver for a token before each attempt, and once more when the service rejects one ([`TokenDriver::ask`]).
    pub fn from_callback(driver: Arc<dyn TokenDriver>) -> Self {
        Self::from_state(TokenState::from_callback(), Some(driver))
    }

    fn from_state(state: TokenState, driver: Option<Arc<dyn TokenDriver>>) -> Self {
        Self { shared: Arc::new(SharedTokens { state: Mutex::new(state), driver }) }
    }

    /// A token that is good for the next call, fetched if there is none. However many callers wait, one request is made.
    pub async fn token(&self) -> Result<IssuedToken, AuthError> {
        self.token_until(Duration::MAX).await
    }

    /// Like [`TokenProvider::token`], and given up at `until`, on the clock of [`crate::Surroundings::elapsed`].
    pub async fn token_until(&self, until: Duration) -> Result<IssuedToken, AuthError> {
        let mut pending = PendingToken { provider: self, request: TokenRequestState::new(until), finished: false };
        let mut performer = TokenPerformer::new(self);
        let mut input = TokenInput::Continue;
        loop {
            input = match pending.step(input) {
                TokenAction::Finish(result) => return result,
                action => performer.perform(&pending.request, action).await,
            };
        }
    }

    /// The state, to step a call that shares these tokens. Pass it to [`TokenProvider::after_step`] then.
    pub fn state(&self) -> MutexGuard<'_, TokenState> {
        // The state is consistent after every step, so a panic elsewhere does not spoil it.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the calls that wait for a token if the step has ended the lease, and reports a token from the store.
    pub fn after_step(&self, mut state: MutexGuard<'_, TokenState>) {
        let Some(driver) = &self.shared.driver else { return };
        let (released, loaded) = (state.take_released(), state.take_loaded());
        drop(state);
        if released {
            driver.turn_has_ended();
        }
        if loaded {
            driver.note(TokenNote::Taken);
        }
    }

    /// Reports that the service rejected the token of this generation. Returns whether another one can be had.
    pub fn invalidate(&self, generation: u64) -> bool {
        self.state().invalidate(generation, self.now())
    }

    /// Reports that the service also rejected this token, which had just replaced another one. For half a minute, a rejection
    /// does not lead to another token request.
    pub fn mark_rejected(&self, generation: u64) {
        self.state().mark_rejected(generation, self.now());
    }

    /// How long the token endpoint is left alone after a failure; zero when it is not.
    pub fn backoff_remaining(&self) -> Duration {
        self.state().backoff_remaining(self.now())
    }

    /// Continues with other secrets or scopes of the same client, without a restart. The token stays in use unless the scopes
    /// differ. For another client or organization, make another provider: a call names both in its headers.
    pub fn replace(&self, credentials: Credentials) -> Result<(), AuthError> {
        self.state().replace_credentials(credentials)
    }

    fn now(&self) -> Timestamp {
        self.moment().now
    }

    fn moment(&self) -> Moment {
        match &self.shared.driver {
            None => Moment { now: Timestamp::from_millis(0), elapsed: Duration::ZERO, random: 0 },
            Some(driver) => driver.surroundings().moment(),
        }
    }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TokenProvider");
        let state = self.state();
        if let (Some(credentials), Some(ims)) = (state.credentials(), state.ims()) {
            shown.field("client_id", credentials.client_id()).field("ims", &ims.as_str());
        }
        shown.finish_non_exhaustive()
    }
}

/// A token request in progress. Dropped before its end, it releases the lease.
struct PendingToken<'p> {
    provider: &'p TokenProvider,
    request: TokenRequestState,
    finished: bool,
}

impl PendingToken<'_> {
    fn step(&mut self, input: TokenInput) -> TokenAction {
        let mut state = self.provider.state();
        // Read under the lock: what others recorded is not in the future.
        let moment = self.provider.moment();
        let action = self.request.step(&mut state, input, moment);
        self.provider.after_step(state);
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
pub struct TokenPerformer<'p> {
    provider: &'p TokenProvider,
    release: Option<Pending<'p, ()>>,
}

impl<'p> TokenPerformer<'p> {
    /// For a call that gets its token here.
    pub const fn new(provider: &'p TokenProvider) -> Self {
        Self { provider, release: None }
    }

    /// Performs an action, which is not [`TokenAction::Finish`].
    pub async fn perform(&mut self, request: &TokenRequestState, action: TokenAction) -> TokenInput {
        let Some(driver) = &self.provider.shared.driver else { return TokenInput::Continue };
        let note = |note: Option<TokenNote>| {
            if let Some(note) = note {
                driver.note(note);
            }
        };
        match action {
            TokenAction::Wait { at_most } => {
                // The first time, it only starts to listen: the lease may have ended since the step.
                match self.release.take() {
                    None => self.release = Some(driver.turn_end(at_most)),
                    Some(release) => release.await,
                }
                TokenInput::Continue
            }
            TokenAction::ReadStore { timeout } => {
                let key = request.store_key();
                let result = driver.read_store(key, timeout).await;
                let (input, problem) = token_input::store_read(result, timeout, self.provider.now());
                note(problem);
                input
            }
            TokenAction::WriteStore { token, timeout } => {
                let (key, now) = (request.store_key(), self.provider.now());
                let (entry, lifetime) = token_input::entry(&token, now);
                let result = driver.write_store(key, &entry, lifetime, timeout).await;
                let (input, problem) = token_input::store_written(result, "written", timeout);
                note(problem);
                input
            }
            TokenAction::LockStore { timeout } => {
                let key = request.store_key();
                let (result, problem) = token_input::store_locked(driver.lock_store(key, timeout).await, timeout);
                note(problem);
                TokenInput::StoreLocked(result)
            }
            TokenAction::UnlockStore { ticket, timeout } => {
                let key = request.store_key();
                let result = driver.unlock_store(key, &ticket, timeout).await;
                let (input, problem) = token_input::store_written(result, "unlocked", timeout);
                note(problem);
                input
            }
            TokenAction::Sleep { wait } => {
                driver.surroundings().sleep(wait).await;
                TokenInput::Continue
            }
            TokenAction::Request { timeout } => {
                let Some((sent, secret)) = request.request() else { return TokenInput::Cancelled };
                let result = driver.send(&sent, timeout).await;
                let result = token_input::response(result, secret, self.provider.now());
                note(token_input::response_note(&result, timeout));
                TokenInput::Response(result)
            }
            TokenAction::Callback { timeout } => TokenInput::CallbackReturned(driver.ask(timeout).await),
            TokenAction::Finish(_) => TokenInput::Continue,
        }
    }
}

impl fmt::Debug for TokenPerformer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenPerformer")
    }
}
