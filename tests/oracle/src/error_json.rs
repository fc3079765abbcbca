//! Errors with the classes and fields of the npm package, as its README documents them.

use std::time::Duration;

use ajo_auth::AuthError;
use ajo_core::{CallError, ErrorKind, Operation};
use ajo_engine::RedeployResult;
use serde_json::{Value, json};

use crate::call::js_name;

/// `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u128 = (1 << 53) - 1;

/// The error of a call that was made.
pub(crate) fn from_call_error(error: &CallError) -> Value {
    let (class, code) = class_and_default_code(error.kind(), error.is_authentication());
    let token_code = match error.kind() {
        ErrorKind::Auth(AuthError::Ims(error)) => error.code.as_deref(),
        _ => None,
    };
    let code = error.code().map(ajo_core::ServiceCode::as_str).or(token_code).unwrap_or(code);
    let message = error.to_string();
    let renamed = error
        .operation()
        .and_then(|operation| Some(format!("{}{}", js_name(operation), message.strip_prefix(&operation.to_string())?)));
    let body = std::str::from_utf8(error.body()).ok().filter(|body| !body.is_empty());
    json!({
        "class": class,
        "code": code,
        "message": renamed.unwrap_or(message),
        "status": error.status(),
        "requestId": error.request_id(),
        "operation": error.operation().map(js_name),
        "attempts": error.attempts(),
        "hint": error.hint(),
        "outcome": outcome(RedeployResult::from(error)),
        "retryable": error.is_retryable(),
        "retryAfterMs": error.retry_after().map(millis),
        "body": body,
    })
}

pub(crate) fn millis(wait: Duration) -> u128 {
    wait.as_millis().min(MAX_SAFE_INTEGER)
}

pub(crate) fn outcome(result: RedeployResult) -> &'static str {
    match result {
        RedeployResult::Refused => "refused",
        RedeployResult::Failed => "failed",
        _ => "unknown",
    }
}

/// The error of the constructor.
pub(crate) fn from_option_error(error: &CallError) -> Value {
    let is_token = matches!(error.kind(), ErrorKind::Auth(AuthError::InvalidToken));
    let message = if is_token { format!("`accessToken`: {error}") } else { error.to_string() };
    // The package checks headers in JavaScript, where messages name the constructor.
    let message = if message.starts_with("header `") { format!("new AjoClient: {message}") } else { message };
    json!({"class": "AjoValidationError", "code": "CONFIG", "message": message})
}

/// The error of an argument.
pub(crate) fn from_argument(operation: &Operation, message: &str) -> Value {
    let operation = js_name(operation);
    let message = format!("{operation} failed: {message}");
    json!({"class": "AjoValidationError", "code": "INVALID", "message": message, "operation": operation})
}

pub(crate) fn class_and_default_code(kind: &ErrorKind, is_authentication: bool) -> (&'static str, &'static str) {
    match kind {
        ErrorKind::Auth(error) if error.is_timeout() => ("AjoTimeoutError", "TIMEOUT"),
        ErrorKind::Auth(_) => ("AjoAuthError", "AUTH"),
        ErrorKind::Api(_) if is_authentication => ("AjoAuthError", "API"),
        ErrorKind::Api(_) => ("AjoHttpError", "API"),
        ErrorKind::Decode { .. } => ("AjoHttpError", "DECODE"),
        ErrorKind::DeadlineExceeded(_) => ("AjoTimeoutError", "DEADLINE_EXCEEDED"),
        ErrorKind::Timeout(_) => ("AjoTimeoutError", "TIMEOUT"),
        ErrorKind::Disconnected(_) => ("AjoConnectionError", "DISCONNECTED"),
        ErrorKind::Config(_) => ("AjoValidationError", "CONFIG"),
        ErrorKind::BuildRequest(_) => ("AjoValidationError", "BUILD_REQUEST"),
        _ => ("AjoConnectionError", "CONNECT"),
    }
}
