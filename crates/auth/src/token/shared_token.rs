//! The token that processes share, by way of a store. A store that fails costs a token request and never a call.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_engine::{StoreBreaker, decode_entry, encode_entry};

use crate::{AccessToken, StoreError, TokenDriver, TokenNote};

/// The store, unless it does not respond.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    breaker: Mutex<StoreBreaker>,
}

impl Shared {
    /// `left` is what the caller has time for.
    pub(crate) async fn get(&self, driver: &dyn TokenDriver, key: &str, left: Duration) -> Option<AccessToken> {
        self.begin(driver)?;
        let limit = StoreBreaker::timeout(left);
        let answer = driver.read_store(key, limit).await;
        let text = self.answered(driver, "read", limit, answer)??;
        decode_entry(&text, driver.surroundings().now())
            .inspect_err(|error| driver.note(TokenNote::StoreTrouble(format!("the token store: {error}"))))
            .ok()
    }

    pub(crate) async fn set(&self, driver: &dyn TokenDriver, key: &str, token: &AccessToken, left: Duration) {
        if self.begin(driver).is_none() {
            return;
        }
        let entry = encode_entry(token);
        let lifetime = token.expires_at().saturating_since(driver.surroundings().now());
        let limit = StoreBreaker::timeout(left);
        let answer = driver.write_store(key, &entry, lifetime, limit).await;
        self.answered(driver, "written", limit, answer);
    }

    fn begin(&self, driver: &dyn TokenDriver) -> Option<()> {
        let now = driver.surroundings().now();
        (driver.has_store() && self.breaker().try_use(now)).then_some(())
    }

    fn answered<T>(
        &self,
        driver: &dyn TokenDriver,
        what: &str,
        limit: Duration,
        answer: Option<Result<T, StoreError>>,
    ) -> Option<T> {
        let trouble = |problem: String| {
            driver.note(TokenNote::StoreTrouble(format!("the token store could not be {what}: {problem}")));
        };
        let Some(answer) = answer else {
            trouble(format!("no answer within {} ms", limit.subsec_millis()));
            return None;
        };
        self.breaker().responded();
        answer.inspect_err(|error| trouble(error.to_string())).ok()
    }

    fn breaker(&self) -> MutexGuard<'_, StoreBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
