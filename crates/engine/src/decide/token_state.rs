//! What all calls of a client share about access tokens.

use alloc::sync::Arc;
use core::time::Duration;

use super::store_lock::HeldLock;
use crate::{
    AccessToken, AuthError, CacheLookup, Credentials, Endpoint, IssuedToken, Moment, RefreshLease, Secret,
    StoreBreaker, Timestamp, TokenCache, TransportProblem,
};

/// Far enough for a token whose expiry is not known: a static token is used until the service rejects it.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Tokens of one client and its clones: where they come from, the cached one, and who fetches the next one.
///
/// A transport keeps it behind a lock and passes it to [`TokenRequestState::step`](crate::TokenRequestState::step).
#[derive(Debug)]
pub struct TokenState {
    pub(super) source: TokenSource,
    pub(super) cache: TokenCache,
    pub(super) lease: RefreshLease,
    pub(super) store: StoreBreaker,
    /// Set when a lease ends, until the transport has woken the calls that wait for it.
    released: bool,
    /// Set when a token is taken from the store, until the transport has reported it.
    pub(super) loaded: bool,
    /// The lock of a call that was dropped. The next call that needs it takes it.
    pub(super) orphaned_lock: Option<HeldLock>,
}

/// Where tokens come from.
#[derive(Debug)]
pub(super) enum TokenSource {
    OAuth(ActiveCredentials, OAuthOptions),
    Static(AccessToken),
    /// Counts the tokens that the callback has returned.
    Callback(u64),
}

/// How a client fetches tokens.
#[derive(Clone, Copy, Debug)]
pub struct OAuthOptions {
    /// Whether there is a token store.
    pub has_store: bool,
    /// Whether the store has locks.
    pub store_locks: bool,
    /// How long a call that fetches a token may keep the others waiting.
    pub lease: Duration,
}

/// The credentials in use, and which of their secrets worked last; it is tried first.
#[derive(Clone, Debug)]
pub(super) struct ActiveCredentials {
    pub(super) credentials: Arc<Credentials>,
    pub(super) ims: Endpoint,
    pub(super) working_secret: usize,
    /// Counts replacements, to recognize a result of the credentials before.
    replaced: u64,
}

impl TokenState {
    /// Fetches tokens with these credentials from this token endpoint.
    pub fn with_credentials(credentials: Credentials, ims: Endpoint, options: OAuthOptions) -> Self {
        let active = ActiveCredentials { credentials: Arc::new(credentials), ims, working_secret: 0, replaced: 0 };
        Self::new(TokenSource::OAuth(active, options))
    }

    /// Uses one token until the service rejects it.
    pub fn from_static(token: &Secret) -> Result<Self, AuthError> {
        Ok(Self::new(TokenSource::Static(static_token(token)?)))
    }

    /// Asks a callback for a token before each attempt, and once more when the service rejects one.
    pub fn from_callback() -> Self {
        Self::new(TokenSource::Callback(0))
    }

    fn new(source: TokenSource) -> Self {
        Self {
            source,
            cache: TokenCache::default(),
            lease: RefreshLease::default(),
            store: StoreBreaker::default(),
            released: false,
            loaded: false,
            orphaned_lock: None,
        }
    }

    /// The credentials in use, if tokens are fetched with credentials.
    pub fn credentials(&self) -> Option<&Arc<Credentials>> {
        match &self.source {
            TokenSource::OAuth(active, _) => Some(&active.credentials),
            _ => None,
        }
    }

    /// The token endpoint, if tokens are fetched with credentials.
    pub fn ims(&self) -> Option<&Endpoint> {
        match &self.source {
            TokenSource::OAuth(active, _) => Some(&active.ims),
            _ => None,
        }
    }

    /// Reports that the service rejected the token of this generation. Returns whether another one can be had.
    pub fn invalidate(&mut self, generation: u64, now: Timestamp) -> bool {
        match self.source {
            TokenSource::OAuth(..) => self.cache.invalidate(generation, now),
            TokenSource::Static(_) => false,
            TokenSource::Callback(_) => true,
        }
    }

    /// Reports that the service also rejected a token that had just replaced another one. For half a minute, a rejection
    /// does not lead to another token request.
    pub fn mark_rejected(&mut self, generation: u64, now: Timestamp) {
        self.cache.mark_rejected(generation, now);
    }

    /// How long the token endpoint is left alone after a failure.
    pub fn backoff_remaining(&self, now: Timestamp) -> Duration {
        self.cache.backoff_remaining(now)
    }

    /// Continues with other secrets or scopes of the same client. The token stays in use unless the scopes differ.
    pub fn replace_credentials(&mut self, credentials: Credentials) -> Result<(), AuthError> {
        let TokenSource::OAuth(active, _) = &mut self.source else {
            return Err(AuthError::CredentialsMismatch("the access token was given ready-made"));
        };
        if credentials.client_id() != active.credentials.client_id() {
            return Err(AuthError::CredentialsMismatch("the credentials are those of another client id"));
        }
        if credentials.org_id() != active.credentials.org_id() {
            return Err(AuthError::CredentialsMismatch("the credentials are those of another organization"));
        }
        let other_scopes = credentials.scopes() != active.credentials.scopes();
        active.credentials = Arc::new(credentials);
        active.working_secret = 0;
        active.replaced = active.replaced.wrapping_add(1);
        self.cache.reset(other_scopes);
        Ok(())
    }

    /// Whether a lease has ended since the last call. The transport then wakes the calls that wait for a token.
    pub fn take_released(&mut self) -> bool {
        core::mem::take(&mut self.released)
    }

    /// Whether a token was taken from the store since the last call.
    pub fn take_loaded(&mut self) -> bool {
        core::mem::take(&mut self.loaded)
    }

    /// Whether there is a store that responds. Until [`StoreBreaker::responded`], it is not used again.
    pub(super) fn may_use_store(&mut self, now: Timestamp) -> bool {
        self.options().is_some_and(|options| options.has_store) && self.store.try_use(now)
    }

    pub(super) fn take_orphaned_lock(&mut self, key: &str, elapsed: Duration) -> Option<HeldLock> {
        self.orphaned_lock.take_if(|lock| lock.key == key).filter(|lock| elapsed < lock.until)
    }

    pub(super) fn release_lease(&mut self, ticket: u64) {
        self.lease.release(ticket);
        self.released = true;
    }

    pub(super) fn active(&self) -> Option<ActiveCredentials> {
        match &self.source {
            TokenSource::OAuth(active, _) => Some(active.clone()),
            _ => None,
        }
    }

    pub(super) const fn options(&self) -> Option<OAuthOptions> {
        match &self.source {
            TokenSource::OAuth(_, options) => Some(*options),
            _ => None,
        }
    }

    /// Whether a result is of credentials that were replaced meanwhile. It says nothing about the new ones, unless it is a
    /// token with the same scopes.
    pub(super) fn is_outdated(&self, used: &ActiveCredentials, result: &Result<AccessToken, AuthError>) -> bool {
        let TokenSource::OAuth(active, _) = &self.source else { return false };
        active.replaced != used.replaced
            && (result.is_err() || active.credentials.scopes() != used.credentials.scopes())
    }

    pub(super) fn set_working_secret(&mut self, used: &ActiveCredentials, secret: usize) {
        if let TokenSource::OAuth(active, _) = &mut self.source
            && active.replaced == used.replaced
        {
            active.working_secret = secret;
        }
    }

    /// Records the end of a refresh, and decides what it means for the call that made it: an older token may still be good.
    pub(super) fn record(
        &mut self,
        result: Result<AccessToken, AuthError>,
        moment: Moment,
    ) -> Result<IssuedToken, AuthError> {
        let seen = self.cache.attempts();
        self.cache.record(result.clone(), moment.now, moment.random);
        match (result, self.cache.lookup(moment.now, seen)) {
            // Also when it is about to expire: it is the newest one.
            (Ok(token), _) | (Err(_), CacheLookup::Token { token, .. } | CacheLookup::Refresh { token, .. }) => {
                Ok(IssuedToken { token, generation: self.cache.generation() })
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// A token from elsewhere, whose expiry is not known.
pub(super) fn static_token(token: &Secret) -> Result<AccessToken, AuthError> {
    let token = Secret::new(token.expose().trim());
    AccessToken::new(token, Timestamp::from_millis(0), UNKNOWN_LIFETIME).ok_or(AuthError::InvalidToken)
}

/// The error of a call that waited for a token until its time was over.
pub(super) fn timed_out(detail: &str) -> AuthError {
    AuthError::Transport { problem: TransportProblem::Timeout, detail: detail.into() }
}
