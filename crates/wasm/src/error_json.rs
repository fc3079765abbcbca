//! Errors as JSON.

use alloc::string::String;
use core::time::Duration;

use ajo_engine::text::concat;
use ajo_engine::{
    AuthError, CallFailure, ErrorKind, Idempotency, RedeployResult, RequestTarget, ServiceCode, TransportErrorKind,
};

use crate::json_writer::JsonWriter;
use crate::time::whole_millis;

/// A call that failed.
pub(crate) struct FailedCall<'c> {
    pub(crate) failure: &'c CallFailure,
    /// The name of the operation in JavaScript, or empty.
    pub(crate) operation: &'c str,
    /// The request id that was sent, or empty.
    pub(crate) request_id: &'c str,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) target: RequestTarget,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl FailedCall<'_> {
    pub(crate) fn to_json(&self) -> String {
        let Self { failure, operation, request_id, attempts, .. } = *self;
        let sent_id = Some(request_id).filter(|id| !id.is_empty());
        let (kind, default_code) = kind_and_code(&failure.kind);
        let code = failure.error_response().and_then(|response| response.code.as_ref()).map(ServiceCode::as_str);
        let oauth_code = match &failure.kind {
            ErrorKind::Auth(AuthError::Ims(error)) => error.code.as_deref(),
            _ => None,
        };
        let message = prefix(operation) + &failure.message(attempts, sent_id);
        let body = core::str::from_utf8(&failure.body).ok().filter(|body| !body.is_empty());
        let is_authentication = kind != "config" && failure.is_authentication();
        base(kind, &message, code.or(oauth_code).unwrap_or(default_code))
            .optional_number("status", failure.status().map(u64::from))
            .optional_string("requestId", failure.request_id(sent_id))
            .optional_string("operation", Some(operation).filter(|name| !name.is_empty()))
            .number("attempts", attempts.into())
            .number("elapsedMs", whole_millis(self.elapsed))
            .optional_string("hint", failure.hint(self.idempotency, self.target))
            .string("outcome", outcome(failure))
            .optional_number("retryAfterMs", failure.retry_after().map(whole_millis))
            .optional_string("body", body)
            .flag("authentication", is_authentication)
            .flag("retryable", failure.is_retryable(self.idempotency))
            .finish()
    }
}

/// The kind of an error in JavaScript, and its code if nobody sent one.
fn kind_and_code(kind: &ErrorKind) -> (&'static str, &'static str) {
    match kind {
        ErrorKind::Config(_) | ErrorKind::Auth(AuthError::Credentials(_)) => ("config", "CONFIG"),
        ErrorKind::Auth(AuthError::Transport { kind: TransportErrorKind::Refused, .. }) | ErrorKind::Refused(_) => {
            ("refused", "FETCH_REFUSED")
        }
        ErrorKind::Auth(error) if error.is_timeout() => ("timeout", "TIMEOUT"),
        ErrorKind::Auth(_) => ("auth", "AUTH"),
        ErrorKind::Api(_) => ("api", "API"),
        ErrorKind::DeadlineExceeded(_) => ("deadlineExceeded", "DEADLINE_EXCEEDED"),
        ErrorKind::Timeout(_) => ("timeout", "TIMEOUT"),
        ErrorKind::Disconnected(_) => ("disconnected", "DISCONNECTED"),
        ErrorKind::Decode { .. } => ("decode", "DECODE"),
        ErrorKind::BuildRequest(_) => ("buildRequest", "BUILD_REQUEST"),
        // The kinds of proxies and of name resolution are never reported by `fetch`.
        _ => ("connect", "CONNECT"),
    }
}

/// What happened to the request.
fn outcome(failure: &CallFailure) -> &'static str {
    match failure.redeploy_result() {
        RedeployResult::Refused => "refused",
        RedeployResult::Failed => "failed",
        _ => "unknown",
    }
}

fn prefix(operation: &str) -> String {
    if operation.is_empty() { String::new() } else { concat(&[operation, " failed: "]) }
}

fn base(kind: &str, message: &str, code: &str) -> JsonWriter {
    JsonWriter::new().string("kind", kind).string("message", message).string("code", code)
}

/// An error before any call, such as an invalid option.
pub(crate) fn without_call(failure: &CallFailure) -> String {
    for_arguments(failure, "")
}

/// An error of a call's arguments, before the call.
pub(crate) fn for_arguments(failure: &CallFailure, operation: &str) -> String {
    let (idempotency, target) = (None, RequestTarget::Other);
    FailedCall { failure, operation, request_id: "", idempotency, target, attempts: 0, elapsed: Duration::ZERO }
        .to_json()
}

/// The option `accessToken` is invalid, as opposed to a token that a function returned during a call.
pub(crate) fn invalid_access_token() -> String {
    let message = concat(&["`accessToken`: ", &AuthError::InvalidToken.message()]);
    let hint = AuthError::InvalidToken.hint();
    finish_small(base("config", &message, "CONFIG").optional_string("hint", hint))
}

/// Options that the JS wrapper cannot have passed.
pub(crate) fn invalid(message: &str) -> String {
    finish_small(base("invalid", message, "INVALID"))
}

/// A mistake of the JS wrapper.
pub(crate) fn internal(operation: &str, message: &str) -> String {
    finish_small(base("internal", &(prefix(operation) + message), "INTERNAL"))
}

/// The error of a call that was dropped because JavaScript did not go on with it in time.
pub(crate) fn abandoned_call(operation: &str) -> String {
    let message = prefix(operation) + "the call was abandoned because its last step far exceeded its time limit";
    let hint = "the service may have processed the request; check its effect before you repeat it";
    finish_small(base("timeout", &message, "TIMEOUT").string("hint", hint).string("outcome", "unknown"))
}

fn finish_small(json: JsonWriter) -> String {
    json.number("attempts", 0).number("elapsedMs", 0).flag("authentication", false).flag("retryable", false).finish()
}
