//! The native driver: sends what the generated client builds, through its hooks.
//!
//! The hook `exec` is the one place a request leaves from. It takes the headers from the client's settings and the token
//! from `ajo-auth`, reads the whole answer within bounds, and hands it back to the generated code. What that code cannot
//! express (an authentication error, the raw body) travels beside it in the [`Exchange`].

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ajo_auth::{AccessToken, Endpoint, TokenProvider, causes};
use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use crate::generated::{capping, throttling};
use crate::{Answer, Error, ErrorKind, Failure, Operation, Verb};

/// Most bytes of an answer that are read. Chosen here: a list of 10,000 configurations is about 10 MB.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// The client id, as the gateway wants it.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// The organization id.
const ORGANIZATION: HeaderName = HeaderName::from_static("x-gw-ims-org-id");
/// The sandbox.
const SANDBOX: HeaderName = HeaderName::from_static("x-sandbox-name");
/// On every answer of the gateway.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// progenitor sends `info.version` of the spec in it; the service knows no such header.
const API_VERSION: HeaderName = HeaderName::from_static("api-version");

/// What all calls of one client share.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Endpoint,
    pub(crate) tokens: TokenProvider,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
}

impl Transport {
    /// The headers that are the same on every call. The API key is not secret, but nobody needs it in a log.
    pub(crate) fn headers(api_key: &str, org_id: &str, sandbox: &str) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::with_capacity(3);
        for (name, value) in [(API_KEY, api_key), (ORGANIZATION, org_id), (SANDBOX, sandbox)] {
            let mut value =
                HeaderValue::from_str(value).map_err(|_| format!("the value for {name} is no header value"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }

    /// Sends a request with a token; after a 401, once more with a new one.
    async fn send(&self, request: reqwest::Request) -> Result<Received, ErrorKind> {
        let replay = request.try_clone();
        let granted = self.tokens.token().await.map_err(ErrorKind::Auth)?;
        let received = self.attempt(request, &granted.token).await?;
        match replay {
            Some(replay) if received.status == 401 && self.tokens.invalidate(granted.generation) => {
                let granted = self.tokens.token().await.map_err(ErrorKind::Auth)?;
                self.attempt(replay, &granted.token).await
            }
            _ => Ok(received),
        }
    }

    async fn attempt(&self, mut request: reqwest::Request, token: &AccessToken) -> Result<Received, ErrorKind> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.value().expose()))
            .map_err(|_| ErrorKind::Request("the access token is no header value".to_owned()))?;
        bearer.set_sensitive(true);
        let headers = request.headers_mut();
        headers.remove(API_VERSION);
        headers.extend(self.headers.clone());
        headers.insert(AUTHORIZATION, bearer);
        *request.timeout_mut() = Some(self.timeout);

        let response = self.http.execute(request).await.map_err(|error| transport_problem(&error))?;
        let status = response.status().as_u16();
        let request_id = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let body = read_bounded(response).await.map_err(|problem| match problem {
            BodyProblem::Broken(error) => transport_problem(&error),
            BodyProblem::TooLong => ErrorKind::Unreadable {
                status,
                problem: format!("it is longer than {} MiB", MAX_BODY / 1024 / 1024),
                request_id: request_id.clone(),
            },
        })?;
        let body = if (200..300).contains(&status) { body } else { without(body, token.value().expose()) };
        Ok(Received { status, request_id, body })
    }
}

enum BodyProblem {
    Broken(reqwest::Error),
    TooLong,
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Bytes, BodyProblem> {
    // An answer of one piece, the usual case, is not copied.
    let Some(first) = response.chunk().await.map_err(BodyProblem::Broken)? else { return Ok(Bytes::new()) };
    let Some(second) = response.chunk().await.map_err(BodyProblem::Broken)? else { return Ok(first) };
    let mut body = Vec::with_capacity(2 * (first.len() + second.len()));
    body.extend_from_slice(&first);
    body.extend_from_slice(&second);
    while let Some(chunk) = response.chunk().await.map_err(BodyProblem::Broken)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(BodyProblem::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

/// Takes the token out of the answer to a failed call: a careless server may echo the request in it.
fn without(body: Bytes, token: &str) -> Bytes {
    match std::str::from_utf8(&body) {
        Ok(text) if text.contains(token) => Bytes::from(text.replace(token, "[redacted]")),
        _ => body,
    }
}

fn transport_problem(error: &reqwest::Error) -> ErrorKind {
    let text = causes(error);
    if error.is_connect() {
        ErrorKind::Connect(text)
    } else if error.is_timeout() {
        ErrorKind::Timeout(text)
    } else if error.is_builder() {
        ErrorKind::Request(text)
    } else {
        ErrorKind::Broken(text)
    }
}

/// The whole answer to one call.
#[derive(Clone)]
struct Received {
    status: u16,
    request_id: Option<String>,
    body: Bytes,
}

impl Received {
    /// The answer as the generated code wants to see it: success has the one status the spec names, and a body even where
    /// the service leaves out the empty object. A service that answers 200 in place of 204 has carried the call out.
    fn for_generated_code(&self, operation: &Operation) -> reqwest::Response {
        let success = (200..300).contains(&self.status);
        let status = if success { operation.success } else { self.status };
        let body =
            if success && operation.verb == Verb::Delete { Bytes::from_static(b"{}") } else { self.body.clone() };
        let mut response = http::Response::new(body);
        if let Ok(status) = http::StatusCode::from_u16(status) {
            *response.status_mut() = status;
        }
        response.into()
    }
}

/// One call on its way: what the generated client carries as its inner value.
#[derive(Clone)]
pub(crate) struct Exchange {
    transport: Arc<Transport>,
    operation: &'static Operation,
    outcome: Arc<Mutex<Option<Result<Received, ErrorKind>>>>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("operation", &self.operation.to_string()).finish_non_exhaustive()
    }
}

impl Exchange {
    pub(crate) fn new(transport: Arc<Transport>, operation: &'static Operation) -> Self {
        Self { transport, operation, outcome: Arc::default() }
    }

    async fn execute(&self, request: reqwest::Request) -> reqwest::Response {
        let outcome = self.transport.send(request).await;
        let response = match &outcome {
            Ok(received) => received.for_generated_code(self.operation),
            // Never looked at: `finish` finds the error first.
            Err(_) => http::Response::new(Bytes::new()).into(),
        };
        *self.outcome.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(outcome);
        response
    }

    /// Joins what the generated code made of the answer with what was really received.
    pub(crate) fn finish<T>(
        self,
        result: Result<progenitor_client::ResponseValue<T>, progenitor_client::Error<()>>,
    ) -> Result<Answer<T>, Error> {
        use progenitor_client::Error as Generated;

        let failed = |kind| Error::new(Some(self.operation), kind);
        let outcome = self.outcome.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let received = match outcome {
            Some(Ok(received)) => received,
            Some(Err(kind)) => return Err(failed(kind)),
            // The generated code gave up before it sent anything.
            None => {
                let problem = result.err().map_or_else(|| "nothing was sent".to_owned(), |error| causes(&error));
                return Err(failed(ErrorKind::Request(problem)));
            }
        };
        let Received { status, request_id, body } = received;
        match result {
            Ok(value) => Ok(Answer { value: value.into_inner(), status, request_id, body }),
            Err(Generated::InvalidResponsePayload(_, problem)) => {
                Err(failed(ErrorKind::Unreadable { status, problem: unreadable(&problem), request_id }))
            }
            Err(_) => Err(failed(ErrorKind::Refused(Failure::read(status, request_id.as_deref(), &body)))),
        }
    }
}

/// Where a body cannot be read, without repeating any of it.
fn unreadable(problem: &serde_json::Error) -> String {
    match problem.classify() {
        serde_json::error::Category::Data => problem.to_string(),
        _ => format!("it is not JSON (line {}, column {})", problem.line(), problem.column()),
    }
}

impl ClientHooks<Exchange> for capping::client::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        Ok(self.inner.execute(request).await)
    }
}

impl ClientHooks<Exchange> for throttling::client::Client {
    async fn exec(&self, request: reqwest::Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        Ok(self.inner.execute(request).await)
    }
}
