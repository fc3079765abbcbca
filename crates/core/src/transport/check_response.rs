//! Checks the response to one attempt against limits, and converts error responses into errors.

use std::borrow::Cow;

use ajo_auth::{AccessToken, Timestamp};
use ajo_engine::parse_retry_after;
use ajo_engine::untrusted_text::message_excerpt;
use bytes::Bytes;

use crate::error::attempt_error::AttemptError;
use crate::{ErrorKind, ErrorResponse, HttpResponse, MAX_ERROR_RESPONSE_BYTES, MAX_RESPONSE_BYTES};

/// The maximum number of JSON objects in a response: ten for each configuration in a list of 10,000. A parsed configuration takes
/// nearly 1 KB of memory, but may have only 12 bytes as JSON.
const MAX_OBJECTS: usize = 100_000;

/// The maximum number of commas in a response: a hundred for each configuration in such a list. A value may take ten times its size
/// in memory.
const MAX_COMMAS: usize = 1_000_000;

/// The maximum size of the body stored in an error. Documented error responses are below 2 KB.
const MAX_ERROR_BODY_BYTES: usize = 16 * 1024;

/// Replaces the token in error responses.
const REDACTED: &str = "[redacted]";

/// Checks the response to a request sent with this token.
pub(super) fn check_response(
    mut response: HttpResponse,
    token: &AccessToken,
    now: Timestamp,
) -> Result<HttpResponse, Box<AttemptError>> {
    response.request_id = response.request_id.and_then(|id| message_excerpt(&redact_token(&id, token)));
    if (200..300).contains(&response.status) {
        return check_success(response).map_err(|kind| Box::new(kind.into()));
    }
    let retry_after = response.retry_after.as_deref().and_then(|value| parse_retry_after(value, now));
    Err(Box::new(AttemptError { retry_after, ..parse_error(&response, token) }))
}

/// Removes the token from a string. The length check avoids most searches: starting one costs more than the rest of a call's bookkeeping.
fn redact_token<'t>(text: &'t str, token: &AccessToken) -> Cow<'t, str> {
    let token = token.value().expose();
    if text.len() < token.len() { text.into() } else { text.replace(token, REDACTED).into() }
}

/// Rejects a success response with an invalid body.
fn check_success(response: HttpResponse) -> Result<HttpResponse, ErrorKind> {
    let message = if response.is_too_long {
        format!("it is longer than {} MiB", MAX_RESPONSE_BYTES / 1024 / 1024)
    } else if response.is_compressed {
        "it is compressed, which the client did not request".to_owned()
    } else if response.body.trim_ascii_start().starts_with(b"<") {
        // Also if the operation ignores the body: a proxy's page does not prove that the service applied the change.
        "it is HTML or XML".to_owned()
    } else if has_too_many_parts(&response.body) {
        "it has too many JSON values".to_owned()
    } else {
        return Ok(response);
    };
    Err(ErrorKind::Decode { status: response.status, message, request_id: response.request_id })
}

fn parse_error(response: &HttpResponse, token: &AccessToken) -> AttemptError {
    let request_id = response.request_id.as_deref();
    if response.is_too_long {
        let message = format!("the response is longer than {} KiB", MAX_ERROR_RESPONSE_BYTES / 1024);
        return ErrorKind::Api(ErrorResponse { message, ..ErrorResponse::parse(response.status, request_id, &[]) })
            .into();
    }
    let body = redact_token_in_body(response.body.clone(), token.value().expose());
    let error_response = ErrorResponse::parse(response.status, request_id, &body);
    AttemptError { body: body.slice(..body.len().min(MAX_ERROR_BODY_BYTES)), ..ErrorKind::Api(error_response).into() }
}

fn has_too_many_parts(body: &[u8]) -> bool {
    // A short body cannot exceed the limits.
    if body.len() <= MAX_OBJECTS.min(MAX_COMMAS) {
        return false;
    }
    let (objects, commas) = body.iter().fold((0, 0), |(objects, commas), byte| {
        (objects + usize::from(*byte == b'{'), commas + usize::from(*byte == b','))
    });
    objects > MAX_OBJECTS || commas > MAX_COMMAS
}

/// Removes the token from an error body, because a careless server may echo the request. A body that contains the token and is not
/// UTF-8 is dropped.
fn redact_token_in_body(body: Bytes, token: &str) -> Bytes {
    if !body.windows(token.len()).any(|window| window == token.as_bytes()) {
        return body;
    }
    std::str::from_utf8(&body).map(|text| Bytes::from(text.replace(token, REDACTED))).unwrap_or_default()
}
