//! A token store on a Redis server, shared by several machines.

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};

use super::{StoreError, StoreFuture, TokenStore};
use crate::{Secret, StoreLocks};

/// Prefix of the token keys, so that the server can also be used for other data.
const TOKEN_PREFIX: &str = "ajo-limits:token:";

/// Prefix of the lock keys.
const LOCK_PREFIX: &str = "ajo-limits:lock:";

/// Deletes a lock only if it still has this ticket.
const UNLOCK_SCRIPT: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end";

/// The timeout for connecting and for each response (our limit).
const TIMEOUT: Duration = Duration::from_millis(1500);

/// Shares tokens between machines through a Redis server. Keys expire with their tokens.
///
/// It connects on first use and reconnects after a lost connection. It needs a tokio runtime and the feature `redis`.
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
}

impl RedisStore {
    /// Creates a store for this URL: `redis://[user:password@]host[:port][/database]`, or `rediss://…` for TLS. Does
    /// not connect yet.
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
            // A call is waiting for the result, so the next call retries.
            .set_number_of_retries(0)
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        let client = Client::open(url).map_err(|error| redacted_error(&error))?;
        let connection =
            ConnectionManager::new_lazy_with_config(client, config).map_err(|error| redacted_error(&error))?;
        Ok(Self { connection })
    }

    fn run_command<'s, T: redis::FromRedisValue + Send + 's>(&self, command: redis::Cmd) -> StoreFuture<'s, T> {
        let mut connection = self.connection.clone();
        Box::pin(async move { command.query_async(&mut connection).await.map_err(|error| redacted_error(&error)) })
    }
}

impl TokenStore for RedisStore {
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
        let found = self.run_command::<Option<String>>(redis::cmd("GET").arg(format!("{TOKEN_PREFIX}{key}")).take());
        Box::pin(async move { found.await.map(|text| text.map(Secret::new)) })
    }

    fn set<'s>(&'s self, key: &'s str, value: &'s Secret, lifetime: Duration) -> StoreFuture<'s, ()> {
        // The server rejects an expiry of zero.
        let millis = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX).max(1);
        let key = format!("{TOKEN_PREFIX}{key}");
        self.run_command(redis::cmd("SET").arg(key).arg(value.expose()).arg("PX").arg(millis).take())
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        self.run_command(redis::cmd("DEL").arg(format!("{TOKEN_PREFIX}{key}")).take())
    }

    fn locks(&self) -> StoreLocks {
        StoreLocks::Expiring
    }

    fn lock<'s>(&'s self, key: &'s str, lease: Duration) -> StoreFuture<'s, Option<String>> {
        let ticket = format!("{:032x}", fastrand::u128(..));
        let millis = u64::try_from(lease.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut command = redis::cmd("SET");
        command.arg(format!("{LOCK_PREFIX}{key}")).arg(&ticket).arg("NX").arg("PX").arg(millis);
        let acquired = self.run_command::<Option<String>>(command);
        Box::pin(async move { acquired.await.map(|acquired| acquired.map(|_| ticket)) })
    }

    fn unlock<'s>(&'s self, key: &'s str, ticket: &'s str) -> StoreFuture<'s, ()> {
        let mut command = redis::cmd("EVAL");
        command.arg(UNLOCK_SCRIPT).arg(1).arg(format!("{LOCK_PREFIX}{key}")).arg(ticket);
        self.run_command(command)
    }
}

/// Converts an error without its message, because the message can repeat the command and its secret.
fn redacted_error(error: &RedisError) -> StoreError {
    let code = error.code().map(|code| format!(" ({code})")).unwrap_or_default();
    StoreError::new("Redis", format!("{:?}{code}", error.kind()))
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisStore")
    }
}
