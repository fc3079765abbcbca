//! Error responses of stores and token endpoints.

use ajo_engine::untrusted_text::{excerpt, message_excerpt};
use http::HeaderMap;

/// Maximum length of an error response that is read, in bytes.
pub(super) const MAX_ERROR_BYTES: usize = 64 * 1024;

const MAX_CODE_CHARS: usize = 64;
const MAX_REGION_CHARS: usize = 40;

/// Azure's error code. Responses to some requests have no body.
const AZURE_CODE_HEADER: &str = "x-ms-error-code";

/// The region of a bucket, in a redirect of S3.
const REGION_HEADER: &str = "x-amz-bucket-region";

/// A response with a status other than 2xx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ErrorResponse {
    pub(super) status: u16,
    /// Such as `NoSuchKey`; empty if there is none.
    pub(super) code: String,
    pub(super) message: Option<String>,
    /// The region of the bucket, if S3 names it.
    pub(super) region: Option<String>,
}

impl ErrorResponse {
    /// Reads code and message from XML (S3, Google Cloud Storage, Azure) or JSON (token endpoints). Ignores any other body.
    ///
    /// A message that contains one of the `secrets` is left out: a server may repeat the request.
    pub(super) fn parse(status: u16, headers: &HeaderMap, body: &str, secrets: &[String]) -> Self {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (code, message) = match serde_json::from_str::<serde_json::Value>(body) {
            Ok(json) => (
                ["/error/status", "/error/code", "/error", "/code"].iter().find_map(|it| string_at(&json, it)),
                ["/error/message", "/error_description", "/message"].iter().find_map(|it| string_at(&json, it)),
            ),
            Err(_) => (xml_text(body, "Code"), xml_text(body, "Message")),
        };
        let code = code.or_else(|| header(AZURE_CODE_HEADER)).filter(|code| is_identifier(code, MAX_CODE_CHARS));
        let is_public = |text: &String| !secrets.iter().any(|secret| text.contains(secret.as_str()));
        Self {
            status,
            code: code.unwrap_or_default(),
            message: message.filter(is_public).and_then(|it| message_excerpt(&it)),
            region: header(REGION_HEADER).filter(|region| is_identifier(region, MAX_REGION_CHARS)),
        }
    }

    /// Status, code, and message, such as `403 AccessDenied: Access Denied`.
    pub(super) fn describe(&self) -> String {
        let status =
            if self.code.is_empty() { self.status.to_string() } else { format!("{} {}", self.status, self.code) };
        match &self.message {
            Some(message) => format!("{status}: {message}"),
            None => status,
        }
    }
}

fn string_at(json: &serde_json::Value, pointer: &str) -> Option<String> {
    json.pointer(pointer)?.as_str().map(str::to_owned)
}

/// The text of the first element with this name. These elements have no attributes and no children.
fn xml_text(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once('<')?;
    Some(
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&"),
    )
}

fn is_identifier(text: &str, max_chars: usize) -> bool {
    !text.is_empty()
        && text.len() <= max_chars
        && text.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it))
}

/// Shortens and cleans a text of a library, which may repeat the response of a server.
pub(super) fn library_text(text: &str) -> String {
    excerpt(text, 300)
}
