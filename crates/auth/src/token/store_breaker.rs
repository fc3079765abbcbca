//! The token that processes share, by way of a store. A store that fails costs a token request and never a call.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{AccessToken, StoreError, Timestamp, TokenDriver, TokenNote, read_entry, write_entry};

/// How long a store may take to answer, at most. Chosen here: a call waits for it, and fetching a token takes about as long.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The part of a caller's time that a store may take. Chosen here: read and written, it leaves the host more than half of it.
const PART: u32 = 4;

/// How long a store that did not answer is left alone. Chosen here: each question could cost a call the time limit.
const REST: Duration = Duration::from_secs(30);

/// Whether the store answers.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Until then it is not asked. Set before each question, so that a call which is dropped while it waits counts too.
    resting_until: Mutex<Timestamp>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { resting_until: Mutex::new(Timestamp::from_millis(0)) }
    }
}

impl Shared {
    /// `left` is what the caller has time for.
    pub(crate) async fn get(&self, driver: &dyn TokenDriver, key: &str, left: Duration) -> Option<AccessToken> {
        self.begin(driver)?;
        let limit = (left / PART).min(TIMEOUT);
        let answer = driver.read_store(key, limit).await;
        let text = self.answered(driver, "read", limit, answer)??;
        read_entry(&text, driver.surroundings().now())
            .inspect_err(|error| driver.note(TokenNote::StoreTrouble(format!("the token store: {error}"))))
            .ok()
    }

    pub(crate) async fn set(&self, driver: &dyn TokenDriver, key: &str, token: &AccessToken, left: Duration) {
        if self.begin(driver).is_none() {
            return;
        }
        let entry = write_entry(token);
        let lifetime = token.expires_at().saturating_since(driver.surroundings().now());
        let limit = (left / PART).min(TIMEOUT);
        let answer = driver.write_store(key, &entry, lifetime, limit).await;
        self.answered(driver, "written", limit, answer);
    }

    fn begin(&self, driver: &dyn TokenDriver) -> Option<()> {
        let now = driver.surroundings().now();
        (driver.has_store() && !self.rests(now.saturating_add(REST), now)).then_some(())
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
        *self.resting_until.lock().unwrap_or_else(PoisonError::into_inner) = Timestamp::from_millis(0);
        answer.inspect_err(|error| trouble(error.to_string())).ok()
    }

    /// Whether it rests. Where it does not, it does from now on, until it has answered.
    fn rests(&self, next: Timestamp, now: Timestamp) -> bool {
        let mut resting_until = self.resting_until.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not make it rest for ever.
        let rests = now < *resting_until && *resting_until <= next;
        if !rests {
            *resting_until = next;
        }
        rests
    }
}
