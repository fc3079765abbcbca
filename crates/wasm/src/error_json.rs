//! Errors as JSON.

use crate::host_runtime::timer_millis;
use crate::json_writer::JsonWriter;
use crate::operation_name;
use ajo_auth::AuthError;
use ajo_core::{CallError, ErrorKind, Operation};
use ajo_engine::RedeployResult;

/// Converts the error of a call, or of a client's options.
pub(crate) fn from_error(error: &CallError) -> String {
    let is_invalid_option = is_invalid_option(error);
    let (kind, default_code) = match error.kind() {
        ErrorKind::Config(_) | ErrorKind::Auth(AuthError::Credentials(_)) => ("config", "CONFIG"),
        ErrorKind::Auth(_) if is_invalid_option => ("config", "CONFIG"),
        ErrorKind::Auth(error) if error.is_timeout() => ("timeout", "TIMEOUT"),
        ErrorKind::Auth(_) => ("auth", "AUTH"),
        ErrorKind::Api(_) => ("api", "API"),
        ErrorKind::DeadlineExceeded(_) => ("deadlineExceeded", "DEADLINE_EXCEEDED"),
        ErrorKind::Connect(_)
        | ErrorKind::NameResolution(_)
        | ErrorKind::Certificate(_)
        | ErrorKind::Proxy(_)
        | ErrorKind::ProxyAuthentication(_)
        | ErrorKind::ProxyUnreachable(_) => ("connect", "CONNECT"),
        ErrorKind::Timeout(_) => ("timeout", "TIMEOUT"),
        ErrorKind::Disconnected(_) => ("disconnected", "DISCONNECTED"),
        ErrorKind::Decode { .. } => ("decode", "DECODE"),
        _ => ("buildRequest", "BUILD_REQUEST"),
    };
    let oauth_code = match error.kind() {
        ErrorKind::Auth(AuthError::Ims(error)) => error.code.as_deref(),
        _ => None,
    };
    let body = std::str::from_utf8(error.body()).ok().filter(|body| !body.is_empty());
    let code = error.code().map(ajo_core::ServiceCode::as_str).or(oauth_code).unwrap_or(default_code);
    let operation = error.operation().map(operation_name::js_name);
    let message = if is_invalid_option { format!("`accessToken`: {error}") } else { message(error) };
    let json = JsonWriter::new()
        .string("kind", kind)
        .string("message", &message)
        .string("code", code)
        .optional_number("status", error.status().map(u32::from))
        .optional_string("requestId", error.request_id())
        .optional_string("operation", operation.as_deref())
        .number("attempts", error.attempts())
        .number("elapsedMs", timer_millis(error.elapsed()))
        .optional_string("hint", error.hint())
        .string("outcome", outcome(error))
        .optional_number("retryAfterMs", error.retry_after().map(timer_millis))
        .optional_string("body", body);
    finish_error(json, kind != "config" && error.is_authentication(), error.is_retryable())
}

/// What happened to the request.
fn outcome(error: &CallError) -> &'static str {
    match RedeployResult::from(error) {
        RedeployResult::Refused => "refused",
        RedeployResult::Failed => "failed",
        _ => "unknown",
    }
}

/// Whether the option `accessToken` is invalid, as opposed to a token that a function returned during a call.
fn is_invalid_option(error: &CallError) -> bool {
    error.operation().is_none() && matches!(error.kind(), ErrorKind::Auth(AuthError::InvalidToken))
}

/// The message of an error, with the operation named as in JavaScript.
fn message(error: &CallError) -> String {
    let message = error.to_string();
    let names = error.operation().map(|operation| (operation.to_string(), operation_name::js_name(operation)));
    match names.and_then(|(name, js_name)| Some(format!("{js_name}{}", message.strip_prefix(&name)?))) {
        Some(renamed) => renamed,
        None => message,
    }
}

fn finish_error(json: JsonWriter, authentication: bool, retryable: bool) -> String {
    json.flag("authentication", authentication).flag("retryable", retryable).finish()
}

/// The error of a call that was dropped because JavaScript did not resume it in time.
pub(crate) fn abandoned_call() -> String {
    let json = JsonWriter::new()
        .string("kind", "timeout")
        .string("message", "the call was abandoned because its last step far exceeded its time limit")
        .string("code", "TIMEOUT")
        .string("hint", "the service may have applied the change; read the configuration back before retrying");
    finish_error(json, false, false)
}

/// Invalid options or input. Nothing was sent.
fn invalid_input(operation: Option<&str>, message: &str) -> String {
    let json = JsonWriter::new().string("kind", "invalid").string("message", message).string("code", "INVALID");
    let json = json.optional_string("operation", operation).number("attempts", 0).number("elapsedMs", 0);
    finish_error(json, false, false)
}

/// Invalid options of a client, or invalid input of an unknown operation.
pub(crate) fn invalid(message: &str) -> String {
    invalid_input(None, message)
}

/// Invalid input of an operation.
pub(crate) fn invalid_input_for(operation: &Operation, message: &str) -> String {
    let operation = operation_name::js_name(operation);
    let message = format!("{operation} failed: {message}");
    invalid_input(Some(&operation), &message)
}
