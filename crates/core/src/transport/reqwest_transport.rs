//! API requests over reqwest and tokio.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use ajo_auth::{
    AccessToken, BaseUrl, Runtime, TransportErrorKind, classify_connect_error, format_error_chain, http_client,
    proxy_of, read_bounded,
};
use bytes::Bytes;
use reqwest::Url;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::transport::headers::REQUEST_ID_HEADER;
use crate::transport::http_request::RequestTemplate;
use crate::{
    CallError, CallEvent, CallTarget, ConcurrencyLimit, DeadlineExceeded, HttpRequest, HttpResponse, HttpTransport,
    SendError, SendErrorKind,
};

/// The prefix of the token in `Authorization`. Source: RFC 6750, section 2.1.
const BEARER_PREFIX: &[u8] = b"Bearer ";

/// Headers added to the template's headers: at most four here, and `Host` and `User-Agent` by reqwest.
const EXTRA_HEADERS: usize = 6;

/// Sends requests with reqwest, within the client-side limits.
pub struct ReqwestTransport {
    /// For the scheme of the base URL.
    http: reqwest::Client,
    is_plain_http: bool,
    /// For allowed hosts with the other scheme. Created when it is needed.
    other_http: OnceLock<reqwest::Client>,
    runtime: Arc<dyn Runtime>,
    permits: Option<Arc<Semaphore>>,
    /// The `Authorization` header of the last token.
    last_bearer: Mutex<Option<HeaderValue>>,
}

impl ReqwestTransport {
    pub(crate) fn new(
        base_url: &BaseUrl,
        runtime: Arc<dyn Runtime>,
        limits: ConcurrencyLimit,
    ) -> Result<Self, CallError> {
        let (http, is_plain_http) = (http_client(base_url)?, base_url.is_plain_http());
        let permits = limits.semaphore()?;
        Ok(Self { http, is_plain_http, other_http: OnceLock::new(), runtime, permits, last_bearer: Mutex::default() })
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport")
    }
}

/// The headers of every request.
pub struct ReqwestTemplate {
    headers: HeaderMap,
}

impl fmt::Debug for ReqwestTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTemplate").finish_non_exhaustive()
    }
}

impl ReqwestTemplate {
    /// Builds the request of one attempt. Attempts share the body without copying it.
    fn build_request(request: &HttpRequest<Self>, bearer: HeaderValue) -> Result<reqwest::Request, SendError> {
        let HttpRequest { method, url, accept, content_type, body, request_id, headers: custom, template, .. } =
            request;
        let url = Url::parse(url).map_err(|_| request_error("the URL is invalid"))?;
        let method =
            reqwest::Method::from_bytes(method.as_bytes()).map_err(|_| request_error("the HTTP method is invalid"))?;
        let mut built = reqwest::Request::new(method, url);
        let headers = built.headers_mut();
        headers.reserve(template.headers.len() + custom.len() + EXTRA_HEADERS);
        for (name, value) in &template.headers {
            headers.insert(name.clone(), value.clone());
        }
        for (name, value) in custom {
            // They were validated when they were set.
            if let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        if let Some(accept) = accept {
            headers.insert(ACCEPT, media_type(accept.clone())?);
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(HeaderName::from_static(REQUEST_ID_HEADER), id);
        }
        headers.insert(AUTHORIZATION, bearer);
        if let Some(body) = body {
            if let Some(content_type) = content_type {
                headers.insert(CONTENT_TYPE, media_type(content_type.clone())?);
            }
            *built.body_mut() = Some(body.clone().into());
        }
        Ok(built)
    }
}

impl RequestTemplate for ReqwestTemplate {
    /// Marks the headers as sensitive: they are not secret, but do not belong in logs.
    fn new(headers: &[(&str, &str)]) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            // They were validated when they were set.
            if let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                value.set_sensitive(true);
                map.insert(name, value);
            }
        }
        Self { headers: map }
    }
}

impl HttpTransport for ReqwestTransport {
    type Template = ReqwestTemplate;
    type Permit = Option<OwnedSemaphorePermit>;

    fn runtime(&self) -> &dyn Runtime {
        &*self.runtime
    }

    async fn acquire_permit(&self, deadline: Duration) -> Result<Self::Permit, DeadlineExceeded> {
        let Some(permits) = &self.permits else { return Ok(None) };
        let remaining = deadline.saturating_sub(self.runtime.elapsed());
        let permit =
            tokio::time::timeout(remaining, permits.clone().acquire_owned()).await.map_err(|_| DeadlineExceeded)?;
        Ok(permit.ok())
    }

    async fn send(
        &self,
        request: &HttpRequest<ReqwestTemplate>,
        token: &AccessToken,
        timeout: Duration,
    ) -> Result<HttpResponse, SendError> {
        let mut built = ReqwestTemplate::build_request(request, self.bearer_header(token)?)?;
        *built.timeout_mut() = Some(timeout);

        let response = self.client_for(built.url())?.execute(built).await?;
        let status = response.status().as_u16();
        tracing::Span::current().record("http.response.status_code", status);
        let headers = response.headers();
        let to_string = |value: Option<&HeaderValue>| value.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (request_id, retry_after) =
            (to_string(headers.get(REQUEST_ID_HEADER)), to_string(headers.get(RETRY_AFTER)));
        let location = if (300..400).contains(&status) { to_string(headers.get(LOCATION)) } else { None };
        let response_headers = if request.wants_headers { to_strings(headers) } else { Vec::new() };
        let is_compressed = headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
        let body = read_bounded(response, HttpResponse::max_bytes(status)).await?;
        let is_too_long = body.is_none();
        Ok(HttpResponse {
            status,
            request_id,
            retry_after,
            location,
            headers: response_headers,
            is_compressed,
            is_too_long,
            body: body.unwrap_or_default(),
        })
    }

    fn on_event(&self, _: &CallTarget, event: CallEvent<'_>) {
        match event {
            CallEvent::Retrying { attempt, status, delay } => {
                let after_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                tracing::info!(attempt, status, after_ms, "retrying the call");
            }
            CallEvent::AlreadyApplied { attempt } => {
                tracing::warn!(attempt, "an earlier attempt, whose response was lost, had already applied the change");
            }
            // The spans record these.
            CallEvent::AttemptStarted { .. } | CallEvent::AttemptFinished { .. } => {}
        }
    }
}

impl ReqwestTransport {
    /// The HTTP client for the scheme of a URL. A client for https refuses plain http, and the other one has no CA certificates.
    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, SendError> {
        if (url.scheme() == "http") == self.is_plain_http {
            return Ok(&self.http);
        }
        if let Some(other) = self.other_http.get() {
            return Ok(other);
        }
        let origin = BaseUrl::parse(&url.origin().ascii_serialization());
        let origin = origin.map_err(|error| request_error(&error.message()))?;
        let other = http_client(&origin).map_err(|error| request_error(&error.message()))?;
        Ok(self.other_http.get_or_init(|| other))
    }

    /// The `Authorization` header with this token. It is cached, because a token has about 1 KB and rarely changes between calls.
    fn bearer_header(&self, token: &AccessToken) -> Result<HeaderValue, SendError> {
        let token = token.value().expose();
        // The cached value is always valid, so poisoning does not matter.
        let mut last = self.last_bearer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bearer) =
            last.as_ref().filter(|bearer| bearer.as_bytes().strip_prefix(BEARER_PREFIX) == Some(token.as_bytes()))
        {
            return Ok(bearer.clone());
        }
        let value = [BEARER_PREFIX, token.as_bytes()].concat();
        let mut bearer = HeaderValue::from_maybe_shared(Bytes::from(value))
            .map_err(|_| request_error("the access token is not a valid header value"))?;
        bearer.set_sensitive(true);
        Ok(last.insert(bearer).clone())
    }
}

/// Without a copy of the usual media types.
fn media_type(value: Cow<'static, str>) -> Result<HeaderValue, SendError> {
    match value {
        Cow::Borrowed(value) => Ok(HeaderValue::from_static(value)),
        Cow::Owned(value) => HeaderValue::try_from(value).map_err(|_| request_error("a header is invalid")),
    }
}

fn to_strings(headers: &HeaderMap) -> Vec<(String, String)> {
    let headers = headers.iter();
    headers.map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into())).collect()
}

fn request_error(message: &str) -> SendError {
    SendError { kind: SendErrorKind::BuildRequest, proxy: None, message: message.to_owned(), source: None }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        let kind = if error.is_connect() {
            match classify_connect_error(&error) {
                TransportErrorKind::Certificate => SendErrorKind::Certificate,
                TransportErrorKind::NameResolution => SendErrorKind::NameResolution,
                TransportErrorKind::Proxy => SendErrorKind::Proxy,
                TransportErrorKind::ProxyAuthentication => SendErrorKind::ProxyAuthentication,
                TransportErrorKind::ProxyUnreachable => SendErrorKind::ProxyUnreachable,
                _ => SendErrorKind::Connect,
            }
        } else if error.is_timeout() {
            SendErrorKind::Timeout
        } else if error.is_builder() {
            SendErrorKind::BuildRequest
        } else {
            SendErrorKind::Disconnected
        };
        Self { kind, proxy: proxy_of(&error), message: format_error_chain(&error), source: Some(Box::new(error)) }
    }
}
