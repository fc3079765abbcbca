//! Errors, as JSON.

use crate::host::millis;
use crate::json_writer::Object;
use crate::operation_name;
use ajo_auth::AuthError;
use ajo_core::{Error, ErrorKind, Operation};

/// The error of a call, or of the options of a client.
pub(crate) fn of(error: &Error) -> String {
    let unusable = is_unusable_option(error);
    let (kind, own) = match error.kind() {
        ErrorKind::Settings(_) | ErrorKind::Auth(AuthError::Credentials(_)) => ("settings", "SETTINGS"),
        ErrorKind::Auth(_) if unusable => ("settings", "SETTINGS"),
        ErrorKind::Auth(error) if error.is_timeout() => ("timeout", "TIMEOUT"),
        ErrorKind::Auth(_) => ("auth", "AUTH"),
        ErrorKind::Refused(_) => ("refused", "REFUSED"),
        ErrorKind::NotSent(_) => ("notSent", "NOT_SENT"),
        ErrorKind::Connect(_) | ErrorKind::Certificate(_) | ErrorKind::Proxy(_) => ("connect", "CONNECT"),
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
    let code = error.code().map(ajo_core::ServiceCode::as_str).or(host).unwrap_or(own);
    let operation = error.operation().map(operation_name::name);
    let message = if unusable { format!("`accessToken`: {error}") } else { message(error) };
    let failed = Object::new()
        .text("kind", kind)
        .text("message", &message)
        .text("code", code)
        .number_if_any("status", error.status().map(u32::from))
        .text_if_any("requestId", error.request_id())
        .text_if_any("operation", operation.as_deref())
        .number("attempts", error.attempts())
        .number("elapsedMs", millis(error.elapsed()))
        .text_if_any("hint", error.hint())
        .number_if_any("retryAfterMs", error.retry_after().map(millis))
        .text_if_any("body", body);
    judged(failed, kind != "settings" && error.is_authentication(), error.is_retryable())
}

/// Whether it is the option `accessToken` that cannot be used, and not what a function gave in the course of a call.
fn is_unusable_option(error: &Error) -> bool {
    error.operation().is_none() && matches!(error.kind(), ErrorKind::Auth(AuthError::InvalidToken))
}

/// The text of an error, with the name that its operation has in JavaScript.
fn message(error: &Error) -> String {
    let text = error.to_string();
    let named = error.operation().map(|operation| (operation.to_string(), operation_name::name(operation)));
    match named.as_ref().and_then(|(ours, theirs)| Some(format!("{theirs}{}", text.strip_prefix(ours)?))) {
        Some(renamed) => renamed,
        None => text,
    }
}

fn judged(failed: Object, authentication: bool, retryable: bool) -> String {
    failed.flag("authentication", authentication).flag("retryable", retryable).end()
}

/// The outcome of a call that was dropped because nobody had come back to it in time.
pub(crate) fn given_up() -> String {
    let failed = Object::new()
        .text("kind", "timeout")
        .text("message", "the call was given up, because its last step took much longer than its time limit")
        .text("code", "TIMEOUT")
        .text("hint", "the service may have carried it out; read the configuration back before trying again");
    judged(failed, false, false)
}

/// Something that is not what is taken. Nothing was sent.
fn refused(operation: Option<&str>, message: &str) -> String {
    let failed = Object::new().text("kind", "invalid").text("message", message).text("code", "INVALID");
    let failed = failed.text_if_any("operation", operation).number("attempts", 0).number("elapsedMs", 0);
    judged(failed, false, false)
}

/// Options or input that is not what is taken.
pub(crate) fn invalid(message: &str) -> String {
    refused(None, message)
}

/// The same, for an operation.
pub(crate) fn invalid_for(operation: &Operation, message: &str) -> String {
    let operation = operation_name::name(operation);
    let message = format!("{operation} failed: {message}");
    refused(Some(&operation), &message)
}
