//! The I/O of a token provider: requests, the store, waiting.

use std::pin::Pin;
use std::time::Duration;

use crate::{AuthError, Secret, StoreError, Surroundings, TokenRequest};

/// Most bytes of the token host's answer that are read. A token is about 2 KB.
pub const MAX_TOKEN_ANSWER: usize = 64 * 1024;

/// How long one that fetches a token may keep the others waiting, where the context that it runs in may end before it: with its
/// request, a Worker's call never comes back. For [`TokenDriver::lease`]. Chosen here: a token host that is well answers sooner.
pub const SHORT_LEASE: Duration = Duration::from_secs(3);

/// How often one that waits for a token looks whether there is one, where nobody wakes it: what another request of a Worker does
/// must not touch it. For [`TokenDriver::turn_end`]. Chosen here: much less than a token request takes.
pub const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Something that has not ended yet.
pub type Pending<'d, T> = Pin<Box<dyn Future<Output = T> + Send + 'd>>;

/// What the token host answered.
#[derive(Clone, Debug, Default)]
pub struct TokenHostAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `x-debug-id`.
    pub debug_id: Option<String>,
    /// The body; nothing where it is longer than [`MAX_TOKEN_ANSWER`].
    pub body: Option<Secret>,
}

/// What may be worth telling of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenNote {
    /// The token host was asked.
    Asked {
        /// Whether it gave a token.
        granted: bool,
    },
    /// A token that others share was taken from the store.
    Taken,
    /// The store could not be used; a sentence without a secret.
    StoreTrouble(String),
}

/// Does what [`crate::TokenProvider`] decides. Whatever it begins ends in bounded time, and may be dropped before.
///
pub trait TokenDriver: Send + Sync {
    /// Time and chance.
    fn surroundings(&self) -> &dyn Surroundings;

    /// Sends a token request, to a host whose certificate is verified, and follows no redirect. `timeout` is for all of it.
    fn send<'d>(
        &'d self,
        request: &'d TokenRequest,
        timeout: Duration,
    ) -> Pending<'d, Result<TokenHostAnswer, AuthError>>;

    /// Asks whoever has tokens for one, for [`crate::TokenProvider::from_callback`].
    fn ask(&self, _timeout: Duration) -> Pending<'_, Result<Secret, AuthError>> {
        Box::pin(std::future::ready(Err(AuthError::InvalidToken)))
    }

    /// Whether there is a store.
    fn has_store(&self) -> bool {
        false
    }

    /// Reads the store. Nothing where it did not answer within `timeout`.
    fn read_store<'d>(&'d self, _: &'d str, _: Duration) -> Pending<'d, Option<Result<Option<Secret>, StoreError>>> {
        Box::pin(std::future::ready(Some(Ok(None))))
    }

    /// Writes into the store a text that is of use for `lifetime`. Nothing where it did not answer within `timeout`.
    fn write_store<'d>(
        &'d self,
        _key: &'d str,
        _text: &'d Secret,
        _lifetime: Duration,
        _timeout: Duration,
    ) -> Pending<'d, Option<Result<(), StoreError>>> {
        Box::pin(std::future::ready(Some(Ok(()))))
    }

    /// Whether the store has locks.
    fn store_locks(&self) -> bool {
        false
    }

    /// Locks a key of the store for [`ajo_engine::STORE_LOCK_LEASE`], and returns what releases it; `None` inside if another process holds it.
    /// `None` where the store did not respond within `timeout`.
    fn lock_store<'d>(&'d self, _: &'d str, _: Duration) -> Pending<'d, Option<Result<Option<String>, StoreError>>> {
        Box::pin(std::future::ready(None))
    }

    /// Releases the lock of a key. `None` where the store did not respond within `timeout`.
    fn unlock_store<'d>(&'d self, _: &'d str, _: &'d str, _: Duration) -> Pending<'d, Option<Result<(), StoreError>>> {
        Box::pin(std::future::ready(None))
    }

    /// How long one that fetches may keep the others waiting.
    fn lease(&self) -> Duration;

    /// Waits until a turn ends, but neither longer than that nor than the lease; it may end sooner. What happens from this call
    /// on counts, also before it is first polled.
    fn turn_end(&self, at_most: Duration) -> Pending<'_, ()>;

    /// Says that a turn has ended, to those who wait for it.
    fn turn_has_ended(&self);

    /// Hears of a token.
    fn note(&self, _: TokenNote) {}
}
