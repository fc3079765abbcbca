//! Responses in the formats of the three layers: the gateway, the authoring service and the token endpoint.

use std::time::{Duration, UNIX_EPOCH};

use ajo_core::{Api, Verb};
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::state::clock::MAX_TIMESTAMP;
use crate::state::quirks::QuirkSettings;

pub(crate) type ByteResponse = Response<Bytes>;

/// 200 with a JSON body.
pub(crate) fn ok(body: &impl Serialize) -> ByteResponse {
    json(StatusCode::OK, body)
}

pub(crate) fn no_content() -> ByteResponse {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(crate) fn method_not_allowed(allowed: &[&str]) -> ByteResponse {
    let allowed = allowed.join(", ");
    let message = format!("method not allowed; expected {allowed}");
    let mut response = json(StatusCode::METHOD_NOT_ALLOWED, &json!({"message": message}));
    if let Ok(value) = header::HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// An HTML page with a text that needs no escapes.
pub(crate) fn html(status: StatusCode, text: &str) -> ByteResponse {
    let number = status.as_u16();
    let page = format!("<html>\n<head><title>{number}</title></head>\n<body>{text}</body>\n</html>\n");
    let mut response = Response::new(Bytes::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
    response
}

/// Sets `Date` from the emulated clock, so the server does not add the machine's time.
pub(crate) fn set_date(response: &mut ByteResponse, now: Timestamp) {
    let date = UNIX_EPOCH + Duration::from_millis(now.min(MAX_TIMESTAMP).as_millis());
    if let Ok(date) = header::HeaderValue::from_str(&httpdate::fmt_http_date(date)) {
        response.headers_mut().insert(header::DATE, date);
    }
}

/// A JSON response. Keys are strings, so serialization cannot fail.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> ByteResponse {
    json_body(status, serde_json::to_string(body).unwrap_or_default())
}

/// A response with serialized JSON.
pub(crate) fn json_body(status: StatusCode, body: String) -> ByteResponse {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    // The media type in the vendor's specification.
    let json = header::HeaderValue::from_static("application/json;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Serializes without `Display`, which would compile a second copy of the JSON writer into the program.
pub(crate) fn to_json_string(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn gateway_error(status: StatusCode, code: &str, message: &str) -> ByteResponse {
    json(status, &json!({"error_code": code, "message": message}))
}

/// Applies the quirks about error responses.
pub(crate) fn apply_error_quirks(response: &mut ByteResponse, quirks: &QuirkSettings) {
    let is_busy =
        response.status() == StatusCode::TOO_MANY_REQUESTS && response.headers().contains_key(header::RETRY_AFTER);
    if is_busy && quirks.is("busy_body", "empty") {
        *response.body_mut() = Bytes::new();
    }
    if quirks.is("error_code", "number")
        && let Ok(mut body) = serde_json::from_slice::<Value>(response.body())
        && let Some(code) = body.get_mut("error_code")
        && let Some(number) = code.as_str().and_then(|code| code.parse::<u64>().ok())
    {
        *code = json!(number);
        *response.body_mut() = Bytes::from(to_json_string(&body));
    }
}

pub(crate) fn token_endpoint_error(status: StatusCode, error: &str, description: Option<&str>) -> ByteResponse {
    let mut body = json!({"error": error});
    if let Some(description) = description {
        body["error_description"] = description.into();
    }
    json(status, &body)
}

/// An error of the authoring service.
pub(crate) struct AuthoringError {
    pub(crate) status: StatusCode,
    /// `None` if no code is published.
    pub(crate) code: Option<Value>,
    pub(crate) family: &'static str,
    pub(crate) message: String,
}

impl AuthoringError {
    pub(crate) fn new(status: StatusCode, code: impl Into<Option<Value>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), family: "INPUT_OUTPUT_ERROR", message: message.into() }
    }

    /// For an operation that was added to a specification but not to the emulator.
    pub(crate) fn not_emulated(api: Api, verb: Verb) -> Self {
        let message = format!("the emulator does not support the operation {api} {verb} yet");
        Self::new(StatusCode::NOT_IMPLEMENTED, None, message)
    }

    /// Builds the response. In published samples `error` is an object or a string with JSON; the operations are not named.
    /// Inferred: capping sends the object, throttling the string.
    pub(crate) fn to_response(&self, as_text: bool, request_id: &str) -> ByteResponse {
        let mut error = json!({"family": self.family, "message": self.message, "service": "vyg-authoring-api"});
        if let Some(code) = &self.code {
            error["code"] = code.clone();
        }
        let error = if as_text { Value::String(to_json_string(&error)) } else { error };
        json(self.status, &json!({"status": self.status.as_u16(), "error": error, "requestId": request_id}))
    }
}
