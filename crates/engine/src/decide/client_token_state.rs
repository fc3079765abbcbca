//! The token state that all calls of a client share.

use alloc::sync::Arc;
use core::time::Duration;

use super::held_lock::HeldLock;
use crate::{
    AccessToken, AuthError, BaseUrl, CacheLookup, Credentials, RefreshLease, Secret, StepContext, StoreBreaker,
    StoreLocks, Timestamp, TokenCache, TransportErrorKind, VersionedToken,
};

/// Token state of one client and its clones: the token source, the cached token, and the refresh lease.
///
/// A transport stores it behind a mutex and passes it to [`TokenAcquisition::step`](crate::TokenAcquisition::step).
#[derive(Debug)]
pub struct ClientTokenState {
    pub(super) source: TokenSource,
    pub(super) cache: TokenCache,
    pub(super) lease: RefreshLease,
    pub(super) store_breaker: StoreBreaker,
    /// Set when the lease is released, until the transport has woken the waiting calls.
    is_lease_released: bool,
    /// Set when a token is loaded from the store, until the transport has reported it.
    pub(super) is_loaded_from_store: bool,
    /// The store lock of a cancelled call. The next call that needs it takes it over.
    pub(super) orphaned_lock: Option<HeldLock>,
}

/// Where tokens come from.
#[derive(Debug)]
pub(super) enum TokenSource {
    OAuth(ActiveCredentials, OAuthOptions),
    Static(AccessToken),
    /// The number of times the callback has returned.
    Callback(u64),
}

/// How a client fetches tokens.
#[derive(Clone, Copy, Debug)]
pub struct OAuthOptions {
    pub has_store: bool,
    pub store_locks: StoreLocks,
    /// How long one call may hold the lease while the other calls wait for its token.
    pub lease_duration: Duration,
}

/// The current credentials, and the secret that worked last. That one is tried first.
#[derive(Clone, Debug)]
pub(super) struct ActiveCredentials {
    pub(super) credentials: Arc<Credentials>,
    pub(super) ims: BaseUrl,
    pub(super) working_secret: usize,
    /// Incremented with each replacement, to detect results for earlier credentials.
    version: u64,
}

impl ClientTokenState {
    /// Fetches tokens with these credentials from this token endpoint.
    pub fn with_credentials(credentials: Credentials, ims: BaseUrl, options: OAuthOptions) -> Self {
        let active = ActiveCredentials { credentials: Arc::new(credentials), ims, working_secret: 0, version: 0 };
        Self::new(TokenSource::OAuth(active, options))
    }

    /// Uses one token until the service rejects it.
    pub fn from_static(token: &Secret) -> Result<Self, AuthError> {
        Ok(Self::new(TokenSource::Static(AccessToken::from_setting(token).ok_or(AuthError::InvalidToken)?)))
    }

    /// Gets a token from a callback before each attempt, and once more if the service rejects it.
    pub fn from_callback() -> Self {
        Self::new(TokenSource::Callback(0))
    }

    #[inline(never)]
    fn new(source: TokenSource) -> Self {
        Self {
            source,
            cache: TokenCache::default(),
            lease: RefreshLease::default(),
            store_breaker: StoreBreaker::default(),
            is_lease_released: false,
            is_loaded_from_store: false,
            orphaned_lock: None,
        }
    }

    /// The current credentials, if tokens are fetched with credentials.
    pub fn credentials(&self) -> Option<&Arc<Credentials>> {
        match &self.source {
            TokenSource::OAuth(active, _) => Some(&active.credentials),
            _ => None,
        }
    }

    /// The token endpoint, if tokens are fetched with credentials.
    pub fn ims(&self) -> Option<&BaseUrl> {
        match &self.source {
            TokenSource::OAuth(active, _) => Some(&active.ims),
            _ => None,
        }
    }

    /// Records that the service rejected the token of this generation. Returns whether to retry with another token.
    pub fn invalidate(&mut self, generation: u64, now: Timestamp) -> bool {
        match self.source {
            TokenSource::OAuth(..) => self.cache.invalidate(generation, now),
            TokenSource::Static(_) => false,
            TokenSource::Callback(_) => true,
        }
    }

    /// Records that the service also rejected the replacement of a rejected token. For 30 seconds, further rejections
    /// do not trigger token requests.
    pub fn mark_rejected(&mut self, generation: u64, now: Timestamp) {
        self.cache.mark_rejected(generation, now);
    }

    /// Time until the next token request is allowed after a failure.
    pub fn backoff_remaining(&self, now: Timestamp) -> Duration {
        self.cache.backoff_remaining(now)
    }

    /// Switches to other secrets or scopes of the same client. The cached token stays valid unless the scopes differ.
    pub fn replace_credentials(&mut self, credentials: Credentials) -> Result<(), AuthError> {
        let TokenSource::OAuth(active, _) = &mut self.source else {
            return Err(AuthError::CredentialsMismatch("the client uses a static access token"));
        };
        if credentials.client_id() != active.credentials.client_id() {
            return Err(AuthError::CredentialsMismatch("they belong to another client id"));
        }
        if credentials.org_id() != active.credentials.org_id() {
            return Err(AuthError::CredentialsMismatch("they belong to another organization"));
        }
        let scopes_changed = credentials.scopes() != active.credentials.scopes();
        active.credentials = Arc::new(credentials);
        active.working_secret = 0;
        active.version = active.version.wrapping_add(1);
        self.cache.reset(scopes_changed);
        Ok(())
    }

    /// Whether the lease was released since the last call. If so, the transport must wake the waiting calls.
    pub fn take_lease_released(&mut self) -> bool {
        core::mem::take(&mut self.is_lease_released)
    }

    /// Whether a token was loaded from the store since the last call.
    pub fn take_loaded_from_store(&mut self) -> bool {
        core::mem::take(&mut self.is_loaded_from_store)
    }

    /// Whether the store can be used now. It is blocked until [`StoreBreaker::record_response`].
    pub(super) fn try_use_store(&mut self, now: Timestamp) -> bool {
        self.options().is_some_and(|options| options.has_store) && self.store_breaker.try_use(now)
    }

    pub(super) fn take_orphaned_lock(&mut self, key: &str, elapsed: Duration) -> Option<HeldLock> {
        self.orphaned_lock.take_if(|lock| lock.key == key).filter(|lock| elapsed < lock.expires_at)
    }

    pub(super) fn release_lease(&mut self, ticket: u64) {
        self.lease.release(ticket);
        self.is_lease_released = true;
    }

    pub(super) fn active_credentials(&self) -> Option<ActiveCredentials> {
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

    /// Whether a result belongs to credentials that were replaced in the meantime. A token with the same scopes is
    /// still valid for the new credentials.
    pub(super) fn is_outdated(&self, used: &ActiveCredentials, result: &Result<AccessToken, AuthError>) -> bool {
        let TokenSource::OAuth(active, _) = &self.source else { return false };
        active.version != used.version && (result.is_err() || active.credentials.scopes() != used.credentials.scopes())
    }

    pub(super) fn set_working_secret(&mut self, used: &ActiveCredentials, secret: usize) {
        if let TokenSource::OAuth(active, _) = &mut self.source
            && active.version == used.version
        {
            active.working_secret = secret;
        }
    }

    /// Records the result of a refresh and returns the token for the call that made it. That is the old token if the
    /// refresh failed and the old token is still valid.
    pub(super) fn record_refresh(
        &mut self,
        result: Result<AccessToken, AuthError>,
        moment: StepContext,
    ) -> Result<VersionedToken, AuthError> {
        let seen = self.cache.refresh_count();
        self.cache.record(result.clone(), moment.now, moment.random);
        match (result, self.cache.lookup(moment.now, seen)) {
            // A new token is used even if it expires soon: there is no newer one.
            (Ok(token), _) | (Err(_), CacheLookup::Token { token, .. } | CacheLookup::Refresh { token, .. }) => {
                Ok(VersionedToken { token, generation: self.cache.generation() })
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// The error of a call that reached its deadline while it waited for a token.
pub(super) fn timeout_error(detail: &str) -> AuthError {
    AuthError::Transport { kind: TransportErrorKind::Timeout, proxy: None, detail: detail.into() }
}
