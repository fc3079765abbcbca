//! The I/O interface of a token provider: requests, the store, and waiting.
//!
//! Limits in this module are ours unless a source is given.

use std::pin::Pin;
use std::time::Duration;

use crate::{AuthError, Runtime, Secret, StoreError, StoreLocks, TokenRequest};

/// The pending result of a transport operation.
pub type BoxFuture<'d, T> = Pin<Box<dyn Future<Output = T> + Send + 'd>>;

/// A response of the token endpoint.
#[derive(Clone, Debug, Default)]
pub struct TokenResponse {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `x-debug-id`.
    pub debug_id: Option<String>,
    /// The body; `None` if it is longer than [`crate::MAX_TOKEN_RESPONSE_BYTES`].
    pub body: Option<Secret>,
}

/// An event that a transport can log or count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenEvent {
    /// A token request has ended.
    Requested { is_success: bool },
    /// A shared token was loaded from the store.
    LoadedFromStore,
    /// The store failed. The message contains no secret.
    StoreFailed(String),
}

/// Does the I/O for a [`crate::TokenProvider`]. Every operation must end in bounded time and can be dropped early.
pub trait TokenTransport: Send + Sync {
    /// The clocks and the randomness.
    fn runtime(&self) -> &dyn Runtime;

    /// Sends a token request. It must verify the certificate and must not follow redirects. `timeout` covers the whole
    /// request.
    fn send_token_request<'d>(
        &'d self,
        request: &'d TokenRequest,
        timeout: Duration,
    ) -> BoxFuture<'d, Result<TokenResponse, AuthError>>;

    /// Gets a token from the callback, for [`crate::TokenProvider::from_callback`].
    fn request_from_callback(&self, _timeout: Duration) -> BoxFuture<'_, Result<Secret, AuthError>> {
        Box::pin(std::future::ready(Err(AuthError::InvalidToken)))
    }

    fn has_store(&self) -> bool {
        false
    }

    /// Reads an entry of the store. `None` if the store did not respond within `timeout`.
    fn read_store<'d>(&'d self, _: &'d str, _: Duration) -> BoxFuture<'d, Option<Result<Option<Secret>, StoreError>>> {
        Box::pin(std::future::ready(Some(Ok(None))))
    }

    /// Writes an entry that is valid for `lifetime`. `None` if the store did not respond within `timeout`.
    fn write_store<'d>(
        &'d self,
        _key: &'d str,
        _entry: &'d Secret,
        _lifetime: Duration,
        _timeout: Duration,
    ) -> BoxFuture<'d, Option<Result<(), StoreError>>> {
        Box::pin(std::future::ready(Some(Ok(()))))
    }

    /// The locks of the store.
    fn store_locks(&self) -> StoreLocks {
        StoreLocks::None
    }

    /// Locks a key of the store for [`ajo_engine::STORE_LOCK_LEASE`] and returns the ticket that releases the lock. The
    /// inner `None` means that another process holds the lock, the outer that the store did not respond within
    /// `timeout`.
    fn lock_store<'d>(&'d self, _: &'d str, _: Duration) -> BoxFuture<'d, Option<Result<Option<String>, StoreError>>> {
        Box::pin(std::future::ready(None))
    }

    /// Releases the lock of a key. `None` if the store did not respond within `timeout`.
    fn unlock_store<'d>(
        &'d self,
        _: &'d str,
        _: &'d str,
        _: Duration,
    ) -> BoxFuture<'d, Option<Result<(), StoreError>>> {
        Box::pin(std::future::ready(None))
    }

    /// How long one call may hold the lease while the other calls wait for its token.
    fn lease_duration(&self) -> Duration;

    /// Waits until a lease is released, for at most `timeout` and at most the duration of a lease. Waking up early is
    /// allowed. A release between this call and the first poll must not be missed.
    fn wait_for_release(&self, timeout: Duration) -> BoxFuture<'_, ()>;

    /// Wakes all calls that wait for the release of the lease.
    fn notify_released(&self);

    /// Handles an event.
    fn on_event(&self, _: TokenEvent) {}
}
