//! Errors, as JSON.

use ajo_auth::AuthError;
use ajo_core::{Error, ErrorKind, Operation};
use serde::Serialize;

use crate::operate;
use crate::outside::millis;
use crate::step::json;

/// What the shell makes an error class of.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed<'e> {
    kind: &'static str,
    message: String,
    code: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    attempts: u32,
    elapsed_ms: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'e str>,
    authentication: bool,
    retryable: bool,
}

/// The error of a call, or of the options of a client.
pub(crate) fn of(error: &Error) -> String {
    let (kind, own) = match error.kind() {
        ErrorKind::Settings(_) | ErrorKind::Auth(AuthError::Credentials(_)) => ("settings", "SETTINGS"),
        ErrorKind::Auth(_) => ("auth", "AUTH"),
        ErrorKind::Refused(_) => ("refused", "REFUSED"),
        ErrorKind::NotSent(_) => ("notSent", "NOT_SENT"),
        ErrorKind::Connect(_) => ("connect", "CONNECT"),
        ErrorKind::Timeout(_) => ("timeout", "TIMEOUT"),
        ErrorKind::Broken(_) => ("broken", "BROKEN"),
        ErrorKind::Unreadable { .. } => ("unreadable", "UNREADABLE"),
        _ => ("request", "REQUEST"),
    };
    let host = match error.kind() {
        ErrorKind::Auth(AuthError::Ims(error)) => error.code.as_deref(),
        _ => None,
    };
    let body = std::str::from_utf8(error.body()).ok().filter(|body| !body.is_empty());
    json(&Failed {
        kind,
        message: error.to_string(),
        code: error.code().map(ajo_core::ServiceCode::as_str).or(host).unwrap_or(own),
        status: error.status(),
        request_id: error.request_id(),
        operation: error.operation().map(operate::name),
        attempts: error.attempts(),
        elapsed_ms: millis(error.elapsed()),
        hint: error.hint(),
        retry_after_ms: error.retry_after().map(millis),
        body,
        authentication: kind != "settings" && error.is_authentication(),
        retryable: error.is_retryable(),
    })
}

/// Something that is not what is taken.
pub(crate) fn invalid(message: String) -> String {
    json(&Failed { kind: "invalid", message, code: "INVALID", ..Failed::default() })
}

/// The same, for an operation. Nothing was sent.
pub(crate) fn invalid_for(operation: &Operation, message: &str) -> String {
    let operation = operate::name(operation);
    let message = format!("{operation} failed: {message}");
    json(&Failed { kind: "invalid", message, code: "INVALID", operation: Some(operation), ..Failed::default() })
}
