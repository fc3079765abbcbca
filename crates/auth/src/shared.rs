//! The token that processes share, by way of a store. A store that fails costs a token request and never a call.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::{AccessToken, StoreFuture, Surroundings, Timestamp, TokenStore, read_entry, write_entry};

/// How long a store may take to answer. Chosen here: a call waits for it, and fetching a token takes about as long.
const TIMEOUT: Duration = Duration::from_millis(500);

/// How long a store that did not answer is left alone. Chosen here: each question could cost a call the time limit.
const REST: Duration = Duration::from_secs(30);

/// A store, and whether it answers.
pub(crate) struct Shared {
    store: Arc<dyn TokenStore>,
    /// Until then it is not asked. Set before each question, so that a call which is dropped while it waits counts too.
    resting_until: Mutex<Timestamp>,
}

impl Shared {
    pub(crate) fn new(store: Arc<dyn TokenStore>) -> Self {
        Self { store, resting_until: Mutex::new(Timestamp::from_millis(0)) }
    }

    pub(crate) async fn get(&self, key: &str, surroundings: &dyn Surroundings) -> Option<AccessToken> {
        let text = self.ask("read", || self.store.get(key), surroundings).await??;
        read_entry(&text, surroundings.now()).inspect_err(|error| tracing::warn!("the token store: {error}")).ok()
    }

    pub(crate) async fn set(&self, key: &str, token: &AccessToken, surroundings: &dyn Surroundings) {
        let entry = write_entry(token);
        let lifetime = token.expires_at().saturating_since(surroundings.now());
        self.ask("written", || self.store.set(key, &entry, lifetime), surroundings).await;
    }

    async fn ask<'s, T>(
        &self,
        what: &str,
        question: impl FnOnce() -> StoreFuture<'s, T>,
        surroundings: &dyn Surroundings,
    ) -> Option<T> {
        let now = surroundings.now();
        if now < self.rest_until(now.saturating_add(REST), now) {
            return None;
        }
        let Ok(answer) = tokio::time::timeout(TIMEOUT, question()).await else {
            tracing::warn!("the token store could not be {what}: no answer within {} ms", TIMEOUT.as_millis());
            return None;
        };
        *self.resting_until.lock().unwrap_or_else(PoisonError::into_inner) = Timestamp::from_millis(0);
        answer.inspect_err(|error| tracing::warn!("the token store could not be {what}: {error}")).ok()
    }

    /// Until when it rests. Where it does not, it does from now on, and what was before is said.
    fn rest_until(&self, next: Timestamp, now: Timestamp) -> Timestamp {
        let mut resting_until = self.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *resting_until;
        // A clock that was set back must not make it rest for ever.
        let rests = now < before && before <= next;
        if !rests {
            *resting_until = next;
        }
        if rests { before } else { now }
    }
}
