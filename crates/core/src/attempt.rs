//! One attempt of a call: a token, the headers, the request on the wire, the whole answer within bounds. After a 401 there is
//! one replay with a new token; it does not count as another attempt.

use std::sync::Arc;
use std::time::Duration;

use ajo_auth::{
    AccessToken, AuthError, Granted, Surroundings, TokenProvider, TransportProblem, causes, is_about_certificates,
    read_retry_after,
};
use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use crate::failure::clean;
use crate::{Ending, ErrorKind, Failure};

/// Most bytes of an answer that are read. Chosen here: a list of 10,000 configurations is about 10 MB.
pub(crate) const MAX_BODY: usize = 64 * 1024 * 1024;

/// Most JSON objects in an answer. Chosen here: ten for each configuration of a list of 10,000. As a value a configuration takes
/// nearly 1 KB of memory, and as JSON it may have 12 bytes.
const MAX_OBJECTS: usize = 100_000;

/// Most commas in an answer. Chosen here: a hundred for each configuration of such a list. What stands between two of them may
/// take ten times its size of memory.
const MAX_COMMAS: usize = 1_000_000;

/// Most bytes of the answer to a failed call that are read. Chosen here: reading JSON of an unknown shape takes twenty times
/// its size of memory, and the published answers are below 2 KB.
const MAX_FAILURE_READ: usize = 1024 * 1024;

/// Most bytes of the answer to a failed call that are kept. Chosen here; the published ones are below 2 KB.
const MAX_FAILURE_BODY: usize = 16 * 1024;

/// What stands where an answer repeats the token.
const REDACTED: &str = "[redacted]";

/// The client id, as the gateway wants it.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// The organization id.
const ORGANIZATION: HeaderName = HeaderName::from_static("x-gw-ims-org-id");
/// The sandbox.
const SANDBOX: HeaderName = HeaderName::from_static("x-sandbox-name");
/// On every answer of the gateway, and on every call of this client.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The headers that are the same on every call. The API key is not secret, but nobody needs it in a log.
pub(crate) fn headers(api_key: &str, org_id: &str, sandbox: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::with_capacity(3);
    for (name, value) in [(API_KEY, api_key), (ORGANIZATION, org_id), (SANDBOX, sandbox)] {
        let mut value = HeaderValue::from_str(value).map_err(|_| format!("the value for {name} is no header value"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// What requests are sent with.
pub(crate) struct Wire {
    pub(crate) http: reqwest::Client,
    pub(crate) tokens: TokenProvider,
    pub(crate) surroundings: Arc<dyn Surroundings>,
}

/// The whole answer to an attempt that succeeded.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) body: Bytes,
}

/// Why an attempt did not succeed.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: ErrorKind,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
    pub(crate) source: Option<reqwest::Error>,
}

impl Problem {
    /// As far as repeating it goes.
    pub(crate) fn ending(&self) -> Ending<'_> {
        match &self.kind {
            ErrorKind::Auth(error) => {
                Ending::Unsent { passes: error.is_retryable(), wait: self.retry_after.unwrap_or_default() }
            }
            ErrorKind::Connect(causes) => {
                Ending::Unsent { passes: !is_about_certificates(causes), wait: Duration::ZERO }
            }
            ErrorKind::NotSent(_) => Ending::Late,
            ErrorKind::Timeout(_) | ErrorKind::Broken(_) => Ending::Lost,
            ErrorKind::Refused(failure) => Ending::Refused { failure, retry_after: self.retry_after },
            ErrorKind::Settings(_) | ErrorKind::Unreadable { .. } | ErrorKind::Request(_) => Ending::Final,
        }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Refused(failure) => Some(failure.status),
            ErrorKind::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }
}

impl From<ErrorKind> for Problem {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, retry_after: None, body: Bytes::new(), source: None }
    }
}

impl From<reqwest::Error> for Problem {
    fn from(error: reqwest::Error) -> Self {
        let text = causes(&error);
        let kind = if error.is_connect() {
            ErrorKind::Connect(text)
        } else if error.is_timeout() {
            ErrorKind::Timeout(text)
        } else if error.is_builder() {
            ErrorKind::Request(text)
        } else {
            ErrorKind::Broken(text)
        };
        Self { source: Some(error), ..kind.into() }
    }
}

impl Wire {
    /// Sends a request with a token; after a 401, once more with a new one. No request takes longer than `timeout`, and all of
    /// it ends at `until`.
    pub(crate) async fn attempt(
        &self,
        request: &reqwest::Request,
        timeout: Duration,
        until: Duration,
    ) -> Result<Received, Problem> {
        // A timer is a millisecond coarse: on loopback, time enough to send a secret for nothing.
        if self.left(until).is_zero() {
            return Err(ErrorKind::NotSent("the deadline had passed before".to_owned()).into());
        }
        let granted = self.token(until).await?;
        let first = self.exchange(request, &granted.token, timeout, until).await;
        if !is_unauthorized(&first) || !self.tokens.invalidate(granted.generation) {
            return first;
        }
        let granted = self.token(until).await?;
        let second = self.exchange(request, &granted.token, timeout, until).await;
        if is_unauthorized(&second) {
            self.tokens.still_refused(granted.generation);
        }
        second
    }

    fn left(&self, until: Duration) -> Duration {
        until.saturating_sub(self.surroundings.elapsed())
    }

    async fn token(&self, until: Duration) -> Result<Granted, Problem> {
        let late = || AuthError::Transport {
            problem: TransportProblem::Timeout,
            detail: "the deadline of the call has passed".to_owned(),
        };
        let granted = tokio::time::timeout(self.left(until), self.tokens.token()).await.unwrap_or_else(|_| Err(late()));
        granted.map_err(|error| {
            let wait = self.tokens.cool_down();
            Problem { retry_after: (!wait.is_zero()).then_some(wait), ..ErrorKind::Auth(error).into() }
        })
    }

    async fn exchange(
        &self,
        request: &reqwest::Request,
        token: &AccessToken,
        timeout: Duration,
        until: Duration,
    ) -> Result<Received, Problem> {
        let unsendable = |problem: &str| Problem::from(ErrorKind::Request(problem.to_owned()));
        let mut request = request.try_clone().ok_or_else(|| unsendable("its body cannot be sent twice"))?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.value().expose()))
            .map_err(|_| unsendable("the access token is no header value"))?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, bearer);
        *request.timeout_mut() = Some(timeout.min(self.left(until)));

        let response = self.http.execute(request).await?;
        let status = response.status().as_u16();
        tracing::Span::current().record("status", status);
        let header = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
        let request_id = header(REQUEST_ID).and_then(|id| clean(&id.replace(token.value().expose(), REDACTED)));
        let retry_after = header(RETRY_AFTER).and_then(|value| read_retry_after(value, self.surroundings.now()));
        let succeeded = (200..300).contains(&status);
        let compressed = response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
        let body = read_bounded(response, if succeeded { MAX_BODY } else { MAX_FAILURE_READ }).await?;
        if succeeded {
            let problem = match body {
                None => format!("it is longer than {} MiB", MAX_BODY / 1024 / 1024),
                Some(_) if compressed => "it is compressed, which was not asked for".to_owned(),
                // Also where the operation does not look at the body: a proxy's page is no sign that it was carried out.
                Some(body) if body.trim_ascii_start().starts_with(b"<") => "it is a page (HTML or XML)".to_owned(),
                Some(body) if has_too_many_parts(&body) => {
                    "it has more parts than ten thousand configurations".to_owned()
                }
                Some(body) => return Ok(Received { status, request_id, body }),
            };
            return Err(ErrorKind::Unreadable { status, problem, request_id }.into());
        }
        let Some(body) = body else {
            let message = format!("the answer is longer than {} KiB", MAX_FAILURE_READ / 1024);
            let failure = Failure { message, ..Failure::read(status, request_id.as_deref(), &[]) };
            return Err(Problem { retry_after, ..ErrorKind::Refused(failure).into() });
        };
        let body = without(body, token.value().expose());
        let failure = Failure::read(status, request_id.as_deref(), &body);
        let body = body.slice(..body.len().min(MAX_FAILURE_BODY));
        Err(Problem { retry_after, body, ..ErrorKind::Refused(failure).into() })
    }
}

fn is_unauthorized(result: &Result<Received, Problem>) -> bool {
    matches!(result, Err(Problem { kind: ErrorKind::Refused(failure), .. }) if failure.status == 401)
}

/// The whole body; nothing when it is longer than `limit`.
async fn read_bounded(mut response: reqwest::Response, limit: usize) -> Result<Option<Bytes>, reqwest::Error> {
    // An answer of one piece, the usual case, is not copied.
    let Some(first) = response.chunk().await? else { return Ok(Some(Bytes::new())) };
    let Some(second) = response.chunk().await? else { return Ok(Some(first)) };
    let mut body = Vec::with_capacity(2 * (first.len() + second.len()));
    body.extend_from_slice(&first);
    body.extend_from_slice(&second);
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.into()))
}

fn has_too_many_parts(body: &[u8]) -> bool {
    let (objects, commas) = body.iter().fold((0, 0), |(objects, commas), byte| {
        (objects + usize::from(*byte == b'{'), commas + usize::from(*byte == b','))
    });
    objects > MAX_OBJECTS || commas > MAX_COMMAS
}

/// Takes the token out of the answer to a failed call: a careless server may echo the request in it. An answer that is no
/// text is dropped as a whole if the token is in it.
fn without(body: Bytes, token: &str) -> Bytes {
    if !body.windows(token.len()).any(|window| window == token.as_bytes()) {
        return body;
    }
    std::str::from_utf8(&body).map(|text| Bytes::from(text.replace(token, REDACTED))).unwrap_or_default()
}
