//! How one call gets its access token: from the cache, from another call's refresh, from the store, or from the token
//! endpoint. A state machine without I/O, clock, or randomness.

use alloc::string::String;
use core::time::Duration;

use super::store_lock::HeldLock;
use super::token_state::{ActiveCredentials, TokenSource, TokenState, static_token, timed_out};
use crate::{
    AccessToken, AuthError, CacheLookup, CredentialsError, IssuedToken, Moment, Secret, StoreBreaker, TOKEN_TIMEOUT,
    TokenRequest, store_key,
};

/// How long one call waits for a token that it fetches ahead of expiry; the others use the old one meanwhile. A healthy token
/// endpoint responds sooner.
const AHEAD_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a lock of the store lasts if nobody releases it: a token request, and the time to write the token.
pub const STORE_LOCK_LEASE: Duration = Duration::from_secs(12);

/// How long a call waits for a lock that another process holds. Then it requests a token without the lock: a second token costs
/// less than a call.
const STORE_LOCK_WAIT: Duration = Duration::from_secs(2);

/// The share of a call's remaining time that it may wait for the lock. The rest is for the request.
const STORE_LOCK_SHARE: u32 = 4;

/// How often a call looks for the token of the process that holds the lock.
const STORE_LOCK_INTERVAL: Duration = Duration::from_millis(100);

/// Gets a token for one call. The transport performs each [`TokenAction`] and passes the result to the next `step`.
#[derive(Debug)]
pub struct TokenRequestState {
    until: Duration,
    step: Step,
    lease: Option<LeaseGuard>,
    active: Option<ActiveCredentials>,
    /// Empty without a store.
    store_key: String,
    /// How many of the secrets were tried.
    tried: usize,
    loaded_from_store: bool,
    lock: StoreLock,
}

/// The lock of the store, so that one process requests a token and the others load it.
#[derive(Debug)]
enum StoreLock {
    /// Not tried yet.
    Unlocked,
    /// Another process holds it. The call waits until this time.
    Busy { until: Duration },
    /// This call holds it.
    Held(HeldLock),
    /// This call does not lock again: it has released the lock, or continues without it.
    Skipped,
}

#[derive(Debug)]
enum Step {
    Start,
    /// Another call fetches a token. `seen` is the number of refreshes that had ended before.
    Waiting {
        seen: u64,
    },
    ReadingStore,
    LockingStore,
    /// Waits for another process that holds the lock.
    AwaitingLock,
    UnlockingStore(Result<IssuedToken, AuthError>),
    Requesting {
        secret: usize,
        timeout: Duration,
    },
    WritingStore(Result<IssuedToken, AuthError>),
    AwaitingCallback,
    Finished,
}

/// The lease to fetch a token.
#[derive(Debug)]
struct LeaseGuard {
    ticket: u64,
    ahead: Option<Ahead>,
}

/// A refresh ahead of expiry. It has the old token, and the number of refreshes that had ended before.
#[derive(Debug)]
struct Ahead {
    old: IssuedToken,
    seen: u64,
}

/// What the transport reports.
#[derive(Debug)]
pub enum TokenInput {
    /// The first step, or the end of [`TokenAction::Wait`] or [`TokenAction::Sleep`].
    Continue,
    /// How [`TokenAction::ReadStore`] ended. `responded` is false if the store did not respond in time.
    StoreRead {
        /// Whether the store responded, with or without an entry.
        responded: bool,
        /// The token of a valid entry.
        token: Option<AccessToken>,
    },
    /// How [`TokenAction::WriteStore`] or [`TokenAction::UnlockStore`] ended.
    StoreWritten {
        /// Whether the store responded in time.
        responded: bool,
    },
    /// How [`TokenAction::LockStore`] ended.
    StoreLocked(StoreLockResult),
    /// How [`TokenAction::Request`] ended.
    Response(Result<AccessToken, AuthError>),
    /// How [`TokenAction::Callback`] ended.
    CallbackReturned(Result<Secret, AuthError>),
    /// The call was dropped.
    Cancelled,
}

/// How locking the store ended.
#[derive(Debug)]
pub enum StoreLockResult {
    /// The call holds the lock. This ticket releases it.
    Acquired(String),
    /// Another process holds it.
    Busy,
    /// The store responded with an error.
    Failed,
    /// The store did not respond in time.
    NoResponse,
}

/// What the transport does next.
#[derive(Debug)]
pub enum TokenAction {
    /// Wait until the refresh of another call ends, at most this long; then continue. It may be shorter.
    Wait {
        /// The limit.
        at_most: Duration,
    },
    /// Read the token store under [`TokenRequestState::store_key`].
    ReadStore {
        /// The limit.
        timeout: Duration,
    },
    /// Lock the token under [`TokenRequestState::store_key`] for [`STORE_LOCK_LEASE`].
    LockStore {
        /// The limit.
        timeout: Duration,
    },
    /// Release the lock.
    UnlockStore {
        /// Of [`StoreLockResult::Acquired`].
        ticket: String,
        /// The limit.
        timeout: Duration,
    },
    /// Wait this long, then continue.
    Sleep {
        /// How long.
        wait: Duration,
    },
    /// Send [`TokenRequestState::request`] to the token endpoint.
    Request {
        /// The limit.
        timeout: Duration,
    },
    /// Write this token to the store under [`TokenRequestState::store_key`].
    WriteStore {
        /// The token.
        token: AccessToken,
        /// The limit.
        timeout: Duration,
    },
    /// Ask the callback for a token.
    Callback {
        /// The limit.
        timeout: Duration,
    },
    /// The call has a token, or none.
    Finish(Result<IssuedToken, AuthError>),
}

impl TokenRequestState {
    /// For a call that gives up at `until`, on the clock of [`Moment::elapsed`].
    pub const fn new(until: Duration) -> Self {
        Self {
            until,
            step: Step::Start,
            lease: None,
            active: None,
            store_key: String::new(),
            tried: 0,
            loaded_from_store: false,
            lock: StoreLock::Unlocked,
        }
    }

    /// Decides what to do next.
    ///
    /// # Panics
    ///
    /// If the input is not the result of the last action.
    pub fn step(&mut self, tokens: &mut TokenState, input: TokenInput, moment: Moment) -> TokenAction {
        match (core::mem::replace(&mut self.step, Step::Finished), input) {
            (_, TokenInput::Cancelled) => {
                self.cancel(tokens, moment);
                TokenAction::Finish(Err(timed_out("the call was cancelled")))
            }
            (Step::Start, TokenInput::Continue) => self.start(tokens, moment),
            (Step::Waiting { .. }, TokenInput::Continue) if self.left(moment).is_zero() => {
                TokenAction::Finish(Err(late()))
            }
            (Step::Waiting { seen }, TokenInput::Continue) => self.take_lease(tokens, seen, moment),
            (Step::ReadingStore, TokenInput::StoreRead { responded, token }) => {
                if responded {
                    tokens.store.responded();
                }
                match token.filter(|token| tokens.cache.accepts(token, moment.now)) {
                    Some(token) => {
                        self.loaded_from_store = true;
                        tokens.loaded = true;
                        self.settle(tokens, Ok(token), moment)
                    }
                    None => self.lock_store(tokens, moment),
                }
            }
            (Step::LockingStore, TokenInput::StoreLocked(result)) => {
                if !matches!(result, StoreLockResult::NoResponse) {
                    tokens.store.responded();
                }
                self.locked(tokens, result, moment)
            }
            (Step::AwaitingLock, TokenInput::Continue) => self.read_store(tokens, moment),
            (Step::UnlockingStore(result), TokenInput::StoreWritten { responded }) => {
                if responded {
                    tokens.store.responded();
                }
                TokenAction::Finish(result)
            }
            (Step::Requesting { secret, timeout }, TokenInput::Response(result)) => {
                self.responded(tokens, secret, timeout, result, moment)
            }
            (Step::WritingStore(result), TokenInput::StoreWritten { responded }) => {
                if responded {
                    tokens.store.responded();
                }
                self.unlock_store(tokens, result, moment)
            }
            (Step::AwaitingCallback, TokenInput::CallbackReturned(result)) => {
                let TokenSource::Callback(returned) = &mut tokens.source else { unreachable!("it was called") };
                *returned += 1;
                let generation = *returned;
                let token = result.and_then(|token| static_token(&token));
                TokenAction::Finish(token.map(|token| IssuedToken { token, generation }))
            }
            _ => unreachable!("the input is not the result of the last action"),
        }
    }

    /// The key of the token in the store.
    pub fn store_key(&self) -> &str {
        &self.store_key
    }

    /// The token request to send, and the secret in it.
    pub fn request(&self) -> Option<(TokenRequest, &Secret)> {
        let Step::Requesting { secret, .. } = self.step else { return None };
        let active = self.active.as_ref()?;
        let secret = active.credentials.secrets().get(secret)?;
        Some((TokenRequest::new(&active.credentials, secret, &active.ims), secret))
    }

    fn left(&self, moment: Moment) -> Duration {
        self.until.saturating_sub(moment.elapsed)
    }

    fn start(&mut self, tokens: &mut TokenState, moment: Moment) -> TokenAction {
        match &tokens.source {
            TokenSource::OAuth(..) => {}
            TokenSource::Static(token) => {
                return TokenAction::Finish(Ok(IssuedToken { token: token.clone(), generation: 0 }));
            }
            TokenSource::Callback(_) => {
                self.step = Step::AwaitingCallback;
                return TokenAction::Callback { timeout: self.left(moment).min(TOKEN_TIMEOUT) };
            }
        }
        let seen = tokens.cache.attempts();
        match tokens.cache.lookup(moment.now, seen) {
            CacheLookup::Token { token, generation } => TokenAction::Finish(Ok(IssuedToken { token, generation })),
            CacheLookup::Failed(error) => TokenAction::Finish(Err(error)),
            CacheLookup::Refresh { token, generation } => {
                let old = IssuedToken { token, generation };
                let Some(ticket) = Self::try_lease(tokens, moment) else { return TokenAction::Finish(Ok(old)) };
                self.until = self.until.min(moment.elapsed.saturating_add(AHEAD_TIMEOUT));
                self.lease = Some(LeaseGuard { ticket, ahead: Some(Ahead { old, seen }) });
                self.obtain(tokens, moment)
            }
            CacheLookup::Fetch => self.take_lease(tokens, seen, moment),
        }
    }

    fn try_lease(tokens: &mut TokenState, moment: Moment) -> Option<u64> {
        let lease = tokens.options()?.lease;
        tokens.lease.acquire(moment.elapsed, lease)
    }

    fn take_lease(&mut self, tokens: &mut TokenState, seen: u64, moment: Moment) -> TokenAction {
        let Some(ticket) = Self::try_lease(tokens, moment) else {
            self.step = Step::Waiting { seen };
            return TokenAction::Wait { at_most: self.left(moment) };
        };
        self.lease = Some(LeaseGuard { ticket, ahead: None });
        match tokens.cache.lookup(moment.now, seen) {
            CacheLookup::Token { token, generation } | CacheLookup::Refresh { token, generation } => {
                self.release(tokens);
                TokenAction::Finish(Ok(IssuedToken { token, generation }))
            }
            CacheLookup::Failed(error) => {
                self.release(tokens);
                TokenAction::Finish(Err(error))
            }
            CacheLookup::Fetch => self.obtain(tokens, moment),
        }
    }

    /// Loads the token that others share, or requests one. Only the holder of the lease gets here.
    fn obtain(&mut self, tokens: &mut TokenState, moment: Moment) -> TokenAction {
        let Some(active) = tokens.active() else { unreachable!("only credentials need a lease") };
        if tokens.options().is_some_and(|options| options.has_store) {
            self.store_key = store_key(&active.credentials, &active.ims);
        }
        self.active = Some(active);
        self.tried = 0;
        self.loaded_from_store = false;
        // Other credentials have another key, and another lock.
        if let StoreLock::Held(lock) = &self.lock
            && lock.key != self.store_key
        {
            self.orphan_lock(tokens);
        }
        self.read_store(tokens, moment)
    }

    /// How long the store may take now; `None` if it is not used.
    fn use_store(&self, tokens: &mut TokenState, moment: Moment) -> Option<Duration> {
        let timeout = StoreBreaker::timeout(self.left(moment));
        // Without time, a healthy store would count as one that does not respond.
        (!timeout.is_zero() && tokens.may_use_store(moment.now)).then_some(timeout)
    }

    fn read_store(&mut self, tokens: &mut TokenState, moment: Moment) -> TokenAction {
        let Some(timeout) = self.use_store(tokens, moment) else { return self.first_request(tokens, moment) };
        self.step = Step::ReadingStore;
        TokenAction::ReadStore { timeout }
    }

    /// Locks the store, or requests a token at once: the store has no locks, or this call has dealt with the lock.
    fn lock_store(&mut self, tokens: &mut TokenState, moment: Moment) -> TokenAction {
        let is_open = matches!(self.lock, StoreLock::Unlocked | StoreLock::Busy { .. });
        let locks = tokens.options().is_some_and(|options| options.store_locks);
        if !is_open || !locks {
            return self.first_request(tokens, moment);
        }
        if let Some(lock) = tokens.take_orphaned_lock(&self.store_key, moment.elapsed) {
            self.lock = StoreLock::Held(lock);
            return self.first_request(tokens, moment);
        }
        let Some(timeout) = self.use_store(tokens, moment) else { return self.first_request(tokens, moment) };
        self.step = Step::LockingStore;
        TokenAction::LockStore { timeout }
    }

    fn locked(&mut self, tokens: &mut TokenState, result: StoreLockResult, moment: Moment) -> TokenAction {
        match result {
            StoreLockResult::Acquired(ticket) => {
                let until = moment.elapsed.saturating_add(STORE_LOCK_LEASE);
                self.lock = StoreLock::Held(HeldLock { key: self.store_key.clone(), ticket, until });
                // The process that held it before may have written a token.
                self.read_store(tokens, moment)
            }
            StoreLockResult::Busy => {
                let until = match self.lock {
                    StoreLock::Busy { until } => until,
                    _ => moment.elapsed.saturating_add(STORE_LOCK_WAIT.min(self.left(moment) / STORE_LOCK_SHARE)),
                };
                if moment.elapsed >= until {
                    self.lock = StoreLock::Skipped;
                    return self.first_request(tokens, moment);
                }
                self.lock = StoreLock::Busy { until };
                self.step = Step::AwaitingLock;
                TokenAction::Sleep { wait: STORE_LOCK_INTERVAL.min(until.saturating_sub(moment.elapsed)) }
            }
            StoreLockResult::Failed | StoreLockResult::NoResponse => {
                self.lock = StoreLock::Skipped;
                self.first_request(tokens, moment)
            }
        }
    }

    fn unlock_store(
        &mut self,
        tokens: &mut TokenState,
        result: Result<IssuedToken, AuthError>,
        moment: Moment,
    ) -> TokenAction {
        if matches!(self.lock, StoreLock::Held(_))
            && let Some(timeout) = self.use_store(tokens, moment)
            && let StoreLock::Held(lock) = core::mem::replace(&mut self.lock, StoreLock::Skipped)
        {
            self.step = Step::UnlockingStore(result);
            return TokenAction::UnlockStore { ticket: lock.ticket, timeout };
        }
        self.orphan_lock(tokens);
        TokenAction::Finish(result)
    }

    /// Leaves the lock to the next call, because this one cannot release it.
    fn orphan_lock(&mut self, tokens: &mut TokenState) {
        if let StoreLock::Held(lock) = core::mem::replace(&mut self.lock, StoreLock::Unlocked) {
            tokens.orphaned_lock = Some(lock);
        }
    }

    fn first_request(&mut self, tokens: &mut TokenState, moment: Moment) -> TokenAction {
        self.request_token(tokens, Err(CredentialsError::NoSecret.into()), moment)
    }

    /// Tries the secrets in turn, starting with the one that worked last: during a rotation the token endpoint may know either
    /// one. Only a rejection of the secret itself leads to the next one.
    fn request_token(
        &mut self,
        tokens: &mut TokenState,
        last: Result<AccessToken, AuthError>,
        moment: Moment,
    ) -> TokenAction {
        let Some(active) = &self.active else { unreachable!("`obtain` was here") };
        let secrets = active.credentials.secrets().len();
        if self.tried >= secrets {
            return self.settle(tokens, last, moment);
        }
        let left = self.left(moment);
        if left.is_zero() {
            return self.give_up(tokens, moment);
        }
        let secret = (active.working_secret + self.tried) % secrets;
        self.tried += 1;
        let timeout = left.min(TOKEN_TIMEOUT);
        self.step = Step::Requesting { secret, timeout };
        TokenAction::Request { timeout }
    }

    fn responded(
        &mut self,
        tokens: &mut TokenState,
        secret: usize,
        timeout: Duration,
        result: Result<AccessToken, AuthError>,
        moment: Moment,
    ) -> TokenAction {
        match &result {
            Err(error) if error.is_own_timeout(timeout) => self.give_up(tokens, moment),
            Err(AuthError::Ims(error)) if error.is_about_the_secret() => self.request_token(tokens, result, moment),
            _ => {
                if let Some(active) = &self.active {
                    tokens.set_working_secret(active, secret);
                }
                self.settle(tokens, result, moment)
            }
        }
    }

    /// Records the result, lets the waiting calls continue, and shares the token. They do not wait for the store.
    fn settle(
        &mut self,
        tokens: &mut TokenState,
        result: Result<AccessToken, AuthError>,
        moment: Moment,
    ) -> TokenAction {
        let Some(active) = &self.active else { unreachable!("`obtain` was here") };
        if tokens.is_outdated(active, &result) {
            return self.obtain(tokens, moment);
        }
        let to_share = result.as_ref().ok().filter(|_| !self.loaded_from_store).cloned();
        let issued = tokens.record(result, moment);
        let issued = match self.release(tokens) {
            Some(Ahead { old, .. }) => Ok(issued.unwrap_or(old)),
            None => issued,
        };
        if let Some(token) = to_share
            && let Some(timeout) = self.use_store(tokens, moment)
        {
            self.step = Step::WritingStore(issued);
            return TokenAction::WriteStore { token, timeout };
        }
        self.unlock_store(tokens, issued, moment)
    }

    fn give_up(&mut self, tokens: &mut TokenState, moment: Moment) -> TokenAction {
        TokenAction::Finish(self.cancel(tokens, moment).ok_or_else(late))
    }

    /// Ends the lease. A refresh ahead of expiry that has not ended counts as a failure, or the next call would wait for the
    /// same. Returns the old token of such a refresh.
    fn cancel(&mut self, tokens: &mut TokenState, moment: Moment) -> Option<IssuedToken> {
        self.orphan_lock(tokens);
        let Ahead { old, seen } = self.release(tokens)?;
        if tokens.cache.attempts() == seen {
            let error = timed_out("given up, because the old token is still good");
            tokens.cache.record(Err(error), moment.now, moment.random);
        }
        Some(old)
    }

    fn release(&mut self, tokens: &mut TokenState) -> Option<Ahead> {
        let LeaseGuard { ticket, ahead } = self.lease.take()?;
        tokens.release_lease(ticket);
        ahead
    }
}

fn late() -> AuthError {
    timed_out("the deadline of the call has passed")
}
