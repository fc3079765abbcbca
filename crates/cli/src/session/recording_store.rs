//! Registers the tokens of a token store, so that no output shows them.

use std::time::Duration;

use ajo_auth::{Secret, StoreFuture, StoreLocks, TokenStore};
use serde_json::Value;

use crate::secret_mask;

/// A token store, or nothing. Clients report every token to it, even with the cache off.
pub(crate) struct RecordingStore<S>(Option<S>);

impl<S> RecordingStore<S> {
    pub(crate) fn new(store: Option<S>) -> Self {
        Self(store)
    }
}

/// Entries are JSON objects. Their only long strings are tokens.
fn register_tokens(entry: &Secret) {
    let Ok(Value::Object(fields)) = serde_json::from_str(entry.expose()) else { return };
    for value in fields.values().filter_map(Value::as_str) {
        secret_mask::register(&Secret::new(value));
    }
}

impl<S: TokenStore> TokenStore for RecordingStore<S> {
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
        Box::pin(async move {
            let Some(store) = &self.0 else { return Ok(None) };
            let entry = store.get(key).await?;
            entry.iter().for_each(register_tokens);
            Ok(entry)
        })
    }

    fn set<'s>(&'s self, key: &'s str, value: &'s Secret, lifetime: Duration) -> StoreFuture<'s, ()> {
        register_tokens(value);
        Box::pin(async move {
            match &self.0 {
                Some(store) => store.set(key, value, lifetime).await,
                None => Ok(()),
            }
        })
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            match &self.0 {
                Some(store) => store.remove(key).await,
                None => Ok(()),
            }
        })
    }

    fn locks(&self) -> StoreLocks {
        self.0.as_ref().map(TokenStore::locks).unwrap_or_default()
    }

    fn lock<'s>(&'s self, key: &'s str, lease: Duration) -> StoreFuture<'s, Option<String>> {
        Box::pin(async move {
            match &self.0 {
                Some(store) => store.lock(key, lease).await,
                None => Ok(None),
            }
        })
    }

    fn unlock<'s>(&'s self, key: &'s str, ticket: &'s str) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            match &self.0 {
                Some(store) => store.unlock(key, ticket).await,
                None => Ok(()),
            }
        })
    }
}
