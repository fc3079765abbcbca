//! API requests over reqwest and tokio.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ajo_auth::{AccessToken, Endpoint, Surroundings, causes, read_bounded};
use bytes::Bytes;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Method, Url};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::transport::headers::REQUEST_ID;
use crate::transport::request::JSON;
use crate::{
    CallNote, Error, ErrorKind, HttpResponse, HttpTransport, NativeLimits, Operation, RateLimit, Request, SendError,
    SendProblem,
};

/// What stands before the token. Source: RFC 6750, section 2.1.
const BEARER: &[u8] = b"Bearer ";

/// How many headers a request gets in addition to those of its template: four here at most, and in reqwest its host and user agent.
const LATER_HEADERS: usize = 6;

/// Sends requests with reqwest, within this client's own limits.
pub struct ReqwestTransport {
    http: reqwest::Client,
    surroundings: Arc<dyn Surroundings>,
    rate: Option<tokio::sync::Mutex<RateLimit>>,
    permits: Option<Arc<Semaphore>>,
    /// The header with the last token.
    last_bearer: Mutex<Option<HeaderValue>>,
}

impl ReqwestTransport {
    pub(crate) fn new(
        http: reqwest::Client,
        surroundings: Arc<dyn Surroundings>,
        limits: NativeLimits,
    ) -> Result<Self, Error> {
        let (rate, permits) = (limits.rate()?, limits.places()?);
        Ok(Self { http, surroundings, rate, permits, last_bearer: Mutex::default() })
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestTransport")
    }
}

/// The base URL and the headers of every request.
pub struct ReqwestTemplate {
    base_url: String,
    headers: HeaderMap,
}

impl fmt::Debug for ReqwestTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTemplate").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl ReqwestTemplate {
    /// A request of its own for an attempt. Only the body is shared with other attempts.
    fn build(request: &Request<Self>, bearer: HeaderValue) -> Result<reqwest::Request, SendError> {
        let Request { method, path, accepts_json, body, request_id, template } = request;
        let url = Url::parse(&[template.base_url.as_str(), path].concat());
        let url = url.map_err(|_| unsendable("its URL cannot be parsed"))?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| unsendable("its method is none of HTTP"))?;
        let mut built = reqwest::Request::new(method, url);
        let headers = built.headers_mut();
        headers.reserve(template.headers.len() + LATER_HEADERS);
        for (name, value) in &template.headers {
            headers.insert(name.clone(), value.clone());
        }
        if *accepts_json {
            headers.insert(ACCEPT, HeaderValue::from_static(JSON));
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(HeaderName::from_static(REQUEST_ID), id);
        }
        headers.insert(AUTHORIZATION, bearer);
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
            *built.body_mut() = Some(body.clone().into());
        }
        Ok(built)
    }
}

impl HttpTransport for ReqwestTransport {
    type Template = ReqwestTemplate;
    type Permit = Option<OwnedSemaphorePermit>;

    /// None of the headers is secret, but nobody needs them in a log.
    fn template(base_url: &Endpoint, headers: &[(&str, &str)]) -> ReqwestTemplate {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            // They were checked when they were set.
            if let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                value.set_sensitive(true);
                map.insert(name, value);
            }
        }
        ReqwestTemplate { base_url: base_url.as_str().to_owned(), headers: map }
    }

    fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    async fn acquire_permit(&self, until: Duration) -> Result<Self::Permit, ErrorKind> {
        let late = || ErrorKind::NotSent("the deadline passes before this client's own limits let it go".to_owned());
        let left = || until.saturating_sub(self.surroundings.elapsed());
        let permit = match &self.permits {
            None => None,
            Some(permits) => match tokio::time::timeout(left(), permits.clone().acquire_owned()).await {
                Ok(permit) => permit.ok(),
                Err(_) => return Err(late()),
            },
        };
        if let Some(rate) = &self.rate {
            // Whoever is first in the queue waits for the next place and takes it when it is there; a call that is dropped
            // meanwhile has taken nothing.
            let Ok(mut rate) = tokio::time::timeout(left(), rate.lock()).await else { return Err(late()) };
            let wait = rate.wait(self.surroundings.elapsed());
            if !wait.is_zero() {
                if wait >= left() {
                    return Err(late());
                }
                self.surroundings.sleep(wait).await;
            }
            rate.take(self.surroundings.elapsed());
        }
        Ok(permit)
    }

    async fn send(
        &self,
        request: &Request<ReqwestTemplate>,
        token: &AccessToken,
        timeout: Duration,
    ) -> Result<HttpResponse, SendError> {
        let mut built = ReqwestTemplate::build(request, self.bearer(token)?)?;
        *built.timeout_mut() = Some(timeout);

        let response = self.http.execute(built).await?;
        let status = response.status().as_u16();
        tracing::Span::current().record("status", status);
        let headers = response.headers();
        let text = |value: Option<&HeaderValue>| value.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (request_id, retry_after) = (text(headers.get(REQUEST_ID)), text(headers.get(RETRY_AFTER)));
        let compressed = headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
        let body = read_bounded(response, HttpResponse::max_bytes(status)).await?;
        let too_long = body.is_none();
        Ok(HttpResponse { status, request_id, retry_after, compressed, too_long, body: body.unwrap_or_default() })
    }

    fn note(&self, _: &Operation, note: CallNote<'_>) {
        match note {
            CallNote::Again { attempt, status, after } => {
                let after_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                tracing::info!(attempt, status, after_ms, "the call is made again");
            }
            CallNote::DoneBefore { attempt } => {
                tracing::warn!(attempt, "an attempt whose answer was lost had done it");
            }
            // The spans say so.
            CallNote::Attempt { .. } | CallNote::Ended { .. } => {}
        }
    }
}

impl ReqwestTransport {
    /// The header with this token. It is made once for each token: a token has a kilobyte, and the next call has the same.
    fn bearer(&self, token: &AccessToken) -> Result<HeaderValue, SendError> {
        let token = token.value().expose();
        // What is behind the lock is sound at every point, so a panic elsewhere does not spoil it.
        let mut last = self.last_bearer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bearer) =
            last.as_ref().filter(|bearer| bearer.as_bytes().strip_prefix(BEARER) == Some(token.as_bytes()))
        {
            return Ok(bearer.clone());
        }
        let text = [BEARER, token.as_bytes()].concat();
        let mut bearer = HeaderValue::from_maybe_shared(Bytes::from(text))
            .map_err(|_| unsendable("the access token is no header value"))?;
        bearer.set_sensitive(true);
        Ok(last.insert(bearer).clone())
    }
}

fn unsendable(problem: &str) -> SendError {
    SendError { problem: SendProblem::Request, causes: problem.to_owned(), source: None }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        let problem = if error.is_connect() {
            SendProblem::Connect
        } else if error.is_timeout() {
            SendProblem::Timeout
        } else if error.is_builder() {
            SendProblem::Request
        } else {
            SendProblem::Broken
        };
        Self { problem, causes: causes(&error), source: Some(Box::new(error)) }
    }
}
