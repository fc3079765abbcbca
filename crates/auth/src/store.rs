//! Sharing tokens between processes.

#[cfg(feature = "reqwest")]
mod file;
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
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::RedisStore;

use crate::Secret;

/// What a store answers, some time later.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;

/// A place that several clients, processes or machines share tokens by: Adobe asks integrations not to fetch a token while
/// they have a valid one.
///
/// A store keeps texts under keys and knows nothing of either. One that fails, is slow or holds rubbish costs a token
/// request and never a call, so it need not be reliable; it must keep the texts from others, for they hold access tokens.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Mutex;
/// use std::time::Duration;
/// use ajo_auth::{Secret, StoreError, StoreFuture, TokenStore};
///
/// #[derive(Default)]
/// struct Mine(Mutex<BTreeMap<String, Secret>>);
///
/// impl TokenStore for Mine {
///     fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
///         Box::pin(async move {
///             let texts = self.0.lock().map_err(|error| StoreError::new("my store", error))?;
///             Ok(texts.get(key).cloned())
///         })
///     }
///
///     fn set<'s>(&'s self, key: &'s str, text: &'s Secret, _: Duration) -> StoreFuture<'s, ()> {
///         Box::pin(async move {
///             self.0
///                 .lock()
///                 .map_err(|error| StoreError::new("my store", error))?
///                 .insert(key.to_owned(), text.clone());
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
    /// The text under a key, if there is one.
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>>;

    /// Keeps a text under a key, in place of the one before. It is of no use any more when `lifetime` is over.
    fn set<'s>(&'s self, key: &'s str, text: &'s Secret, lifetime: Duration) -> StoreFuture<'s, ()>;

    /// Forgets what is under a key; nothing there is no error.
    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()>;

    /// Whether [`TokenStore::lock`] works. Then one process requests a token while the others wait for it, two seconds at most.
    fn locks(&self) -> bool {
        false
    }

    /// Takes the lock of a key, and returns what releases it; `None` if another process holds it. The lock must expire after
    /// `lease`: a process that is killed does not release it.
    fn lock<'s>(&'s self, _key: &'s str, _lease: Duration) -> StoreFuture<'s, Option<String>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Releases the lock of a key, unless it has expired and another process holds it.
    fn unlock<'s>(&'s self, _key: &'s str, _ticket: &'s str) -> StoreFuture<'s, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Why a store could not do what was asked of it, or what is wrong with what it holds. Shows no text that it holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{store}: {problem}")]
pub struct StoreError {
    store: String,
    problem: String,
}

impl StoreError {
    /// Which store, and why. Neither may be secret: both are logged.
    pub fn new(store: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self { store: store.into(), problem: problem.to_string() }
    }
}
