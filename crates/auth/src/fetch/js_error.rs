//! Formats JavaScript errors on one line and redacts secrets.

use std::fmt;

use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use super::fetch_error_kind::FetchErrorKind;
use super::js_value;
use ajo_engine::untrusted_text::excerpt;

/// Maximum length in characters, because some platforms repeat whole requests.
const MAX_LENGTH: usize = 1000;

/// Maximum number of errors in a chain, because a chain can be circular.
const MAX_CAUSES: usize = 8;

/// Minimum length of a redacted secret in bytes. Shorter ones would also match ordinary words.
const MIN_SECRET_LENGTH: usize = 6;

/// The replacement for a secret.
const REDACTED: &str = "[redacted]";

/// Error codes of Node.js, undici, and Bun for failures before any byte of the request was sent. With any other code
/// the request may have reached the service, so `create` must not be retried.
const CONNECT_CODES: [&str; 8] = [
    "ECONNREFUSED",
    "ENOTFOUND",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ConnectionRefused",
    "FailedToOpenSocket",
];

/// Prefix of the codes for failed name resolution.
const DNS_CODE_PREFIX: &str = "EAI_";

/// Prefixes of the codes for a rejected certificate.
const CERTIFICATE_CODE_PREFIXES: [&str; 5] =
    ["CERT_", "SELF_SIGNED_", "DEPTH_ZERO_SELF_SIGNED_", "UNABLE_TO_", "ERR_TLS_CERT_"];

/// Deno has no error codes. Its HTTP client has this text between the URL and the cause. No URL contains a space.
const DENO_CONNECT_MESSAGE: &str = " client error (Connect)";

/// Prefix of Deno's cause for a rejected certificate.
const DENO_CERTIFICATE_MESSAGE: &str = ": invalid peer certificate";

/// Names of Deno's errors for a missing permission.
const PERMISSION_ERRORS: [&str; 2] = ["NotCapable", "PermissionDenied"];

/// The code of undici's `MockAgent` for a request that no mock expects.
const UNEXPECTED_REQUEST_CODE: &str = "UND_MOCK_ERR_MOCK_NOT_MATCHED";

/// The message of undici and Deno for a port that `fetch` never uses, such as 6000.
const BAD_PORT_MESSAGE: &str = "bad port";

/// A value that JavaScript threw. It only exists if its text contains no secret.
pub struct JsError {
    message: String,
    value: SendWrapper<JsValue>,
}

impl JsError {
    /// The thrown value, unchanged.
    pub fn value(&self) -> &JsValue {
        &self.value
    }
}

impl fmt::Display for JsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for JsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsError").field(&self.message).finish()
    }
}

impl std::error::Error for JsError {}

/// Formats a thrown value on one line with redacted secrets. The value itself is returned only if nothing was redacted.
pub(super) fn to_js_error(thrown: JsValue, secrets: &[&str]) -> (String, Option<JsError>) {
    let description = format_js_error(&thrown);
    let redacted = redact(&description, secrets);
    let text = excerpt(&redacted, MAX_LENGTH);
    let error = (redacted == description).then(|| JsError { message: text.clone(), value: SendWrapper::new(thrown) });
    (text, error)
}

/// An excerpt of a text with redacted secrets.
pub(super) fn redacted_excerpt(text: &str, secrets: &[&str]) -> String {
    excerpt(&redact(text, secrets), MAX_LENGTH)
}

fn redact(text: &str, secrets: &[&str]) -> String {
    let secrets = secrets.iter().filter(|secret| secret.len() >= MIN_SECRET_LENGTH);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED))
}

/// Classifies an error of `fetch`. Browsers and workerd never report that a request was not sent.
pub(super) fn classify(thrown: &JsValue) -> FetchErrorKind {
    if error_chain(thrown).iter().any(is_refusal) {
        return FetchErrorKind::Refused;
    }
    let by_code = error_chain(thrown).iter().find_map(classify_by_code);
    by_code.or_else(|| classify_deno_message(&format_js_error(thrown))).unwrap_or(FetchErrorKind::Disconnected)
}

/// Whether the runtime refused the request before it sent anything.
fn is_refusal(error: &JsValue) -> bool {
    let (name, message) = (js_value::get_string(error, "name"), js_value::get_string(error, "message"));
    // A signal of another realm, as in jsdom.
    let is_foreign_signal = |message: &str| name.as_deref() == Some("TypeError") && message.contains("AbortSignal");
    name.as_deref().is_some_and(|name| PERMISSION_ERRORS.contains(&name))
        || js_value::get_string(error, "code").as_deref() == Some(UNEXPECTED_REQUEST_CODE)
        || message.as_deref().is_some_and(|message| message == BAD_PORT_MESSAGE || is_foreign_signal(message))
}

fn classify_by_code(error: &JsValue) -> Option<FetchErrorKind> {
    let code = js_value::get_string(error, "code")?;
    // The route of an established connection can also be lost.
    if matches!(js_value::get_string(error, "syscall").as_deref(), Some("read" | "write")) {
        None
    } else if CERTIFICATE_CODE_PREFIXES.iter().any(|prefix| code.starts_with(prefix)) {
        Some(FetchErrorKind::Certificate)
    } else {
        (CONNECT_CODES.contains(&code.as_str()) || code.starts_with(DNS_CODE_PREFIX)).then_some(FetchErrorKind::Connect)
    }
}

fn classify_deno_message(description: &str) -> Option<FetchErrorKind> {
    let (_, cause) = description.split_once(DENO_CONNECT_MESSAGE)?;
    Some(if cause.starts_with(DENO_CERTIFICATE_MESSAGE) {
        FetchErrorKind::Certificate
    } else {
        FetchErrorKind::Connect
    })
}

/// An error and its causes, outermost first.
fn error_chain(thrown: &JsValue) -> Vec<JsValue> {
    let first_of_several = |error: &JsValue| js_value::get_property(&js_value::get_property(error, "errors")?, "0");
    let cause = |error: &JsValue| js_value::get_property(error, "cause").or_else(|| first_of_several(error));
    std::iter::successors(Some(thrown.clone()), cause).take(MAX_CAUSES).collect()
}

fn format_js_error(thrown: &JsValue) -> String {
    let mut parts: Vec<String> = Vec::new();
    for error in error_chain(thrown) {
        let part = error.as_string().or_else(|| {
            let field = |name| js_value::get_string(&error, name).filter(|text| !text.is_empty());
            field("message").or_else(|| field("code")).or_else(|| field("name"))
        });
        parts.extend(part.filter(|part| !parts.contains(part)));
    }
    let line = parts.join(": ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "no error message".to_owned() } else { line }
}
