//! Parses error responses of every documented shape.
//!
//! Three layers answer, each in its own way: the authoring service (`{status, error, requestId}`, where `error` is an
//! object or a string that holds JSON), the gateway (`{error_code, message}`), and platform services (problem+json). Proxies
//! answer HTML or nothing. All of it becomes one [`Failure`].

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::ServiceCode;
use crate::json::{Fields as _, Json, MAX_DEPTH, Value, parse};
use crate::parse::hint;
use crate::untrusted_text::message_excerpt;

/// What stands in place of a message where there is no body.
const NO_BODY: &str = "the answer has no body";

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layer {
    /// The service that keeps the configurations.
    Service,
    /// Adobe's API gateway in front of it.
    Gateway,
    /// Another platform service, with problem+json.
    Platform,
    /// Not told by the body: HTML, nothing, or JSON of no known shape.
    Unknown,
}

/// What a failed call was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// Who answered.
    pub layer: Layer,
    /// The code, such as `1451` or `403025`.
    pub code: Option<ServiceCode>,
    /// The family of a service failure, such as `INPUT_OUTPUT_ERROR`.
    pub family: Option<String>,
    /// What the answer says, in the service's words; a description of the body where it says nothing.
    pub message: String,
    /// Identifier of the request, to be named to Adobe's support.
    pub request_id: Option<String>,
}

impl Failure {
    /// Reads the answer to a failed call. `request_id` is the header `x-request-id`; the body's own goes before it.
    pub fn read(status: u16, request_id: Option<&str>, body: &[u8]) -> Self {
        let mut failure = Self {
            status,
            layer: Layer::Unknown,
            code: None,
            family: None,
            message: String::new(),
            request_id: request_id.and_then(message_excerpt),
        };
        match parse(body, MAX_DEPTH) {
            Ok(json) => failure.read_json(&json),
            Err(_) => describe(body).clone_into(&mut failure.message),
        }
        failure
    }

    fn read_json(&mut self, json: &Value<'_>) {
        if let Some(id) = text(json, "requestId").or_else(|| text(json, "request_id")) {
            self.request_id = Some(id);
        }
        let has = |key: &&str| json.get(key).is_some();
        let known = if has(&"error_code") {
            self.read_gateway(json)
        } else if let Some(error) = json.get("error") {
            self.read_service(error)
        } else if ["type", "title", "detail", "report", "error-chain"].iter().any(has) {
            self.read_platform(json)
        } else if ["code", "message"].iter().any(has) {
            // The service's inner object without its envelope.
            self.read_service(json)
        } else {
            false
        };
        if self.message.is_empty() {
            let is_empty = json.as_object().is_some_and(|fields| fields.entries().next().is_none());
            let message = match known {
                false if is_empty => "the answer is an empty JSON object",
                false => "the answer is JSON of an unknown shape",
                true => "the answer has no message",
            };
            message.clone_into(&mut self.message);
        }
    }

    fn read_gateway(&mut self, json: &Value<'_>) -> bool {
        self.layer = Layer::Gateway;
        self.code = code(json, "error_code");
        self.message = text(json, "message").unwrap_or_default();
        true
    }

    fn read_service(&mut self, error: &Value<'_>) -> bool {
        self.layer = Layer::Service;
        let inner = error.as_str().and_then(|text| parse(text.as_bytes(), MAX_DEPTH).ok());
        let inner = inner.filter(|inner| inner.as_object().is_some());
        if let (None, Some(text)) = (&inner, error.as_str()) {
            self.message = message_excerpt(text).unwrap_or_default();
            return true;
        }
        let error = inner.as_ref().unwrap_or(error);
        self.code = code(error, "code");
        self.family = text(error, "family");
        self.message = text(error, "message").unwrap_or_default();
        error.as_object().is_some()
    }

    fn read_platform(&mut self, json: &Value<'_>) -> bool {
        self.layer = Layer::Platform;
        let chain = json.get("error-chain").and_then(Json::items).unwrap_or_default();
        // The last part of `type` names the problem, as in `http://ns.adobe.com/aep/errors/EXEG-0500-504`.
        let typed = || {
            let last = json.str_at("type")?.rsplit(['/', ':']).next()?;
            message_excerpt(last).filter(|last| last != "blank").map(|last| ServiceCode::from(last.as_str()))
        };
        self.code = chain.iter().find_map(|link| code(link, "errorCode")).or_else(typed);
        let parts: Vec<String> = ["title", "detail"].iter().filter_map(|key| text(json, key)).collect();
        self.message = message_excerpt(&parts.join(": ")).unwrap_or_default();
        true
    }

    pub(crate) fn has_no_body(&self) -> bool {
        self.layer == Layer::Unknown && self.message == NO_BODY
    }

    /// What to do next, for the failures whose cause is known; one sentence.
    pub fn hint(&self) -> Option<&'static str> {
        self.code.as_ref().and_then(|code| hint::of_code(code.as_str())).or_else(|| hint::of_status(self.status))
    }
}

fn code(json: &Value<'_>, key: &str) -> Option<ServiceCode> {
    let value = json.get(key)?;
    if let Some(text) = value.as_str() {
        return message_excerpt(text).map(|code| ServiceCode::from(code.as_str()));
    }
    // No code has a fraction.
    let digits = value.as_u64().map(|code| code.to_string());
    digits.map(|digits| ServiceCode::from(digits.as_str())).or_else(|| value.as_i64().map(ServiceCode::from))
}

fn text(json: &Value<'_>, key: &str) -> Option<String> {
    json.str_at(key).and_then(message_excerpt)
}

/// Says what a body is that is no JSON. Its text is not repeated: a proxy's page may echo the request, headers and all.
fn describe(body: &[u8]) -> &'static str {
    let start = body.trim_ascii_start();
    if start.is_empty() {
        NO_BODY
    } else if start.starts_with(b"<") {
        "the answer is a page (HTML or XML), so it probably comes from a proxy and not from the service"
    } else {
        "the answer is not JSON, so it probably comes from a proxy and not from the service"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(status: u16, body: &Value) -> Failure {
        Failure::read(status, None, body.to_string().as_bytes())
    }

    fn inner() -> Value {
        json!({"code": 1463, "family": "INPUT_OUTPUT_ERROR", "message": "Sandbox dev is not a production one",
               "service": "vyg-authoring-api", "version": "1", "context": "x"})
    }

    #[test]
    fn the_service_answers_an_object_or_a_string_that_holds_one() {
        let object = read(400, &json!({"status": 400, "error": inner(), "requestId": "r1"}));
        let string = read(400, &json!({"status": 400, "error": inner().to_string(), "requestId": "r1"}));
        assert_eq!(object, string);
        assert_eq!(object.layer, Layer::Service);
        assert_eq!(object.code, Some(ServiceCode::from("1463")));
        assert_eq!(object.family.as_deref(), Some("INPUT_OUTPUT_ERROR"));
        assert_eq!(object.message, "Sandbox dev is not a production one");
        assert_eq!(object.request_id.as_deref(), Some("r1"));
    }

    #[test]
    fn a_string_that_holds_no_json_is_the_message() {
        let failure = read(500, &json!({"status": 500, "error": "Internal Server Error"}));
        assert_eq!((failure.message.as_str(), failure.code), ("Internal Server Error", None));
    }

    #[test]
    fn the_gateway_answers_its_code_as_text_or_number() {
        for code in [json!("429050"), json!(429_050)] {
            let failure = read(429, &json!({"error_code": code, "message": "Too many requests"}));
            assert_eq!((failure.layer, failure.code), (Layer::Gateway, Some(ServiceCode::from("429050"))));
            assert_eq!(failure.message, "Too many requests");
        }
    }

    #[test]
    fn a_platform_service_answers_problem_json() {
        let failure = read(
            403,
            &json!({"type": "http://ns.adobe.com/aep/errors/EXEG-3050-403", "title": "Forbidden", "status": 403,
                    "detail": "No access to the sandbox", "report": {"tenantInfo": {}}, "error-chain": []}),
        );
        assert_eq!((failure.layer, failure.code), (Layer::Platform, Some(ServiceCode::from("EXEG-3050-403"))));
        assert_eq!(failure.message, "Forbidden: No access to the sandbox");
        let chained =
            read(500, &json!({"type": "about:blank", "title": "t", "error-chain": [{"errorCode": "AUTH-1"}]}));
        assert_eq!(chained.code, Some(ServiceCode::from("AUTH-1")));
    }

    #[test]
    fn what_is_no_json_is_described_and_not_repeated() {
        let cases: [(&[u8], &str); 4] = [
            (b"", "no body"),
            (b" \r\n", "no body"),
            (b"\n<html>Authorization: Bearer s3cr3t</html>", "a page"),
            (b"upstream \xff\xfe s3cr3t", "not JSON"),
        ];
        for (body, expected) in cases {
            let failure = Failure::read(502, Some("from-header"), body);
            assert!(failure.message.contains(expected) && !failure.message.contains("s3cr3t"), "{failure:?}");
            assert_eq!((failure.layer, failure.request_id.as_deref()), (Layer::Unknown, Some("from-header")));
        }
    }

    #[test]
    fn json_of_any_other_shape_still_gives_a_message() {
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
            let failure = read(500, &body);
            assert!(!failure.message.is_empty(), "{body}");
        }
    }

    #[test]
    fn a_message_is_bounded_and_has_no_control_characters() {
        let failure = read(500, &json!({"error": format!("a\u{1b}[31m\n{}", "é".repeat(5000))}));
        assert_eq!(failure.message, format!(r"a\u{{1b}}[31m\n{}…", "é".repeat(500 - 13)));
        let parts = read(500, &json!({"title": "t".repeat(400), "detail": "d".repeat(400)}));
        assert_eq!(parts.message.chars().count(), 500 + 1, "also one of two parts");
    }

    #[test]
    fn a_blank_text_is_as_good_as_none() {
        let body = json!({"error_code": " \u{1b}", "message": "\u{1b}", "requestId": "\n"});
        let failure = Failure::read(500, Some("from-header"), body.to_string().as_bytes());
        assert_eq!((failure.message.as_str(), failure.code), ("the answer has no message", None));
        assert_eq!(failure.request_id.as_deref(), Some("from-header"));
        assert_eq!(Failure::read(500, Some(""), b"").request_id, None);
        assert_eq!(read(500, &json!({"type": "urn: ", "title": "t"})).code, None);
    }
}
