//! JavaScript errors on one line, without secrets.

use std::fmt;

use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use super::script;
use crate::untrusted_text::excerpt;

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
const UNSENT: [&str; 9] = [
    "ECONNREFUSED",
    "ENOTFOUND",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ConnectionRefused",
    "FailedToOpenSocket",
];

/// The same: how such codes begin.
const UNSENT_BEGINNINGS: [&str; 5] = ["EAI_", "CERT_", "SELF_SIGNED_", "DEPTH_ZERO_SELF_SIGNED_", "UNABLE_TO_"];

/// How Deno's HTTP client says it; it has no codes.
const UNSENT_DENO: &str = "client error (Connect)";

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

/// Whether a rejection proves that the service has seen nothing of the request. Browsers and workerd never say.
pub(super) fn proves_unsent(thrown: &JsValue) -> bool {
    chain(thrown).iter().any(is_before_sending) || describe(thrown).contains(UNSENT_DENO)
}

fn is_before_sending(error: &JsValue) -> bool {
    // A route can also be lost under a connection that was there.
    let lost_later = matches!(script::text(error, "syscall").as_deref(), Some("read" | "write"));
    let unsent = |code: String| {
        UNSENT.contains(&code.as_str()) || UNSENT_BEGINNINGS.iter().any(|beginning| code.starts_with(beginning))
    };
    !lost_later && script::text(error, "code").is_some_and(unsent)
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
