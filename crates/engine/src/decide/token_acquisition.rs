//! Gets the access token for one call: from the cache, another call's refresh, the store, or the token endpoint.
//!
//! A state machine without I/O, clock, or randomness. Limits in this module are ours unless a source is given.

use alloc::string::String;
use core::time::Duration;

use super::client_token_state::{ActiveCredentials, ClientTokenState, TokenSource, timeout_error};
use super::held_lock::HeldLock;
use crate::{
    AccessToken, AuthError, CacheLookup, CredentialsError, Secret, StepContext, StoreBreaker, StoreLocks,
    TOKEN_TIMEOUT, TokenRequest, VersionedToken, store_key,
};

/// How long a call waits for an early refresh; other calls use the old token in the meantime. A healthy token endpoint
/// responds faster.
const EARLY_REFRESH_TIMEOUT: Duration = Duration::from_secs(2);

/// Lease of a store lock: long enough for a token request and for writing the token.
pub const STORE_LOCK_LEASE: Duration = Duration::from_secs(12);

/// How long a call waits for a store lock that another process holds and that expires. Then it requests a token without the
/// lock, because a second token is better than a failed call.
const EXPIRING_LOCK_WAIT: Duration = Duration::from_secs(2);

/// How long a call waits for a store lock that ends with its process: until the lease is over.
const PROCESS_LOCK_WAIT: Duration = STORE_LOCK_LEASE;

/// A call waits for the lock at most this fraction (1/4) of its remaining time. The rest is for the token request.
const STORE_LOCK_WAIT_DIVISOR: u32 = 4;

/// How often a call polls the store while another process holds the lock.
const STORE_LOCK_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Gets a token for one call. The transport performs each [`TokenAction`] and passes the result to the next `step`.
#[derive(Debug)]
pub struct TokenAcquisition {
    deadline: Duration,
    step: TokenStep,
    lease: Option<HeldLease>,
    credentials: Option<ActiveCredentials>,
    /// Empty without a store.
    store_key: String,
    secrets_tried: usize,
    is_from_store: bool,
    lock_state: StoreLockState,
}

/// State of the store lock, which lets one process request a token that the others then load.
#[derive(Debug)]
enum StoreLockState {
    /// Not tried yet.
    Unlocked,
    /// Another process holds the lock. This call waits until the given time.
    Busy {
        until: Duration,
    },
    Held(HeldLock),
    /// This call does not lock again. It has released the lock or continues without it.
    Disabled,
}

#[derive(Debug)]
enum TokenStep {
    Start,
    /// Another call is fetching a token. `seen` is the value of `refresh_count` before the wait.
    Waiting {
        seen: u64,
    },
    ReadingStore,
    LockingStore,
    /// Waits while another process holds the lock.
    AwaitingLock,
    UnlockingStore(Result<VersionedToken, AuthError>),
    Requesting {
        secret: usize,
        timeout: Duration,
    },
    WritingStore(Result<VersionedToken, AuthError>),
    AwaitingCallback,
    Finished,
}

/// The refresh lease, held by this call.
#[derive(Debug)]
struct HeldLease {
    ticket: u64,
    early_refresh: Option<EarlyRefresh>,
}

/// A refresh before expiry. `seen` is the value of `refresh_count` when it started.
#[derive(Debug)]
struct EarlyRefresh {
    old_token: VersionedToken,
    seen: u64,
}

/// The result of the last action, reported by the transport.
#[derive(Debug)]
pub enum TokenInput {
    /// The first step, or the end of [`TokenAction::WaitForRelease`] or [`TokenAction::Sleep`].
    Continue,
    /// The result of [`TokenAction::ReadStore`].
    StoreRead {
        /// Whether the store responded in time, with or without an entry.
        responded: bool,
        /// The token of a valid entry.
        token: Option<AccessToken>,
    },
    /// The result of [`TokenAction::WriteStore`] or [`TokenAction::UnlockStore`].
    StoreWritten {
        /// Whether the store responded in time.
        responded: bool,
    },
    /// The result of [`TokenAction::LockStore`].
    StoreLocked(StoreLockResult),
    /// The result of [`TokenAction::Request`].
    Response(Result<AccessToken, AuthError>),
    /// The result of [`TokenAction::Callback`].
    CallbackReturned(Result<Secret, AuthError>),
    /// The caller dropped the call.
    Cancelled,
}

/// The result of locking the store.
#[derive(Debug)]
pub enum StoreLockResult {
    /// The call holds the lock, and this ticket releases it.
    Acquired(String),
    /// Another process holds the lock.
    Busy,
    /// The store responded with an error.
    Failed,
    /// The store did not respond in time.
    NoResponse,
}

/// The next action of the transport.
#[derive(Debug)]
pub enum TokenAction {
    /// Wait until another call releases the lease or the timeout expires, then continue. Waking up early is allowed.
    WaitForRelease { timeout: Duration },
    /// Read the entry [`TokenAcquisition::store_key`] from the store.
    ReadStore { timeout: Duration },
    /// Lock [`TokenAcquisition::store_key`] for [`STORE_LOCK_LEASE`].
    LockStore { timeout: Duration },
    /// Release the lock with the ticket from [`StoreLockResult::Acquired`].
    UnlockStore { ticket: String, timeout: Duration },
    /// Wait, then continue.
    Sleep { wait: Duration },
    /// Send [`TokenAcquisition::request`] to the token endpoint.
    Request { timeout: Duration },
    /// Write this token to the store under [`TokenAcquisition::store_key`].
    WriteStore { token: AccessToken, timeout: Duration },
    /// Get a token from the callback.
    Callback { timeout: Duration },
    /// The request has ended.
    Finish(Result<VersionedToken, AuthError>),
}

impl TokenAcquisition {
    /// A token request that gives up at `deadline`, on the clock of [`StepContext::elapsed`].
    pub const fn new(deadline: Duration) -> Self {
        Self {
            deadline,
            step: TokenStep::Start,
            lease: None,
            credentials: None,
            store_key: String::new(),
            secrets_tried: 0,
            is_from_store: false,
            lock_state: StoreLockState::Unlocked,
        }
    }

    /// Takes the result of the last action and returns the next action.
    ///
    /// # Panics
    ///
    /// If the input is not the result of the last action.
    pub fn step(&mut self, tokens: &mut ClientTokenState, input: TokenInput, moment: StepContext) -> TokenAction {
        match (core::mem::replace(&mut self.step, TokenStep::Finished), input) {
            (_, TokenInput::Cancelled) => {
                self.abandon_refresh(tokens, moment);
                TokenAction::Finish(Err(timeout_error("the call was cancelled")))
            }
            (TokenStep::Start, TokenInput::Continue) => self.start(tokens, moment),
            (TokenStep::Waiting { .. }, TokenInput::Continue) if self.time_left(moment).is_zero() => {
                TokenAction::Finish(Err(deadline_error()))
            }
            (TokenStep::Waiting { seen }, TokenInput::Continue) => self.acquire_lease_or_wait(tokens, seen, moment),
            (TokenStep::ReadingStore, TokenInput::StoreRead { responded, token }) => {
                if responded {
                    tokens.store_breaker.record_response();
                }
                match token.filter(|token| tokens.cache.accepts(token, moment.now)) {
                    Some(token) => {
                        self.is_from_store = true;
                        tokens.is_loaded_from_store = true;
                        self.finish_refresh(tokens, Ok(token), moment)
                    }
                    None => self.lock_store(tokens, moment),
                }
            }
            (TokenStep::LockingStore, TokenInput::StoreLocked(result)) => {
                if !matches!(result, StoreLockResult::NoResponse) {
                    tokens.store_breaker.record_response();
                }
                self.handle_lock_result(tokens, result, moment)
            }
            (TokenStep::AwaitingLock, TokenInput::Continue) => self.read_store(tokens, moment),
            (TokenStep::UnlockingStore(result), TokenInput::StoreWritten { responded }) => {
                if responded {
                    tokens.store_breaker.record_response();
                }
                TokenAction::Finish(result)
            }
            (TokenStep::Requesting { secret, timeout }, TokenInput::Response(result)) => {
                self.handle_response(tokens, secret, timeout, result, moment)
            }
            (TokenStep::WritingStore(result), TokenInput::StoreWritten { responded }) => {
                if responded {
                    tokens.store_breaker.record_response();
                }
                self.unlock_store(tokens, result, moment)
            }
            (TokenStep::AwaitingCallback, TokenInput::CallbackReturned(result)) => {
                let TokenSource::Callback(returned) = &mut tokens.source else {
                    unreachable!("only a callback is called")
                };
                *returned += 1;
                let generation = *returned;
                let token = result.and_then(|token| AccessToken::from_setting(&token).ok_or(AuthError::InvalidToken));
                TokenAction::Finish(token.map(|token| VersionedToken { token, generation }))
            }
            _ => unreachable!("the input is not the result of the last action"),
        }
    }

    /// The store key of the token.
    pub fn store_key(&self) -> &str {
        &self.store_key
    }

    /// The token request to send and the client secret in it.
    pub fn request(&self) -> Option<(TokenRequest, &Secret)> {
        let (active, secret) = (self.credentials.as_ref()?, self.secret()?);
        Some((TokenRequest::new(&active.credentials, secret, &active.ims), secret))
    }

    /// The client secret of the token request to send.
    pub fn secret(&self) -> Option<&Secret> {
        let TokenStep::Requesting { secret, .. } = self.step else { return None };
        self.credentials.as_ref()?.credentials.secrets().get(secret)
    }

    fn time_left(&self, moment: StepContext) -> Duration {
        self.deadline.saturating_sub(moment.elapsed)
    }

    fn start(&mut self, tokens: &mut ClientTokenState, moment: StepContext) -> TokenAction {
        match &tokens.source {
            TokenSource::OAuth(..) => {}
            TokenSource::Static(token) => {
                return TokenAction::Finish(Ok(VersionedToken { token: token.clone(), generation: 0 }));
            }
            TokenSource::Callback(_) => {
                self.step = TokenStep::AwaitingCallback;
                return TokenAction::Callback { timeout: self.time_left(moment).min(TOKEN_TIMEOUT) };
            }
        }
        let seen = tokens.cache.refresh_count();
        match tokens.cache.lookup(moment.now, seen) {
            CacheLookup::Token { token, generation } => TokenAction::Finish(Ok(VersionedToken { token, generation })),
            CacheLookup::Failed(error) => TokenAction::Finish(Err(error)),
            CacheLookup::Refresh { token, generation } => {
                let old = VersionedToken { token, generation };
                let Some(ticket) = Self::try_acquire_lease(tokens, moment) else { return TokenAction::Finish(Ok(old)) };
                self.deadline = self.deadline.min(moment.elapsed.saturating_add(EARLY_REFRESH_TIMEOUT));
                self.lease = Some(HeldLease { ticket, early_refresh: Some(EarlyRefresh { old_token: old, seen }) });
                self.load_or_request(tokens, moment)
            }
            CacheLookup::Fetch => self.acquire_lease_or_wait(tokens, seen, moment),
        }
    }

    fn try_acquire_lease(tokens: &mut ClientTokenState, moment: StepContext) -> Option<u64> {
        let lease = tokens.options()?.lease_duration;
        tokens.lease.acquire(moment.elapsed, lease)
    }

    fn acquire_lease_or_wait(&mut self, tokens: &mut ClientTokenState, seen: u64, moment: StepContext) -> TokenAction {
        let Some(ticket) = Self::try_acquire_lease(tokens, moment) else {
            self.step = TokenStep::Waiting { seen };
            return TokenAction::WaitForRelease { timeout: self.time_left(moment) };
        };
        self.lease = Some(HeldLease { ticket, early_refresh: None });
        match tokens.cache.lookup(moment.now, seen) {
            CacheLookup::Token { token, generation } | CacheLookup::Refresh { token, generation } => {
                self.release_lease(tokens);
                TokenAction::Finish(Ok(VersionedToken { token, generation }))
            }
            CacheLookup::Failed(error) => {
                self.release_lease(tokens);
                TokenAction::Finish(Err(error))
            }
            CacheLookup::Fetch => self.load_or_request(tokens, moment),
        }
    }

    /// Loads a shared token from the store or requests one. Only the holder of the lease calls this.
    fn load_or_request(&mut self, tokens: &mut ClientTokenState, moment: StepContext) -> TokenAction {
        let Some(active) = tokens.active_credentials() else { unreachable!("only credentials use a lease") };
        if tokens.options().is_some_and(|options| options.has_store) {
            self.store_key = store_key(&active.credentials, &active.ims);
        }
        self.credentials = Some(active);
        self.secrets_tried = 0;
        self.is_from_store = false;
        // After a change of credentials the key differs, and so does the lock.
        if let StoreLockState::Held(lock) = &self.lock_state
            && lock.key != self.store_key
        {
            self.orphan_lock(tokens);
        }
        self.read_store(tokens, moment)
    }

    /// The timeout for a store operation; `None` if the store is not used now.
    fn store_timeout(&self, tokens: &mut ClientTokenState, moment: StepContext) -> Option<Duration> {
        let timeout = StoreBreaker::timeout(self.time_left(moment), store_locks(tokens));
        // With a zero timeout, even a healthy store would count as unresponsive.
        (!timeout.is_zero() && tokens.try_use_store(moment.now)).then_some(timeout)
    }

    fn read_store(&mut self, tokens: &mut ClientTokenState, moment: StepContext) -> TokenAction {
        let Some(timeout) = self.store_timeout(tokens, moment) else { return self.start_requests(tokens, moment) };
        self.step = TokenStep::ReadingStore;
        TokenAction::ReadStore { timeout }
    }

    /// Locks the store. Requests a token at once if the store has no locks or this call is done with the lock.
    fn lock_store(&mut self, tokens: &mut ClientTokenState, moment: StepContext) -> TokenAction {
        let is_open = matches!(self.lock_state, StoreLockState::Unlocked | StoreLockState::Busy { .. });
        if !is_open || store_locks(tokens) == StoreLocks::None {
            return self.start_requests(tokens, moment);
        }
        if let Some(lock) = tokens.take_orphaned_lock(&self.store_key, moment.elapsed) {
            self.lock_state = StoreLockState::Held(lock);
            return self.start_requests(tokens, moment);
        }
        let Some(timeout) = self.store_timeout(tokens, moment) else { return self.start_requests(tokens, moment) };
        self.step = TokenStep::LockingStore;
        TokenAction::LockStore { timeout }
    }

    /// How long this call may wait for a lock. The rest of its time is for a token request of its own.
    fn lock_wait(&self, locks: StoreLocks, moment: StepContext) -> Duration {
        let left = self.time_left(moment);
        match locks {
            StoreLocks::ProcessBound => {
                PROCESS_LOCK_WAIT.min(left.saturating_sub(TOKEN_TIMEOUT).max(left / STORE_LOCK_WAIT_DIVISOR))
            }
            StoreLocks::None | StoreLocks::Expiring => EXPIRING_LOCK_WAIT.min(left / STORE_LOCK_WAIT_DIVISOR),
        }
    }

    fn handle_lock_result(
        &mut self,
        tokens: &mut ClientTokenState,
        result: StoreLockResult,
        moment: StepContext,
    ) -> TokenAction {
        match result {
            StoreLockResult::Acquired(ticket) => {
                let until = moment.elapsed.saturating_add(STORE_LOCK_LEASE);
                self.lock_state =
                    StoreLockState::Held(HeldLock { key: self.store_key.clone(), ticket, expires_at: until });
                // The previous holder may have written a token.
                self.read_store(tokens, moment)
            }
            StoreLockResult::Busy => {
                let until = match self.lock_state {
                    StoreLockState::Busy { until } => until,
                    _ => moment.elapsed.saturating_add(self.lock_wait(store_locks(tokens), moment)),
                };
                if moment.elapsed >= until {
                    self.lock_state = StoreLockState::Disabled;
                    return self.start_requests(tokens, moment);
                }
                self.lock_state = StoreLockState::Busy { until };
                self.step = TokenStep::AwaitingLock;
                TokenAction::Sleep { wait: STORE_LOCK_POLL_INTERVAL.min(until.saturating_sub(moment.elapsed)) }
            }
            StoreLockResult::Failed | StoreLockResult::NoResponse => {
                self.lock_state = StoreLockState::Disabled;
                self.start_requests(tokens, moment)
            }
        }
    }

    fn unlock_store(
        &mut self,
        tokens: &mut ClientTokenState,
        result: Result<VersionedToken, AuthError>,
        moment: StepContext,
    ) -> TokenAction {
        if matches!(self.lock_state, StoreLockState::Held(_))
            && let Some(timeout) = self.store_timeout(tokens, moment)
            && let StoreLockState::Held(lock) = core::mem::replace(&mut self.lock_state, StoreLockState::Disabled)
        {
            self.step = TokenStep::UnlockingStore(result);
            return TokenAction::UnlockStore { ticket: lock.ticket, timeout };
        }
        self.orphan_lock(tokens);
        TokenAction::Finish(result)
    }

    /// Leaves the lock to the next call if this call cannot release it.
    fn orphan_lock(&mut self, tokens: &mut ClientTokenState) {
        if let StoreLockState::Held(lock) = core::mem::replace(&mut self.lock_state, StoreLockState::Unlocked) {
            tokens.orphaned_lock = Some(lock);
        }
    }

    fn start_requests(&mut self, tokens: &mut ClientTokenState, moment: StepContext) -> TokenAction {
        self.request_token(tokens, Err(CredentialsError::MissingSecret.into()), moment)
    }

    /// Tries the secrets in turn, starting with the one that worked last, because during a rotation either one can be
    /// valid. Only a rejection of the secret itself leads to the next one.
    fn request_token(
        &mut self,
        tokens: &mut ClientTokenState,
        last: Result<AccessToken, AuthError>,
        moment: StepContext,
    ) -> TokenAction {
        let Some(active) = &self.credentials else { unreachable!("`load_or_request` sets the credentials") };
        let secrets = active.credentials.secrets().len();
        if self.secrets_tried >= secrets {
            return self.finish_refresh(tokens, last, moment);
        }
        let left = self.time_left(moment);
        if left.is_zero() {
            return self.give_up(tokens, moment);
        }
        let secret = (active.working_secret + self.secrets_tried) % secrets;
        self.secrets_tried += 1;
        let timeout = left.min(TOKEN_TIMEOUT);
        self.step = TokenStep::Requesting { secret, timeout };
        TokenAction::Request { timeout }
    }

    fn handle_response(
        &mut self,
        tokens: &mut ClientTokenState,
        secret: usize,
        timeout: Duration,
        result: Result<AccessToken, AuthError>,
        moment: StepContext,
    ) -> TokenAction {
        match &result {
            Err(error) if error.is_call_deadline(timeout) => self.give_up(tokens, moment),
            Err(AuthError::Ims(error)) if error.is_secret_rejected() => self.request_token(tokens, result, moment),
            _ => {
                if let Some(active) = &self.credentials {
                    tokens.set_working_secret(active, secret);
                }
                self.finish_refresh(tokens, result, moment)
            }
        }
    }

    /// Records the result, releases the lease, and writes the token to the store. The waiting calls continue before the
    /// write.
    fn finish_refresh(
        &mut self,
        tokens: &mut ClientTokenState,
        result: Result<AccessToken, AuthError>,
        moment: StepContext,
    ) -> TokenAction {
        let Some(active) = &self.credentials else { unreachable!("`load_or_request` sets the credentials") };
        if tokens.is_outdated(active, &result) {
            return self.load_or_request(tokens, moment);
        }
        let to_share = result.as_ref().ok().filter(|_| !self.is_from_store).cloned();
        let issued = tokens.record_refresh(result, moment);
        let issued = match self.release_lease(tokens) {
            Some(EarlyRefresh { old_token: old, .. }) => Ok(issued.unwrap_or(old)),
            None => issued,
        };
        if let Some(token) = to_share
            && let Some(timeout) = self.store_timeout(tokens, moment)
        {
            self.step = TokenStep::WritingStore(issued);
            return TokenAction::WriteStore { token, timeout };
        }
        self.unlock_store(tokens, issued, moment)
    }

    fn give_up(&mut self, tokens: &mut ClientTokenState, moment: StepContext) -> TokenAction {
        TokenAction::Finish(self.abandon_refresh(tokens, moment).ok_or_else(deadline_error))
    }

    /// Releases the lease and returns the old token of an early refresh. An unfinished early refresh counts as a
    /// failure, so that the next call does not wait for the same unresponsive endpoint.
    fn abandon_refresh(&mut self, tokens: &mut ClientTokenState, moment: StepContext) -> Option<VersionedToken> {
        self.orphan_lock(tokens);
        let EarlyRefresh { old_token: old, seen } = self.release_lease(tokens)?;
        if tokens.cache.refresh_count() == seen {
            let error = timeout_error("refresh abandoned, because the old token is still valid");
            tokens.cache.record(Err(error), moment.now, moment.random);
        }
        Some(old)
    }

    fn release_lease(&mut self, tokens: &mut ClientTokenState) -> Option<EarlyRefresh> {
        let HeldLease { ticket, early_refresh } = self.lease.take()?;
        tokens.release_lease(ticket);
        early_refresh
    }
}

fn store_locks(tokens: &ClientTokenState) -> StoreLocks {
    tokens.options().map(|options| options.store_locks).unwrap_or_default()
}

fn deadline_error() -> AuthError {
    timeout_error("the deadline of the call has passed")
}
