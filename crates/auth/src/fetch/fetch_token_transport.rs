//! Token requests over `fetch`.

use std::sync::Arc;
use std::time::Duration;

use send_wrapper::SendWrapper;

use super::fetch_error_kind::FetchErrorKind;
use super::fetch_request::FetchRequest;
use super::js_timer::JsTimer;
use super::send_request::{FetchError, send_request};
use crate::{
    AuthError, BoxFuture, MAX_TOKEN_RESPONSE_BYTES, RELEASE_POLL_INTERVAL, Runtime, SHORT_LEASE_DURATION, Secret,
    StoreError, TokenRequest, TokenResponse, TokenStore, TokenTransport, TransportErrorKind,
};

/// The `fetch` transport. It stores no JavaScript values between calls, because these can belong to different requests
/// of a Worker.
pub(super) struct FetchTokenTransport {
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) store: Option<Arc<dyn TokenStore>>,
}

impl FetchTokenTransport {
    async fn send_request(request: &TokenRequest, timeout: Duration) -> Result<TokenResponse, AuthError> {
        let form = request.body.expose();
        // The client secret in plain and in form encoding.
        let plain = request.secret.expose();
        let encoded = form.split('&').find_map(|pair| pair.strip_prefix("client_secret=")).unwrap_or("");
        let fetch_request = FetchRequest {
            wants_headers: false,
            method: "POST",
            url: &request.url,
            headers: &[("content-type", TokenRequest::CONTENT_TYPE)],
            body: Some(form.as_bytes()),
            secrets: &[plain, encoded],
        };
        // The futures of a transport must be `Send`. WebAssembly has one thread, so this one never leaves its thread.
        let response = SendWrapper::new(send_request(fetch_request, timeout, |_| MAX_TOKEN_RESPONSE_BYTES)).await?;
        Ok(TokenResponse {
            status: response.status,
            retry_after: response.retry_after,
            debug_id: response.debug_id,
            body: response.body.map(|body| Secret::new(String::from_utf8_lossy(&body))),
        })
    }
}

impl From<FetchError> for AuthError {
    fn from(error: FetchError) -> Self {
        let kind = match error.kind {
            FetchErrorKind::Connect => TransportErrorKind::Connect,
            FetchErrorKind::Certificate => TransportErrorKind::Certificate,
            FetchErrorKind::Timeout => TransportErrorKind::Timeout,
            FetchErrorKind::Disconnected => TransportErrorKind::Disconnected,
            FetchErrorKind::BuildRequest | FetchErrorKind::Refused => TransportErrorKind::Refused,
        };
        Self::Transport { kind, proxy: None, detail: error.detail }
    }
}

/// Waits for a store operation. `None` if the store did not respond in time.
async fn with_timeout<T>(timeout: Duration, operation: impl Future<Output = T> + Send) -> Option<T> {
    SendWrapper::new(async move { JsTimer::new(timeout)?.with_timeout(operation).await }).await
}

impl TokenTransport for FetchTokenTransport {
    fn runtime(&self) -> &dyn Runtime {
        &*self.runtime
    }

    fn send_token_request<'d>(
        &'d self,
        request: &'d TokenRequest,
        timeout: Duration,
    ) -> BoxFuture<'d, Result<TokenResponse, AuthError>> {
        Box::pin(Self::send_request(request, timeout))
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
            with_timeout(timeout, store.get(key)).await
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
            with_timeout(timeout, store.set(key, entry, lifetime)).await
        })
    }

    fn lease_duration(&self) -> Duration {
        SHORT_LEASE_DURATION
    }

    fn wait_for_release(&self, timeout: Duration) -> BoxFuture<'_, ()> {
        self.runtime.sleep(timeout.min(RELEASE_POLL_INTERVAL))
    }

    fn notify_released(&self) {}
}
