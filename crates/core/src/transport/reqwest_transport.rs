//! API requests over reqwest and tokio.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ajo_auth::{AccessToken, Surroundings, TransportProblem, causes, connect_problem, read_bounded};
use ajo_engine::RateLimit;
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::transport::headers::{CallerHeaders, REQUEST_ID};
use crate::{CallNote, CallOptions, ErrorKind, Operation, Reply, SendError, SendProblem, Wire};

/// progenitor sends `info.version` of the spec in it; the service knows no such header.
const API_VERSION: HeaderName = HeaderName::from_static("api-version");

/// What stands before the token. Source: RFC 6750, section 2.1.
const BEARER: &[u8] = b"Bearer ";

/// How many headers a request gets beside those of every call: its identifier and its token here; its host, the names of this client
/// and what it accepts on the way.
const LATER_HEADERS: usize = 5;

/// What requests are sent with, and this client's own limits.
pub(crate) struct NativeWire {
    pub(crate) http: reqwest::Client,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    pub(crate) rate: Option<tokio::sync::Mutex<RateLimit>>,
    pub(crate) places: Option<Arc<Semaphore>>,
    /// What the last request said of its token.
    pub(crate) last_bearer: Mutex<Option<HeaderValue>>,
}

impl NativeWire {
    /// The headers of every call, made once. None of them is secret, but nobody needs them in a log.
    pub(crate) fn headers(caller: &CallerHeaders, options: &CallOptions) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let own = options.headers.iter().map(|(name, value)| (name.as_str(), value));
        for (name, value) in own.chain(caller.0.iter().map(|(name, value)| (*name, value))) {
            // They were checked when they were set.
            if let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        headers
    }

    /// Gives a request the headers that the generated code does not know.
    pub(crate) fn complete(request: &mut reqwest::Request, every: &HeaderMap, request_id: &str) {
        let headers = request.headers_mut();
        headers.remove(API_VERSION);
        headers.reserve(every.len() + LATER_HEADERS);
        for (name, value) in every {
            headers.insert(name.clone(), value.clone());
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
    }
}

impl Wire for NativeWire {
    type Request = reqwest::Request;
    type Place = Option<OwnedSemaphorePermit>;

    fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    async fn admit(&self, until: Duration) -> Result<Self::Place, ErrorKind> {
        let late = || ErrorKind::NotSent("the deadline passes before this client's own limits let it go".to_owned());
        let left = || until.saturating_sub(self.surroundings.elapsed());
        let place = match &self.places {
            None => None,
            Some(places) => match tokio::time::timeout(left(), places.clone().acquire_owned()).await {
                Ok(place) => place.ok(),
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
        Ok(place)
    }

    async fn send(
        &self,
        request: &reqwest::Request,
        token: &AccessToken,
        timeout: Duration,
    ) -> Result<Reply, SendError> {
        let mut request = request.try_clone().ok_or_else(|| unsendable("its body cannot be sent twice"))?;
        request.headers_mut().insert(AUTHORIZATION, self.bearer(token)?);
        *request.timeout_mut() = Some(timeout);

        let response = self.http.execute(request).await?;
        let status = response.status().as_u16();
        tracing::Span::current().record("status", status);
        let header =
            |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Reply {
            status,
            request_id: header(HeaderName::from_static(REQUEST_ID)),
            retry_after: header(RETRY_AFTER),
            compressed: response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity"),
            body: read_bounded(response, Reply::most(status)).await?,
        })
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

impl NativeWire {
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
            match connect_problem(&error) {
                TransportProblem::Certificate => SendProblem::Certificate,
                TransportProblem::Proxy => SendProblem::Proxy,
                _ => SendProblem::Connect,
            }
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
