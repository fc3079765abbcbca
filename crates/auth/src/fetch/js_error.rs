//! JavaScript errors on one line, without secrets.

use std::fmt;

use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use super::fault::FaultKind;
use super::script;
use ajo_engine::untrusted_text::excerpt;

/// Longest line, in characters: some platforms repeat whole requests.
const LONGEST: usize = 1000;

/// Most errors of one chain; a chain can be a ring.
const MOST: usize = 8;

/// Shortest text that is masked, in bytes; masking shorter ones would make holes in ordinary words.
const SHORTEST: usize = 6;

/// What stands where an error repeats a secret.
const REDACTED: &str = "[redacted]";

/// Codes of Node.js, undici and Bun for what fails before a byte of the request is on its way: names, connections, certificates.
/// Whatever is not named here may have reached the service, and then a creation must not be made again.
const UNSENT: [&str; 8] = [
    "ECONNREFUSED",
    "ENOTFOUND",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ConnectionRefused",
    "FailedToOpenSocket",
];

/// How codes about name resolution begin.
const RESOLUTION: &str = "EAI_";

/// How codes about a rejected certificate begin.
const CERTIFICATE: [&str; 5] = ["CERT_", "SELF_SIGNED_", "DEPTH_ZERO_SELF_SIGNED_", "UNABLE_TO_", "ERR_TLS_CERT_"];

/// How Deno's HTTP client reports it, between the URL and the cause; it has no codes. No URL contains a space.
const UNSENT_DENO: &str = " client error (Connect)";

/// How Deno's cause begins if a certificate was rejected.
const CERTIFICATE_DENO: &str = ": invalid peer certificate";

/// Something that JavaScript threw or rejected with, whole.
pub struct Thrown {
    text: String,
    value: SendWrapper<JsValue>,
}

impl Thrown {
    /// It as it came. Nothing but what `fetch` gave: a text in it that repeats a secret has kept this from being made.
    pub fn value(&self) -> &JsValue {
        &self.value
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Thrown").field(&self.text).finish()
    }
}

impl std::error::Error for Thrown {}

/// What was thrown, in one line without the secrets; and it itself, unless it repeats one.
pub(super) fn tell(thrown: JsValue, secrets: &[&str]) -> (String, Option<Thrown>) {
    let description = describe(&thrown);
    let redacted = redact(&description, secrets);
    let text = excerpt(&redacted, LONGEST);
    let whole = (redacted == description).then(|| Thrown { text: text.clone(), value: SendWrapper::new(thrown) });
    (text, whole)
}

/// A text without the secrets, and not too long.
pub(super) fn masked(text: &str, secrets: &[&str]) -> String {
    excerpt(&redact(text, secrets), LONGEST)
}

fn redact(text: &str, secrets: &[&str]) -> String {
    let secrets = secrets.iter().filter(|secret| secret.len() >= SHORTEST);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED))
}

/// What kind of failure a rejection is. Browsers and workerd never tell that a request was not sent.
pub(super) fn kind(thrown: &JsValue) -> FaultKind {
    let by_code = chain(thrown).iter().find_map(kind_by_code);
    by_code.or_else(|| kind_in_deno(&describe(thrown))).unwrap_or(FaultKind::Broken)
}

fn kind_by_code(error: &JsValue) -> Option<FaultKind> {
    let code = script::text(error, "code")?;
    // A route can also be lost under a connection that was there.
    if matches!(script::text(error, "syscall").as_deref(), Some("read" | "write")) {
        None
    } else if CERTIFICATE.iter().any(|beginning| code.starts_with(beginning)) {
        Some(FaultKind::Certificate)
    } else {
        (UNSENT.contains(&code.as_str()) || code.starts_with(RESOLUTION)).then_some(FaultKind::Connect)
    }
}

fn kind_in_deno(description: &str) -> Option<FaultKind> {
    let (_, cause) = description.split_once(UNSENT_DENO)?;
    Some(if cause.starts_with(CERTIFICATE_DENO) { FaultKind::Certificate } else { FaultKind::Connect })
}

/// An error and its causes, outermost first.
fn chain(thrown: &JsValue) -> Vec<JsValue> {
    let first_of_several = |error: &JsValue| script::get(&script::get(error, "errors")?, "0");
    let cause = |error: &JsValue| script::get(error, "cause").or_else(|| first_of_several(error));
    std::iter::successors(Some(thrown.clone()), cause).take(MOST).collect()
}

fn describe(thrown: &JsValue) -> String {
    let mut parts: Vec<String> = Vec::new();
    for error in chain(thrown) {
        let part = error.as_string().or_else(|| {
            let told = |name| script::text(&error, name).filter(|text| !text.is_empty());
            told("message").or_else(|| told("code")).or_else(|| told("name"))
        });
        parts.extend(part.filter(|part| !parts.contains(part)));
    }
    let line = parts.join(": ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "no reason given".to_owned() } else { line }
}
