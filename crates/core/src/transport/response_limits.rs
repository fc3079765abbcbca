//! The response to one attempt, within bounds: a success, or the failure that it describes.

use std::borrow::Cow;

use ajo_auth::{AccessToken, Timestamp};
use ajo_engine::parse_retry_after;
use ajo_engine::untrusted_text::message_excerpt;
use bytes::Bytes;

use crate::error::attempt_error::Problem;
use crate::{ErrorKind, Failure, HttpResponse, MAX_ANSWER, MAX_FAILURE_ANSWER};

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

/// Checks the response to a request with this token.
pub(super) fn check(
    mut response: HttpResponse,
    token: &AccessToken,
    now: Timestamp,
) -> Result<HttpResponse, Box<Problem>> {
    response.request_id = response.request_id.and_then(|id| message_excerpt(&without_token(&id, token)));
    if (200..300).contains(&response.status) {
        return succeeded(response).map_err(|kind| Box::new(kind.into()));
    }
    let retry_after = response.retry_after.as_deref().and_then(|value| parse_retry_after(value, now));
    Err(Box::new(Problem { retry_after, ..failed(&response, token) }))
}

/// A text in which the token does not stand. Most are too short for it, and a search for a long text costs more than the rest of
/// a call's bookkeeping before it has begun.
fn without_token<'t>(text: &'t str, token: &AccessToken) -> Cow<'t, str> {
    let token = token.value().expose();
    if text.len() < token.len() { text.into() } else { text.replace(token, REDACTED).into() }
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
