//! Converts the results of a transport to inputs of the engine.

use std::time::Duration;

use ajo_engine::{
    AccessToken, StoreLockResult, Timestamp, TokenInput, decode_entry, encode_entry, parse_token_response,
};

use crate::{AuthError, Secret, StoreError, TokenEvent, TokenResponse};

/// Parses the result of a token request that was sent with this secret.
pub fn parse_result(
    result: Result<TokenResponse, AuthError>,
    secret: &Secret,
    now: Timestamp,
) -> Result<AccessToken, AuthError> {
    let TokenResponse { status, retry_after, debug_id, body } = result?;
    let body = body.as_ref().map(|body| body.expose().as_bytes());
    parse_token_response(status, retry_after.as_deref(), debug_id.as_deref(), body, secret, now)
}

/// Converts the result of reading the store; `None` if the store did not respond in time.
pub fn store_read(
    result: Option<Result<Option<Secret>, StoreError>>,
    timeout: Duration,
    now: Timestamp,
) -> (TokenInput, Option<TokenEvent>) {
    let (responded, entry, event) = split_store_result(result, "read", timeout);
    let token = entry.flatten().map(|entry| decode_entry(&entry, now)).transpose();
    let (token, invalid) = match token {
        Ok(token) => (token, None),
        Err(error) => (None, Some(TokenEvent::StoreFailed(format!("the token store has an invalid entry: {error}")))),
    };
    (TokenInput::StoreRead { responded, token }, event.or(invalid))
}

/// The event of a token request. `None` if the deadline of the call ended it, which says nothing about the token
/// endpoint.
pub fn response_event(result: &Result<AccessToken, AuthError>, timeout: Duration) -> Option<TokenEvent> {
    match result {
        Err(error) if error.is_call_deadline(timeout) => None,
        result => Some(TokenEvent::Requested { is_success: result.is_ok() }),
    }
}

/// Converts the result of locking the store; `None` if the store did not respond in time.
pub fn store_locked(
    result: Option<Result<Option<String>, StoreError>>,
    timeout: Duration,
) -> (StoreLockResult, Option<TokenEvent>) {
    let (responded, ticket, event) = split_store_result(result, "locked", timeout);
    let result = match ticket {
        Some(Some(ticket)) => StoreLockResult::Acquired(ticket),
        Some(None) => StoreLockResult::Busy,
        None if responded => StoreLockResult::Failed,
        None => StoreLockResult::NoResponse,
    };
    (result, event)
}

/// Converts the result of a change in the store (`verb`: "written" or "unlocked"); `None` if the store did not respond
/// in time.
pub fn store_written(
    result: Option<Result<(), StoreError>>,
    verb: &str,
    timeout: Duration,
) -> (TokenInput, Option<TokenEvent>) {
    let (responded, _, event) = split_store_result(result, verb, timeout);
    (TokenInput::StoreWritten { responded }, event)
}

/// Encodes a token as a store entry, and returns the entry's lifetime.
pub fn to_store_entry(token: &AccessToken, now: Timestamp) -> (Secret, Duration) {
    (encode_entry(token), token.expires_at().saturating_since(now))
}

fn split_store_result<T>(
    result: Option<Result<T, StoreError>>,
    verb: &str,
    timeout: Duration,
) -> (bool, Option<T>, Option<TokenEvent>) {
    let failed = |reason: &str| Some(TokenEvent::StoreFailed(format!("the token store could not be {verb}: {reason}")));
    match result {
        None => (false, None, failed(&format!("no response within {} ms", timeout.subsec_millis()))),
        Some(Err(error)) => (true, None, failed(&error.to_string())),
        Some(Ok(value)) => (true, Some(value), None),
    }
}
