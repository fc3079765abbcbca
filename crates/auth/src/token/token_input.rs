//! What the result of a token action means for the engine, for every transport.

use std::time::Duration;

use ajo_engine::{
    AccessToken, ImsError, StoreLockResult, Timestamp, TokenInput, decode_entry, encode_entry, parse_retry_after,
    parse_token_response,
};

use crate::{AuthError, MAX_TOKEN_ANSWER, Secret, StoreError, TokenHostAnswer, TokenNote, TransportProblem};

/// The result of a token request that was made with this secret.
pub fn response(
    result: Result<TokenHostAnswer, AuthError>,
    secret: &Secret,
    now: Timestamp,
) -> Result<AccessToken, AuthError> {
    let response = result?;
    let Some(body) = &response.body else {
        let detail = format!("its answer is longer than {} KiB", MAX_TOKEN_ANSWER / 1024);
        return Err(AuthError::Transport { problem: TransportProblem::Broken, detail });
    };
    let retry_after = response.retry_after.as_deref().and_then(|value| parse_retry_after(value, now));
    let debug_id = response.debug_id.as_deref();
    parse_token_response(response.status, debug_id, body.expose().as_bytes(), secret, now)
        .map_err(|error| AuthError::Ims(ImsError { retry_after, ..error }))
}

/// The result of reading the store; `None` if it did not respond in time.
pub fn store_read(
    result: Option<Result<Option<Secret>, StoreError>>,
    timeout: Duration,
    now: Timestamp,
) -> (TokenInput, Option<TokenNote>) {
    let (responded, text, problem) = responded(result, "read", timeout);
    let token = text.flatten().map(|text| decode_entry(&text, now)).transpose();
    let (token, invalid) = match token {
        Ok(token) => (token, None),
        Err(error) => (None, Some(TokenNote::StoreTrouble(format!("the token store: {error}")))),
    };
    (TokenInput::StoreRead { responded, token }, problem.or(invalid))
}

/// The event of a token request. `None` if the call's own time was over, which says nothing about the token endpoint.
pub fn response_note(result: &Result<AccessToken, AuthError>, timeout: Duration) -> Option<TokenNote> {
    match result {
        Err(error) if error.is_own_timeout(timeout) => None,
        result => Some(TokenNote::Asked { granted: result.is_ok() }),
    }
}

/// The result of locking the store; `None` if it did not respond in time.
pub fn store_locked(
    result: Option<Result<Option<String>, StoreError>>,
    timeout: Duration,
) -> (StoreLockResult, Option<TokenNote>) {
    let (responded, ticket, problem) = responded(result, "locked", timeout);
    let result = match ticket {
        Some(Some(ticket)) => StoreLockResult::Acquired(ticket),
        Some(None) => StoreLockResult::Busy,
        None if responded => StoreLockResult::Failed,
        None => StoreLockResult::NoResponse,
    };
    (result, problem)
}

/// The result of changing the store (`what`: "written" or "unlocked"); `None` if it did not respond in time.
pub fn store_written(
    result: Option<Result<(), StoreError>>,
    what: &str,
    timeout: Duration,
) -> (TokenInput, Option<TokenNote>) {
    let (responded, _, problem) = responded(result, what, timeout);
    (TokenInput::StoreWritten { responded }, problem)
}

/// A token as a store entry, and how long the entry is of use.
pub fn entry(token: &AccessToken, now: Timestamp) -> (Secret, Duration) {
    (encode_entry(token), token.expires_at().saturating_since(now))
}

fn responded<T>(
    result: Option<Result<T, StoreError>>,
    what: &str,
    timeout: Duration,
) -> (bool, Option<T>, Option<TokenNote>) {
    let problem =
        |problem: &str| Some(TokenNote::StoreTrouble(format!("the token store could not be {what}: {problem}")));
    match result {
        None => (false, None, problem(&format!("no answer within {} ms", timeout.subsec_millis()))),
        Some(Err(error)) => (true, None, problem(&error.to_string())),
        Some(Ok(value)) => (true, Some(value), None),
    }
}
