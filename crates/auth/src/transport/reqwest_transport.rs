//! Token requests over reqwest and tokio.

use std::sync::Arc;
use std::time::Duration;

use ajo_engine::STORE_LOCK_LEASE;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER};
use tokio::sync::Notify;

use crate::{
    AuthError, MAX_TOKEN_ANSWER, Pending, Secret, StoreError, Surroundings, TokenDriver, TokenHostAnswer, TokenNote,
    TokenRequest, TokenStore, TransportProblem, causes, connect_problem, read_bounded,
};

/// How long one that fetches may keep the others waiting. Chosen here; a task that is dropped ends its turn at once, so only one
/// that is never polled again can keep it so long.
const LEASE: Duration = Duration::from_secs(60);

const DEBUG_ID: HeaderName = HeaderName::from_static("x-debug-id");

/// The native driver.
pub(crate) struct NativeDriver {
    http: reqwest::Client,
    surroundings: Arc<dyn Surroundings>,
    store: Option<Arc<dyn TokenStore>>,
    turn_ended: Notify,
}

impl NativeDriver {
    pub(crate) fn new(
        http: reqwest::Client,
        surroundings: Arc<dyn Surroundings>,
        store: Option<Arc<dyn TokenStore>>,
    ) -> Self {
        Self { http, surroundings, store, turn_ended: Notify::new() }
    }

    async fn exchange(&self, request: &TokenRequest, timeout: Duration) -> Result<TokenHostAnswer, AuthError> {
        let sent = self
            .http
            .post(&request.url)
            .header(CONTENT_TYPE, TokenRequest::CONTENT_TYPE)
            .timeout(timeout)
            .body(request.body.expose().to_owned())
            .send();
        let response = sent.await.map_err(|error| transport_error(&error))?;
        let mut answer = TokenHostAnswer {
            status: response.status().as_u16(),
            retry_after: text(response.headers(), &RETRY_AFTER),
            debug_id: text(response.headers(), &DEBUG_ID),
            body: None,
        };
        let body = read_bounded(response, MAX_TOKEN_ANSWER).await.map_err(|error| transport_error(&error))?;
        answer.body = body.map(|body| Secret::new(String::from_utf8_lossy(&body)));
        Ok(answer)
    }
}

/// The error of a request that got no response.
pub(crate) fn transport_error(error: &reqwest::Error) -> AuthError {
    let problem = if error.is_timeout() {
        TransportProblem::Timeout
    } else if error.is_connect() {
        connect_problem(error)
    } else {
        TransportProblem::Broken
    };
    AuthError::Transport { problem, detail: causes(error) }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

impl TokenDriver for NativeDriver {
    fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    fn send<'d>(
        &'d self,
        request: &'d TokenRequest,
        timeout: Duration,
    ) -> Pending<'d, Result<TokenHostAnswer, AuthError>> {
        Box::pin(self.exchange(request, timeout))
    }

    fn has_store(&self) -> bool {
        self.store.is_some()
    }

    fn read_store<'d>(
        &'d self,
        key: &'d str,
        timeout: Duration,
    ) -> Pending<'d, Option<Result<Option<Secret>, StoreError>>> {
        Box::pin(async move {
            let Some(store) = &self.store else { return Some(Ok(None)) };
            tokio::time::timeout(timeout, store.get(key)).await.ok()
        })
    }

    fn write_store<'d>(
        &'d self,
        key: &'d str,
        text: &'d Secret,
        lifetime: Duration,
        timeout: Duration,
    ) -> Pending<'d, Option<Result<(), StoreError>>> {
        Box::pin(async move {
            let Some(store) = &self.store else { return Some(Ok(())) };
            tokio::time::timeout(timeout, store.set(key, text, lifetime)).await.ok()
        })
    }

    fn store_locks(&self) -> bool {
        self.store.as_ref().is_some_and(|store| store.locks())
    }

    fn lock_store<'d>(
        &'d self,
        key: &'d str,
        timeout: Duration,
    ) -> Pending<'d, Option<Result<Option<String>, StoreError>>> {
        Box::pin(async move {
            let store = self.store.as_ref()?;
            tokio::time::timeout(timeout, store.lock(key, STORE_LOCK_LEASE)).await.ok()
        })
    }

    fn unlock_store<'d>(
        &'d self,
        key: &'d str,
        ticket: &'d str,
        timeout: Duration,
    ) -> Pending<'d, Option<Result<(), StoreError>>> {
        Box::pin(async move {
            let store = self.store.as_ref()?;
            tokio::time::timeout(timeout, store.unlock(key, ticket)).await.ok()
        })
    }

    fn lease(&self) -> Duration {
        LEASE
    }

    fn turn_end(&self, at_most: Duration) -> Pending<'_, ()> {
        // Made here and not in the block: from now on it hears of an end.
        let ended = self.turn_ended.notified();
        Box::pin(async move {
            // Whether it ended or took too long, the one who waits looks again.
            let _ = tokio::time::timeout(at_most.min(LEASE), ended).await;
        })
    }

    fn turn_has_ended(&self) {
        self.turn_ended.notify_waiters();
    }

    fn note(&self, note: TokenNote) {
        if let TokenNote::StoreTrouble(trouble) = note {
            tracing::warn!("{trouble}");
        }
    }
}
