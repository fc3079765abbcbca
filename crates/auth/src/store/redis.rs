//! Tokens shared by a fleet of machines.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};

use super::{StoreError, StoreFuture, TokenStore};
use crate::Secret;

/// Stands before each key, so that a server can serve other purposes too.
const PREFIX: &str = "ajo-limits:token:";

/// Precedes the key of each lock.
const LOCK_PREFIX: &str = "ajo-limits:lock:";

/// Deletes a lock if it still has this ticket.
const UNLOCK: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end";

/// How long the server may take to accept a connection, and to answer. Chosen here: shorter than the cache waits for any
/// store, so that the error says which.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// Shares tokens between machines by way of a Redis server. A key expires with its token.
///
/// It connects when it is first used, and again when the connection is lost. Needs a tokio runtime and the feature `redis`.
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
}

impl RedisStore {
    /// A store on the server of this URL: `redis://[user:password@]host[:port][/database]`, or `rediss://…` for TLS. Sends
    /// nothing yet.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ajo_auth::StoreError> {
    /// use std::sync::Arc;
    /// use ajo_auth::{RedisStore, TokenStore};
    ///
    /// let store: Arc<dyn TokenStore> = Arc::new(RedisStore::new("redis://127.0.0.1/")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let config = ConnectionManagerConfig::new()
            // A call waits for it: another attempt is for the next call.
            .set_number_of_retries(0)
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        let client = Client::open(url).map_err(|error| failed(&error))?;
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(|error| failed(&error))?;
        Ok(Self { connection })
    }

    fn run<'s, T: redis::FromRedisValue + Send + 's>(&self, command: redis::Cmd) -> StoreFuture<'s, T> {
        let mut connection = self.connection.clone();
        Box::pin(async move { command.query_async(&mut connection).await.map_err(|error| failed(&error)) })
    }
}

impl TokenStore for RedisStore {
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
        let found = self.run::<Option<String>>(redis::cmd("GET").arg(format!("{PREFIX}{key}")).take());
        Box::pin(async move { found.await.map(|text| text.map(Secret::new)) })
    }

    fn set<'s>(&'s self, key: &'s str, text: &'s Secret, lifetime: Duration) -> StoreFuture<'s, ()> {
        // The server refuses an expiry of zero.
        let millis = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX).max(1);
        let key = format!("{PREFIX}{key}");
        self.run(redis::cmd("SET").arg(key).arg(text.expose()).arg("PX").arg(millis).take())
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        self.run(redis::cmd("DEL").arg(format!("{PREFIX}{key}")).take())
    }

    fn locks(&self) -> bool {
        true
    }

    fn lock<'s>(&'s self, key: &'s str, lease: Duration) -> StoreFuture<'s, Option<String>> {
        let ticket = format!("{:032x}", fastrand::u128(..));
        let millis = u64::try_from(lease.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut command = redis::cmd("SET");
        command.arg(format!("{LOCK_PREFIX}{key}")).arg(&ticket).arg("NX").arg("PX").arg(millis);
        let taken = self.run::<Option<String>>(command);
        Box::pin(async move { taken.await.map(|taken| taken.map(|_| ticket)) })
    }

    fn unlock<'s>(&'s self, key: &'s str, ticket: &'s str) -> StoreFuture<'s, ()> {
        let mut command = redis::cmd("EVAL");
        command.arg(UNLOCK).arg(1).arg(format!("{LOCK_PREFIX}{key}")).arg(ticket);
        self.run(command)
    }
}

/// The kind and the server's own code alone: the rest of the text may repeat what was sent.
fn failed(error: &RedisError) -> StoreError {
    let code = error.code().map(|code| format!(" ({code})")).unwrap_or_default();
    StoreError::new("Redis", format!("{:?}{code}", error.kind()))
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisStore")
    }
}
