//! Parses error responses of every documented shape.
//!
//! Three layers answer, each in its own way: the authoring service (`{status, error, requestId}`, where `error` is an
//! object or a string that holds JSON), the gateway (`{error_code, message}`), and platform services (problem+json). Proxies
//! answer HTML or nothing. All of it becomes one [`Failure`].

use serde_json::Value;

use crate::ServiceCode;
use crate::untrusted_text::excerpt;

/// Longest message kept, in characters, so that an error stays readable. Chosen here; the published ones are below 200.
const MAX_MESSAGE: usize = 500;

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
            request_id: request_id.and_then(clean),
        };
        match serde_json::from_slice::<Value>(body) {
            Ok(json) => failure.read_json(&json),
            Err(_) => describe(body).clone_into(&mut failure.message),
        }
        failure
    }

    fn read_json(&mut self, json: &Value) {
        if let Some(id) = text(json, "requestId").or_else(|| text(json, "request_id")) {
            self.request_id = Some(id);
        }
        let known = if json.get("error_code").is_some() {
            self.read_gateway(json)
        } else if json.get("error").is_some() {
            self.read_service(&json["error"])
        } else if ["type", "title", "detail", "report", "error-chain"].iter().any(|key| json.get(key).is_some()) {
            self.read_platform(json)
        } else if json.get("code").is_some() || json.get("message").is_some() {
            // The service's inner object without its envelope.
            self.read_service(json)
        } else {
            false
        };
        if self.message.is_empty() {
            let message = match (known, json) {
                (false, Value::Object(map)) if map.is_empty() => "the answer is an empty JSON object",
                (false, _) => "the answer is JSON of an unknown shape",
                (true, _) => "the answer has no message",
            };
            message.clone_into(&mut self.message);
        }
    }

    fn read_gateway(&mut self, json: &Value) -> bool {
        self.layer = Layer::Gateway;
        self.code = code(&json["error_code"]);
        self.message = text(json, "message").unwrap_or_default();
        true
    }

    fn read_service(&mut self, error: &Value) -> bool {
        self.layer = Layer::Service;
        let inner: Option<Value> =
            error.as_str().and_then(|text| serde_json::from_slice(text.as_bytes()).ok()).filter(Value::is_object);
        if let (None, Value::String(text)) = (&inner, error) {
            self.message = clean(text).unwrap_or_default();
            return true;
        }
        let error = inner.as_ref().unwrap_or(error);
        self.code = code(&error["code"]);
        self.family = text(error, "family");
        self.message = text(error, "message").unwrap_or_default();
        error.is_object()
    }

    fn read_platform(&mut self, json: &Value) -> bool {
        self.layer = Layer::Platform;
        let chained =
            json["error-chain"].as_array().and_then(|chain| chain.iter().find_map(|link| code(&link["errorCode"])));
        // The last part of `type` names the problem, as in `http://ns.adobe.com/aep/errors/EXEG-0500-504`.
        let typed = || {
            let last = json["type"].as_str()?.rsplit(['/', ':']).next()?;
            clean(last).filter(|last| last != "blank").map(|last| ServiceCode::from(last.as_str()))
        };
        self.code = chained.or_else(typed);
        let parts: Vec<String> = ["title", "detail"].iter().filter_map(|key| text(json, key)).collect();
        self.message = clean(&parts.join(": ")).unwrap_or_default();
        true
    }

    pub(crate) fn has_no_body(&self) -> bool {
        self.layer == Layer::Unknown && self.message == NO_BODY
    }

    /// What to do next, for the failures whose cause is known; one sentence.
    pub fn hint(&self) -> Option<&'static str> {
        self.code
            .as_ref()
            .and_then(|code| crate::error::hint::of_code(code.as_str()))
            .or_else(|| crate::error::hint::of_status(self.status))
    }
}

fn code(value: &Value) -> Option<ServiceCode> {
    match value {
        Value::String(code) => clean(code).map(|code| ServiceCode::from(code.as_str())),
        // No code has a fraction, and what writes one has 10 KB of tables.
        Value::Number(code) => {
            let digits = code.as_u64().map(|code| code.to_string());
            digits.map(|digits| ServiceCode::from(digits.as_str())).or_else(|| code.as_i64().map(ServiceCode::from))
        }
        _ => None,
    }
}

fn text(json: &Value, key: &str) -> Option<String> {
    json.get(key)?.as_str().and_then(clean)
}

/// An excerpt of a text. `None` where it is blank, so that a blank text never hides one that says something.
pub(crate) fn clean(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    (!text.is_empty()).then(|| excerpt(text, MAX_MESSAGE))
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
    use serde_json::json;

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
        assert_eq!(failure.message, format!(r"a\u{{1b}}[31m\n{}…", "é".repeat(MAX_MESSAGE - 13)));
        let parts = read(500, &json!({"title": "t".repeat(400), "detail": "d".repeat(400)}));
        assert_eq!(parts.message.chars().count(), MAX_MESSAGE + 1, "also one of two parts");
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
