//! Token stores, which share tokens between clients, processes, or machines.

#[cfg(feature = "reqwest")]
mod file;
#[cfg(feature = "reqwest")]
mod file_locks;
#[cfg(feature = "reqwest")]
mod file_store_problem;
#[cfg(feature = "reqwest")]
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

#[cfg(feature = "reqwest")]
pub use file::FileStore;
#[cfg(feature = "reqwest")]
pub use file_store_problem::FileStoreProblem;
#[cfg(feature = "reqwest")]
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::RedisStore;

use crate::{Secret, StoreLocks};

/// The pending result of a store operation.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;

/// Shares tokens between clients, processes, or machines. Adobe asks integrations not to fetch a token while they have
/// a valid one.
///
/// A store maps keys to opaque values. It does not need to be reliable: if it fails, is slow, or returns garbage, the
/// client requests a token, and the call succeeds. It must protect the values, because they contain access tokens.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Mutex;
/// use std::time::Duration;
/// use ajo_auth::{Secret, StoreError, StoreFuture, TokenStore};
///
/// #[derive(Default)]
/// struct MyStore(Mutex<BTreeMap<String, Secret>>);
///
/// impl TokenStore for MyStore {
///     fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
///         Box::pin(async move {
///             let entries = self.0.lock().map_err(|error| StoreError::new("my store", error))?;
///             Ok(entries.get(key).cloned())
///         })
///     }
///
///     fn set<'s>(&'s self, key: &'s str, value: &'s Secret, _: Duration) -> StoreFuture<'s, ()> {
///         Box::pin(async move {
///             self.0
///                 .lock()
///                 .map_err(|error| StoreError::new("my store", error))?
///                 .insert(key.to_owned(), value.clone());
///             Ok(())
///         })
///     }
///
///     fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
///         Box::pin(async move {
///             self.0.lock().map_err(|error| StoreError::new("my store", error))?.remove(key);
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait TokenStore: Send + Sync {
    /// Reads the value of a key.
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>>;

    /// Sets the value of a key. The store can delete it after `lifetime`.
    fn set<'s>(&'s self, key: &'s str, value: &'s Secret, lifetime: Duration) -> StoreFuture<'s, ()>;

    /// Removes a key. A missing key is not an error.
    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()>;

    /// What [`TokenStore::lock`] supports. With locks, one process requests a token while the others wait for it.
    fn locks(&self) -> StoreLocks {
        StoreLocks::None
    }

    /// Acquires the lock of a key and returns the ticket that releases it, or `None` if another process holds the lock.
    /// The lock must end after `lease`, because a killed process never releases it.
    fn lock<'s>(&'s self, _key: &'s str, _lease: Duration) -> StoreFuture<'s, Option<String>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Releases the lock of a key, unless it has expired and another process holds it now.
    fn unlock<'s>(&'s self, _key: &'s str, _ticket: &'s str) -> StoreFuture<'s, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A failed store operation. The message must not contain stored values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{store}: {reason}")]
pub struct StoreError {
    store: String,
    reason: String,
}

impl StoreError {
    /// Creates an error with the name of the store and the reason. Both are logged, so neither can be secret.
    pub fn new(store: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { store: store.into(), reason: reason.to_string() }
    }
}
