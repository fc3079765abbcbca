//! Token requests over reqwest and tokio.

use std::sync::Arc;
use std::time::Duration;

use ajo_engine::{STORE_LOCK_LEASE, TOKEN_PATH};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER};
use tokio::sync::Notify;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::transport::server_attributes::record_server;
use crate::{
    AuthError, BoxFuture, MAX_TOKEN_RESPONSE_BYTES, Runtime, Secret, StoreError, StoreLocks, TokenEvent, TokenRequest,
    TokenResponse, TokenStore, TokenTransport, TransportErrorKind, classify_connect_error, format_error_chain,
    proxy_of, read_bounded,
};

/// The duration of the refresh lease (our limit). A dropped task releases the lease at once, so only a task that is
/// never polled again holds it this long.
const LEASE_DURATION: Duration = Duration::from_secs(60);

const DEBUG_ID_HEADER: HeaderName = HeaderName::from_static("x-debug-id");

/// The native transport.
pub(crate) struct ReqwestTokenTransport {
    http: reqwest::Client,
    runtime: Arc<dyn Runtime>,
    store: Option<Arc<dyn TokenStore>>,
    lease_released: Notify,
}

impl ReqwestTokenTransport {
    pub(crate) fn new(http: reqwest::Client, runtime: Arc<dyn Runtime>, store: Option<Arc<dyn TokenStore>>) -> Self {
        Self { http, runtime, store, lease_released: Notify::new() }
    }

    async fn send_request(&self, request: &TokenRequest, timeout: Duration) -> Result<TokenResponse, AuthError> {
        let sent = self
            .http
            .post(&request.url)
            .header(CONTENT_TYPE, TokenRequest::CONTENT_TYPE)
            .timeout(timeout)
            .body(request.body.expose().to_owned())
            .send();
        let response = sent.await.map_err(|error| transport_error(&error))?;
        let mut token_response = TokenResponse {
            status: response.status().as_u16(),
            retry_after: header_string(response.headers(), &RETRY_AFTER),
            debug_id: header_string(response.headers(), &DEBUG_ID_HEADER),
            body: None,
        };
        let body = read_bounded(response, MAX_TOKEN_RESPONSE_BYTES).await.map_err(|error| transport_error(&error))?;
        token_response.body = body.map(|body| Secret::new(String::from_utf8_lossy(&body)));
        Ok(token_response)
    }
}

/// The span of a token request, with OpenTelemetry's attributes of HTTP client spans. It has no header, no body, and no query.
fn request_span(request: &TokenRequest) -> Span {
    let span = tracing::debug_span!(
        "token request",
        "http.request.method" = "POST",
        "url.template" = TOKEN_PATH,
        "server.address" = Empty,
        "server.port" = Empty,
        "http.response.status_code" = Empty,
        "error.type" = Empty,
        "ajo.duration_ms" = Empty,
    );
    if !span.is_disabled() {
        record_server(&span, &request.url);
    }
    span
}

fn record_end(span: &Span, result: &Result<TokenResponse, AuthError>, duration: Duration) {
    match result {
        Ok(response) => {
            span.record("http.response.status_code", response.status);
            if response.status >= 300 {
                span.record("error.type", response.status.to_string());
            }
        }
        Err(AuthError::Transport { kind, .. }) => {
            span.record("error.type", kind.as_str());
        }
        Err(_) => {}
    }
    span.record("ajo.duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
}

/// Converts the error of a request without a complete response.
pub(crate) fn transport_error(error: &reqwest::Error) -> AuthError {
    let kind = if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_connect() {
        classify_connect_error(error)
    } else {
        TransportErrorKind::Disconnected
    };
    AuthError::Transport { kind, proxy: proxy_of(error), detail: format_error_chain(error) }
}

fn header_string(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

impl TokenTransport for ReqwestTokenTransport {
    fn runtime(&self) -> &dyn Runtime {
        &*self.runtime
    }

    fn send_token_request<'d>(
        &'d self,
        request: &'d TokenRequest,
        timeout: Duration,
    ) -> BoxFuture<'d, Result<TokenResponse, AuthError>> {
        Box::pin(async move {
            let (span, started_at) = (request_span(request), self.runtime.elapsed());
            let result = self.send_request(request, timeout).instrument(span.clone()).await;
            record_end(&span, &result, self.runtime.elapsed().saturating_sub(started_at));
            result
        })
    }

    fn has_store(&self) -> bool {
        self.store.is_some()
    }

    fn read_store<'d>(
        &'d self,
        key: &'d str,
        timeout: Duration,
    ) -> BoxFuture<'d, Option<Result<Option<Secret>, StoreError>>> {
        Box::pin(async move {
            let Some(store) = &self.store else { return Some(Ok(None)) };
            tokio::time::timeout(timeout, store.get(key)).await.ok()
        })
    }

    fn write_store<'d>(
        &'d self,
        key: &'d str,
        entry: &'d Secret,
        lifetime: Duration,
        timeout: Duration,
    ) -> BoxFuture<'d, Option<Result<(), StoreError>>> {
        Box::pin(async move {
            let Some(store) = &self.store else { return Some(Ok(())) };
            tokio::time::timeout(timeout, store.set(key, entry, lifetime)).await.ok()
        })
    }

    fn store_locks(&self) -> StoreLocks {
        self.store.as_ref().map(|store| store.locks()).unwrap_or_default()
    }

    fn lock_store<'d>(
        &'d self,
        key: &'d str,
        timeout: Duration,
    ) -> BoxFuture<'d, Option<Result<Option<String>, StoreError>>> {
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
    ) -> BoxFuture<'d, Option<Result<(), StoreError>>> {
        Box::pin(async move {
            let store = self.store.as_ref()?;
            tokio::time::timeout(timeout, store.unlock(key, ticket)).await.ok()
        })
    }

    fn lease_duration(&self) -> Duration {
        LEASE_DURATION
    }

    fn wait_for_release(&self, timeout: Duration) -> BoxFuture<'_, ()> {
        // Created before the block, so that it sees every release from now on.
        let released = self.lease_released.notified();
        Box::pin(async move {
            // The caller checks the state in any case, so a timeout is ignored.
            let _ = tokio::time::timeout(timeout.min(LEASE_DURATION), released).await;
        })
    }

    fn notify_released(&self) {
        self.lease_released.notify_waiters();
    }

    fn on_event(&self, event: TokenEvent) {
        if let TokenEvent::StoreFailed(message) = event {
            tracing::warn!("{message}");
        }
    }
}
