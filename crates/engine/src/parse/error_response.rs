//! Parses error responses in all documented formats.
//!
//! There are three formats: the authoring service's (`{status, error, requestId}`, where `error` is an object or a
//! string that contains JSON), the gateway's (`{error_code, message}`), and the platform services' (problem+json).
//! Proxies respond with HTML or an empty body. All of these become one [`ErrorResponse`].

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::ServiceCode;
use crate::json::{JsonObject as _, JsonValue, MAX_DEPTH, Value, parse};
use crate::parse::error_hint;
use crate::text::{concat, split_at};
use crate::untrusted_text::message_excerpt;

/// The message if there is no body.
const NO_BODY_MESSAGE: &str = "the response has no body";

/// The component that responded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorOrigin {
    /// The authoring service, which stores the configurations.
    Service,
    /// Adobe's API gateway in front of it.
    Gateway,
    /// Another platform service, which responds with problem+json.
    Platform,
    /// Unknown: the body is empty, HTML, or JSON in an unknown format.
    Unknown,
}

/// A parsed error response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorResponse {
    /// The HTTP status.
    pub status: u16,
    pub origin: ErrorOrigin,
    /// The code, such as `1451` or `403025`.
    pub code: Option<ServiceCode>,
    /// The family of a service failure, such as `INPUT_OUTPUT_ERROR`.
    pub family: Option<String>,
    /// The message of the response, or a description of the body if it has no message.
    pub message: String,
    /// The request id, for Adobe's support.
    pub request_id: Option<String>,
}

impl ErrorResponse {
    /// Parses an error response. `request_id` is the header `x-request-id`; an id in the body takes precedence.
    pub fn parse(status: u16, request_id: Option<&str>, body: &[u8]) -> Self {
        let mut failure = Self {
            status,
            origin: ErrorOrigin::Unknown,
            code: None,
            family: None,
            message: String::new(),
            request_id: request_id.and_then(message_excerpt),
        };
        match parse(body, MAX_DEPTH) {
            Ok(json) => failure.parse_json(&json),
            Err(_) => describe_non_json(status, body).clone_into(&mut failure.message),
        }
        failure
    }

    /// Whether the service itself refuses the call in the configuration's current state (inferred: Adobe publishes no list).
    ///
    /// A rejected credential, an unknown uid, too many requests, an internal error, and an error without a code of the service say
    /// nothing about the configuration.
    pub fn is_refusal(&self) -> bool {
        self.origin == ErrorOrigin::Service
            && self.code.is_some()
            && !matches!(self.status, 401 | 403 | 404 | 429)
            && self.family.as_deref() != Some("INTERNAL_ERROR")
    }

    fn parse_json(&mut self, json: &Value<'_>) {
        if let Some(id) = string_field(json, "requestId").or_else(|| string_field(json, "request_id")) {
            self.request_id = Some(id);
        }
        let has = |key: &&str| json.get(key).is_some();
        let known = if has(&"error_code") {
            self.parse_gateway_error(json)
        } else if let Some(error) = json.get("error") {
            self.parse_service_error(error)
        } else if ["type", "title", "detail", "report", "error-chain"].iter().any(has) {
            self.parse_platform_error(json)
        } else if ["code", "message"].iter().any(has) {
            // The service's inner object without the envelope.
            self.parse_service_error(json)
        } else {
            false
        };
        if self.message.is_empty() {
            let is_empty = json.as_object().is_some_and(|fields| fields.entries().is_empty());
            let message = match known {
                false if is_empty => "the response is an empty JSON object",
                false => "the response is JSON in an unknown format",
                true => "the response has no message",
            };
            message.clone_into(&mut self.message);
        }
    }

    fn parse_gateway_error(&mut self, json: &Value<'_>) -> bool {
        self.origin = ErrorOrigin::Gateway;
        self.code = code_field(json, "error_code");
        self.message = string_field(json, "message").unwrap_or_default();
        true
    }

    fn parse_service_error(&mut self, error: &Value<'_>) -> bool {
        self.origin = ErrorOrigin::Service;
        let inner = error.as_str().and_then(|text| parse(text.as_bytes(), MAX_DEPTH).ok());
        let inner = inner.filter(|inner| inner.as_object().is_some());
        if let (None, Some(text)) = (&inner, error.as_str()) {
            self.message = message_excerpt(text).unwrap_or_default();
            return true;
        }
        let error = inner.as_ref().unwrap_or(error);
        self.code = code_field(error, "code");
        self.family = string_field(error, "family");
        self.message = string_field(error, "message").unwrap_or_default();
        error.as_object().is_some()
    }

    fn parse_platform_error(&mut self, json: &Value<'_>) -> bool {
        self.origin = ErrorOrigin::Platform;
        let chain = json.get("error-chain").and_then(JsonValue::items).unwrap_or_default();
        // The last part of `type` names the problem, as in `http://ns.adobe.com/aep/errors/EXEG-0500-504`.
        let code_from_type = || {
            let uri = json.get_str("type")?;
            let start = uri.bytes().rposition(|byte| matches!(byte, b'/' | b':')).map_or(0, |separator| separator + 1);
            let last = split_at(uri, start).1;
            message_excerpt(last).filter(|last| last != "blank").map(|last| ServiceCode::from(last.as_str()))
        };
        self.code = chain.iter().find_map(|link| code_field(link, "errorCode")).or_else(code_from_type);
        let [title, detail] = ["title", "detail"].map(|key| string_field(json, key).unwrap_or_default());
        let separator = if title.is_empty() || detail.is_empty() { "" } else { ": " };
        self.message = message_excerpt(&concat(&[&title, separator, &detail])).unwrap_or_default();
        true
    }

    pub(crate) fn has_empty_body(&self) -> bool {
        self.origin == ErrorOrigin::Unknown && self.message == NO_BODY_MESSAGE
    }

    /// What to do about it, in one sentence, if the cause is known.
    pub fn hint(&self) -> Option<&'static str> {
        self.code
            .as_ref()
            .and_then(|code| error_hint::for_code(code.as_str()))
            .or_else(|| error_hint::for_status(self.status))
    }
}

fn code_field(json: &Value<'_>, key: &str) -> Option<ServiceCode> {
    let value = json.get(key)?;
    if let Some(text) = value.as_str() {
        return message_excerpt(text).map(|code| ServiceCode::from(code.as_str()));
    }
    // Codes are integers.
    value.as_u64().map(ServiceCode::from).or_else(|| value.as_i64().map(ServiceCode::from))
}

fn string_field(json: &Value<'_>, key: &str) -> Option<String> {
    json.get_str(key).and_then(message_excerpt)
}

/// Describes a body that is not JSON. The text is not repeated, because a proxy's page can echo the request and its
/// headers.
fn describe_non_json(status: u16, body: &[u8]) -> &'static str {
    let start = body.trim_ascii_start();
    if start.is_empty() {
        NO_BODY_MESSAGE
    } else if start.starts_with(b"<") && status == 404 {
        // The gateway's response to an unknown route (observed).
        "the response is HTML or XML: the route is unknown to the gateway, or a proxy responded"
    } else if start.starts_with(b"<") {
        "the response is HTML or XML, so it probably comes from a proxy and not from the service"
    } else {
        "the response is not JSON, so it probably comes from a proxy and not from the service"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn parse_value(status: u16, body: &Value) -> ErrorResponse {
        ErrorResponse::parse(status, None, body.to_string().as_bytes())
    }

    fn inner() -> Value {
        json!({"code": 1463, "family": "INPUT_OUTPUT_ERROR", "message": "Sandbox dev is not a production one",
               "service": "vyg-authoring-api", "version": "1", "context": "x"})
    }

    #[test]
    fn service_error_can_be_a_string() {
        let object = parse_value(400, &json!({"status": 400, "error": inner(), "requestId": "r1"}));
        let string = parse_value(400, &json!({"status": 400, "error": inner().to_string(), "requestId": "r1"}));
        assert_eq!(object, string);
        assert_eq!(object.origin, ErrorOrigin::Service);
        assert_eq!(object.code, Some(ServiceCode::from("1463")));
        assert_eq!(object.family.as_deref(), Some("INPUT_OUTPUT_ERROR"));
        assert_eq!(object.message, "Sandbox dev is not a production one");
        assert_eq!(object.request_id.as_deref(), Some("r1"));
    }

    #[test]
    fn plain_error_string_is_the_message() {
        let failure = parse_value(500, &json!({"status": 500, "error": "Internal Server Error"}));
        assert_eq!((failure.message.as_str(), failure.code), ("Internal Server Error", None));
    }

    #[test]
    fn gateway_code_is_a_string_or_a_number() {
        for code in [json!("429050"), json!(429_050)] {
            let failure = parse_value(429, &json!({"error_code": code, "message": "Too many requests"}));
            assert_eq!((failure.origin, failure.code), (ErrorOrigin::Gateway, Some(ServiceCode::from("429050"))));
            assert_eq!(failure.message, "Too many requests");
        }
    }

    #[test]
    fn platform_error_is_problem_json() {
        let failure = parse_value(
            403,
            &json!({"type": "http://ns.adobe.com/aep/errors/EXEG-3050-403", "title": "Forbidden", "status": 403,
                    "detail": "No access to the sandbox", "report": {"tenantInfo": {}}, "error-chain": []}),
        );
        assert_eq!((failure.origin, failure.code), (ErrorOrigin::Platform, Some(ServiceCode::from("EXEG-3050-403"))));
        assert_eq!(failure.message, "Forbidden: No access to the sandbox");
        let chained =
            parse_value(500, &json!({"type": "about:blank", "title": "t", "error-chain": [{"errorCode": "AUTH-1"}]}));
        assert_eq!(chained.code, Some(ServiceCode::from("AUTH-1")));
    }

    #[test]
    fn non_json_body_is_not_repeated() {
        let cases: [(&[u8], &str); 4] = [
            (b"", "no body"),
            (b" \r\n", "no body"),
            (b"\n<html>Authorization: Bearer s3cr3t</html>", "HTML or XML"),
            (b"upstream \xff\xfe s3cr3t", "not JSON"),
        ];
        for (body, expected) in cases {
            let failure = ErrorResponse::parse(502, Some("from-header"), body);
            assert!(failure.message.contains(expected) && !failure.message.contains("s3cr3t"), "{failure:?}");
            assert_eq!((failure.origin, failure.request_id.as_deref()), (ErrorOrigin::Unknown, Some("from-header")));
        }
    }

    #[test]
    fn html_404_is_an_unknown_route() {
        let failure = ErrorResponse::parse(404, None, b"<html><body>Not Found</body></html>");
        assert_eq!(
            failure.message,
            "the response is HTML or XML: the route is unknown to the gateway, or a proxy responded"
        );
        assert_eq!(failure.origin, ErrorOrigin::Unknown);
    }

    #[test]
    fn unknown_json_has_a_message() {
        for body in [
            json!({}),
            json!([]),
            json!(null),
            json!(7),
            json!("text"),
            json!({"a": 1}),
            json!({"error": null}),
            json!({"error": []}),
            json!({"error_code": {}}),
            json!({"message": ""}),
        ] {
            let failure = parse_value(500, &body);
            assert!(!failure.message.is_empty(), "{body}");
        }
    }

    #[test]
    fn message_is_escaped_and_cut() {
        let failure = parse_value(500, &json!({"error": format!("a\u{1b}[31m\n{}", "é".repeat(5000))}));
        assert_eq!(failure.message, format!(r"a\u{{1b}}[31m\n{}…", "é".repeat(500 - 13)));
        let parts = parse_value(500, &json!({"title": "t".repeat(400), "detail": "d".repeat(400)}));
        assert_eq!(parts.message.chars().count(), 500 + 1, "also with two parts");
    }

    #[test]
    fn blank_text_is_ignored() {
        let body = json!({"error_code": " \u{1b}", "message": "\u{1b}", "requestId": "\n"});
        let failure = ErrorResponse::parse(500, Some("from-header"), body.to_string().as_bytes());
        assert_eq!((failure.message.as_str(), failure.code), ("the response has no message", None));
        assert_eq!(failure.request_id.as_deref(), Some("from-header"));
        assert_eq!(ErrorResponse::parse(500, Some(""), b"").request_id, None);
        assert_eq!(parse_value(500, &json!({"type": "urn: ", "title": "t"})).code, None);
    }
}
