//! The token that processes share, by way of a store. A store that fails costs a token request and never a call.

use std::time::Duration;

use crate::{AccessToken, Credentials, Endpoint, Secret, StoreError, Timestamp, TokenStore};
use crate::{read_entry, store_key, write_entry};

/// How long a store may take to answer. Chosen here: fetching a token takes about as long.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The place of one credential's token in a store, if there is a store.
pub(crate) struct Shared<'s> {
    place: Option<(&'s dyn TokenStore, String)>,
}

impl<'s> Shared<'s> {
    pub(crate) fn new(store: Option<&'s dyn TokenStore>, credentials: &Credentials, ims: &Endpoint) -> Self {
        Self { place: store.map(|store| (store, store_key(credentials, ims))) }
    }

    pub(crate) async fn get(&self, now: Timestamp) -> Option<AccessToken> {
        let (store, key) = self.place.as_ref()?;
        let text = in_time("read", store.get(key)).await??;
        read_entry(&text, now).inspect_err(|error| tracing::warn!("the token store: {error}")).ok()
    }

    pub(crate) async fn set(&self, token: &AccessToken, now: Timestamp) {
        let Some((store, key)) = &self.place else { return };
        let entry: Secret = write_entry(token);
        in_time("written", store.set(key, &entry, token.expires_at().saturating_since(now))).await;
    }
}

async fn in_time<T>(what: &str, future: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    match tokio::time::timeout(TIMEOUT, future).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::warn!("the token store could not be {what}: {error}");
            None
        }
        Err(_) => {
            tracing::warn!("the token store could not be {what}: no answer within {} s", TIMEOUT.as_secs());
            None
        }
    }
}
