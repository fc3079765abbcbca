//! One attempt of a call: a token, the request on the wire, the answer within bounds. After a 401 there is one replay with a
//! new token; it does not count as another attempt.

use std::borrow::Cow;
use std::time::Duration;

use ajo_auth::{AccessToken, AuthError, Granted, TransportProblem, read_retry_after};
use bytes::Bytes;

use crate::error::attempt_error::Problem;
use crate::error::error_response::clean;
use crate::transport::retry_loop::Transport;
use crate::{ErrorKind, Failure, HttpResponse, HttpTransport, MAX_ANSWER, MAX_FAILURE_ANSWER, Request};

/// Most JSON objects in an answer. Chosen here: ten for each configuration of a list of 10,000. As a value a configuration takes
/// nearly 1 KB of memory, and as JSON it may have 12 bytes.
const MAX_OBJECTS: usize = 100_000;

/// Most commas in an answer. Chosen here: a hundred for each configuration of such a list. What stands between two of them may
/// take ten times its size of memory.
const MAX_COMMAS: usize = 1_000_000;

/// Most bytes of the answer to a failed call that are kept. Chosen here; the published ones are below 2 KB.
const MAX_FAILURE_BODY: usize = 16 * 1024;

/// What stands where an answer repeats the token.
const REDACTED: &str = "[redacted]";

impl<T: HttpTransport> Transport<T> {
    /// Sends a request with a token, when the client's own limits permit it; after a 401, once more with a new one. No request takes
    /// longer than `timeout`, and all of it ends at `until`.
    pub(crate) async fn attempt(
        &self,
        request: &Request<T::Template>,
        timeout: Duration,
        until: Duration,
    ) -> Result<HttpResponse, Problem> {
        let _permit = self.wire.acquire_permit(until).await?;
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
        until.saturating_sub(self.wire.surroundings().elapsed())
    }

    async fn token(&self, until: Duration) -> Result<Granted, Problem> {
        let granted = self.tokens.token_until(until).await;
        // A driver may be late by the coarseness of its timer.
        let granted = granted.and_then(|granted| if self.left(until).is_zero() { Err(late()) } else { Ok(granted) });
        granted.map_err(|error| {
            let wait = self.tokens.cool_down();
            Problem { retry_after: (!wait.is_zero()).then_some(wait), ..ErrorKind::Auth(error).into() }
        })
    }

    async fn exchange(
        &self,
        request: &Request<T::Template>,
        token: &AccessToken,
        timeout: Duration,
        until: Duration,
    ) -> Result<HttpResponse, Problem> {
        let mut response = self.wire.send(request, token, timeout.min(self.left(until))).await?;
        response.request_id = response.request_id.and_then(|id| clean(&without_token(&id, token)));
        if (200..300).contains(&response.status) {
            return Ok(succeeded(response)?);
        }
        let retry_after = response.retry_after.as_deref();
        let retry_after = retry_after.and_then(|value| read_retry_after(value, self.wire.surroundings().now()));
        Err(Problem { retry_after, ..failed(&response, token) })
    }
}

/// A text in which the token does not stand. Most are too short for it, and a search for a long text costs more than the rest of
/// a call's bookkeeping before it has begun.
fn without_token<'t>(text: &'t str, token: &AccessToken) -> Cow<'t, str> {
    let token = token.value().expose();
    if text.len() < token.len() { text.into() } else { text.replace(token, REDACTED).into() }
}

fn late() -> AuthError {
    AuthError::Transport {
        problem: TransportProblem::Timeout,
        detail: "the deadline of the call has passed".to_owned(),
    }
}

fn is_unauthorized(result: &Result<HttpResponse, Problem>) -> bool {
    result.as_ref().is_err_and(Problem::is_unauthorized)
}

/// Refuses a response that says success and cannot be read.
fn succeeded(response: HttpResponse) -> Result<HttpResponse, ErrorKind> {
    let problem = if response.too_long {
        format!("it is longer than {} MiB", MAX_ANSWER / 1024 / 1024)
    } else if response.compressed {
        "it is compressed, which was not asked for".to_owned()
    } else if response.body.trim_ascii_start().starts_with(b"<") {
        // Also where the operation does not read the body: a proxy's page is no sign that it was carried out.
        "it is a page (HTML or XML)".to_owned()
    } else if has_too_many_parts(&response.body) {
        "it has more parts than ten thousand configurations".to_owned()
    } else {
        return Ok(response);
    };
    Err(ErrorKind::Unreadable { status: response.status, problem, request_id: response.request_id })
}

fn failed(response: &HttpResponse, token: &AccessToken) -> Problem {
    let request_id = response.request_id.as_deref();
    if response.too_long {
        let message = format!("the answer is longer than {} KiB", MAX_FAILURE_ANSWER / 1024);
        return ErrorKind::Refused(Failure { message, ..Failure::read(response.status, request_id, &[]) }).into();
    }
    let body = without(response.body.clone(), token.value().expose());
    let failure = Failure::read(response.status, request_id, &body);
    Problem { body: body.slice(..body.len().min(MAX_FAILURE_BODY)), ..ErrorKind::Refused(failure).into() }
}

fn has_too_many_parts(body: &[u8]) -> bool {
    // Most answers are shorter than they would have to be for that.
    if body.len() <= MAX_OBJECTS.min(MAX_COMMAS) {
        return false;
    }
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
