//! Checks the response to one attempt against limits, and converts error responses into errors.

use ajo_auth::{AccessToken, Timestamp};
use ajo_engine::{CallFailure, redact_token, safe_request_id};

use crate::error::attempt_error::AttemptError;
use crate::{ErrorKind, HttpResponse, MAX_RESPONSE_BYTES};

/// The maximum number of JSON objects in a response: ten for each configuration in a list of 10,000. A parsed configuration takes
/// nearly 1 KB of memory, but may have only 12 bytes as JSON.
const MAX_OBJECTS: usize = 100_000;

/// The maximum number of commas in a response: a hundred for each configuration in such a list. A value may take ten times its size
/// in memory.
const MAX_COMMAS: usize = 1_000_000;

/// The problem of a response beyond these limits.
pub(crate) const TOO_MANY_PARTS: &str = "it has too many JSON values";

/// Checks the response to a request sent with this token.
pub(super) fn check_response(
    mut response: HttpResponse,
    token: &AccessToken,
    has_json_body: bool,
    now: Timestamp,
) -> Result<HttpResponse, Box<AttemptError>> {
    let token = token.value();
    if (200..300).contains(&response.status) {
        response.request_id = response.request_id.and_then(|id| safe_request_id(&id, token));
        for (_, value) in &mut response.headers {
            *value = redact_token(value, token).into_owned();
        }
        return check_success(response, has_json_body).map_err(|kind| Box::new(kind.into()));
    }
    let body = (!response.is_too_long).then_some(&*response.body);
    let (request_id, retry_after) = (response.request_id.as_deref(), response.retry_after.as_deref());
    let failure = CallFailure::from_response(response.status, request_id, retry_after, body, token, now);
    let failure = match &response.location {
        Some(location) => failure.with_redirect(location, token),
        None => failure,
    };
    Err(Box::new(failure.into()))
}

/// Rejects a success response with an invalid body. Only JSON bodies are checked for their contents.
fn check_success(response: HttpResponse, has_json_body: bool) -> Result<HttpResponse, ErrorKind> {
    let message = if response.is_too_long {
        format!("it is longer than {} MiB", MAX_RESPONSE_BYTES / 1024 / 1024)
    } else if response.is_compressed {
        "it is compressed, which the client did not request".to_owned()
    } else if !has_json_body {
        return Ok(response);
    } else if response.body.trim_ascii_start().starts_with(b"<") {
        // Also if the operation ignores the body: a proxy's page does not prove that the service applied the change.
        "it is HTML or XML".to_owned()
    } else if has_too_many_parts(&response.body) {
        TOO_MANY_PARTS.to_owned()
    } else {
        return Ok(response);
    };
    Err(ErrorKind::Decode { status: response.status, message, request_id: response.request_id })
}

pub(crate) fn has_too_many_parts(body: &[u8]) -> bool {
    // A short body cannot exceed the limits.
    if body.len() <= MAX_OBJECTS.min(MAX_COMMAS) {
        return false;
    }
    let (objects, commas) = body.iter().fold((0, 0), |(objects, commas), byte| {
        (objects + usize::from(*byte == b'{'), commas + usize::from(*byte == b','))
    });
    objects > MAX_OBJECTS || commas > MAX_COMMAS
}
