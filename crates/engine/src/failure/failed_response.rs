//! Converts error responses into failures.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::str::from_utf8;

use super::call_failure::CallFailure;
use crate::parse::redirect::describe_redirect;
use crate::text::{concat, decimal, replace};
use crate::untrusted_text::message_excerpt;
use crate::{ErrorKind, ErrorResponse, Secret, Timestamp, parse_retry_after};

/// The maximum size of an error response. Documented error responses are below 2 KB, and parsing JSON of an unknown schema can take
/// twenty times its size in memory.
pub const MAX_ERROR_RESPONSE_BYTES: usize = 1024 * 1024;

/// The maximum size of the body stored in a failure. Documented error responses are below 2 KB.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Shorter tokens are not redacted, because they would also match ordinary words. Real tokens have about 1 KB.
const MIN_TOKEN_LENGTH: usize = 8;

/// Replaces the token in error responses.
const REDACTED: &str = "[redacted]";

impl CallFailure {
    /// Converts the error response to a request that was sent with this token. `request_id` and `retry_after` are headers. The body
    /// is `None` if it exceeds [`MAX_ERROR_RESPONSE_BYTES`].
    pub fn from_response(
        status: u16,
        request_id: Option<&str>,
        retry_after: Option<&str>,
        body: Option<&[u8]>,
        token: &Secret,
        now: Timestamp,
    ) -> Self {
        let request_id = request_id.and_then(|id| safe_request_id(id, token));
        let body_without_token = redact_body(body.unwrap_or_default(), token.expose());
        let mut response = ErrorResponse::parse(status, request_id.as_deref(), &body_without_token);
        if body.is_none() {
            response.message =
                concat(&["the response is longer than ", &decimal(MAX_ERROR_RESPONSE_BYTES as u64 / 1024), " KiB"]);
        }
        let body = body_without_token[..body_without_token.len().min(MAX_BODY_BYTES)].to_vec();
        let retry_after = retry_after.and_then(|value| parse_retry_after(value, now));
        Self { retry_after, body, ..ErrorKind::Api(Box::new(response)).into() }
    }

    /// Adds where a redirect leads. `location` is its header `Location`.
    #[must_use]
    pub fn with_redirect(mut self, location: &str, token: &Secret) -> Self {
        if let ErrorKind::Api(response) = &mut self.kind {
            let target = describe_redirect(&redact_token(location, token));
            response.message = concat(&["it redirects to ", &target, ", and redirects are not followed"]);
        }
        self
    }
}

/// The header `x-request-id` of a response without the token and without hidden characters. `None` if it is blank.
pub fn safe_request_id(id: &str, token: &Secret) -> Option<String> {
    message_excerpt(&redact_token(id, token))
}

/// Replaces the token in the value of a header, because a careless server may echo the request.
pub fn redact_token<'v>(value: &'v str, token: &Secret) -> Cow<'v, str> {
    let token = token.expose();
    // The length check avoids most searches: starting one costs more than the rest of a call's bookkeeping.
    let is_searched = token.len() >= MIN_TOKEN_LENGTH && value.len() >= token.len();
    if is_searched { Cow::Owned(replace(value, token, REDACTED)) } else { Cow::Borrowed(value) }
}

/// Removes the token from an error body, because a careless server may echo the request. A body that contains the token and is not
/// UTF-8 is dropped.
fn redact_body<'b>(body: &'b [u8], token: &str) -> Cow<'b, [u8]> {
    if token.len() < MIN_TOKEN_LENGTH || !body.windows(token.len()).any(|window| window == token.as_bytes()) {
        return Cow::Borrowed(body);
    }
    Cow::Owned(from_utf8(body).map(|text| replace(text, token, REDACTED).into_bytes()).unwrap_or_default())
}
