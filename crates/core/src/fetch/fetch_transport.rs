//! API requests over `fetch`.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ajo_auth::fetch::{FetchError, FetchErrorKind, FetchRequest, send_request};
use ajo_auth::{AccessToken, Runtime, Secret};

use crate::{
    DeadlineExceeded, HttpRequest, HttpResponse, HttpTransport, SendError, SendErrorKind, StringRequestTemplate,
};

/// Sends requests with `fetch`, without client-side limits.
#[derive(Clone)]
pub struct FetchTransport {
    pub(super) runtime: Arc<dyn Runtime>,
}

impl fmt::Debug for FetchTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FetchTransport")
    }
}

impl HttpTransport for FetchTransport {
    type Template = StringRequestTemplate;
    type Permit = ();

    fn runtime(&self) -> &dyn Runtime {
        &*self.runtime
    }

    async fn acquire_permit(&self, _: Duration) -> Result<(), DeadlineExceeded> {
        Ok(())
    }

    async fn send(
        &self,
        request: &HttpRequest<StringRequestTemplate>,
        token: &AccessToken,
        timeout: Duration,
    ) -> Result<HttpResponse, SendError> {
        let token = token.value().expose();
        let bearer = Secret::new(format!("Bearer {token}"));
        let headers: Vec<_> = request.all_headers().chain([("authorization", bearer.expose())]).collect();
        let fetch_request = FetchRequest {
            method: request.method,
            url: &request.url,
            headers: &headers,
            body: request.body.as_deref(),
            wants_headers: request.wants_headers,
            secrets: &[token],
        };
        let response = send_request(fetch_request, timeout, HttpResponse::max_bytes).await?;
        Ok(HttpResponse {
            status: response.status,
            request_id: response.request_id,
            retry_after: response.retry_after,
            location: response.location,
            headers: response.headers,
            // `fetch` always decompresses the body, even if the header remains.
            is_compressed: false,
            is_too_long: response.body.is_none(),
            body: response.body.map(Into::into).unwrap_or_default(),
        })
    }
}

impl From<FetchError> for SendError {
    fn from(FetchError { kind, detail, js_error }: FetchError) -> Self {
        let kind = match kind {
            FetchErrorKind::BuildRequest => SendErrorKind::BuildRequest,
            FetchErrorKind::Refused => SendErrorKind::Refused,
            FetchErrorKind::Connect => SendErrorKind::Connect,
            FetchErrorKind::Certificate => SendErrorKind::Certificate,
            FetchErrorKind::Timeout => SendErrorKind::Timeout,
            FetchErrorKind::Disconnected => SendErrorKind::Disconnected,
        };
        Self {
            kind,
            proxy: None,
            message: detail,
            source: js_error.map(|js_error| Box::new(js_error) as Box<dyn StdError + Send + Sync>),
        }
    }
}
