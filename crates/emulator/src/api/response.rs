//! Responses in the formats of the three layers: the gateway, the authoring service and the token endpoint.

use std::time::{Duration, UNIX_EPOCH};

use ajo_core::{Api, Verb};
use ajo_engine::Timestamp;
use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::state::clock::LAST_MOMENT;
use crate::state::quirks::Switches;

/// What the emulator answers.
pub(crate) type Answer = Response<Bytes>;

/// Success with a body.
pub(crate) fn ok(body: &impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

/// Success without a body.
pub(crate) fn no_content() -> Answer {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Another method than those that there are here.
pub(crate) fn wrong_method(allowed: &[&str]) -> Answer {
    let allowed = allowed.join(", ");
    let message = format!("the method is not allowed here; allowed: {allowed}");
    let mut response = json(StatusCode::METHOD_NOT_ALLOWED, &json!({"message": message}));
    if let Ok(value) = header::HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// Dates an answer by this clock, and not by the one of the machine that a server would take.
pub(crate) fn date(answer: &mut Answer, now: Timestamp) {
    let date = UNIX_EPOCH + Duration::from_millis(now.min(LAST_MOMENT).as_millis());
    if let Ok(date) = header::HeaderValue::from_str(&httpdate::fmt_http_date(date)) {
        answer.headers_mut().insert(header::DATE, date);
    }
}

/// A JSON body. Its keys are strings, so it always serializes.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    json_text(status, serde_json::to_string(body).unwrap_or_default())
}

/// The same, already written.
pub(crate) fn json_text(status: StatusCode, body: String) -> Answer {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    // Like the service's own media type in the vendor's specification.
    let json = header::HeaderValue::from_static("application/json;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A value as JSON. Not by its `Display`, which would have all of the writing in a program a second time.
pub(crate) fn json_string(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A failure of the gateway.
pub(crate) fn gateway(status: StatusCode, code: &str, message: &str) -> Answer {
    json(status, &json!({"error_code": code, "message": message}))
}

/// Changes an error of the gateway as the quirks say.
pub(crate) fn apply_error_quirks(answer: &mut Answer, switches: &Switches) {
    let is_busy =
        answer.status() == StatusCode::TOO_MANY_REQUESTS && answer.headers().contains_key(header::RETRY_AFTER);
    if is_busy && switches.is("busy_body", "empty") {
        *answer.body_mut() = Bytes::new();
    }
    if switches.is("error_code", "number")
        && let Ok(mut body) = serde_json::from_slice::<Value>(answer.body())
        && let Some(code) = body.get_mut("error_code")
        && let Some(number) = code.as_str().and_then(|code| code.parse::<u64>().ok())
    {
        *code = json!(number);
        *answer.body_mut() = Bytes::from(json_string(&body));
    }
}

/// A failure of the token host.
pub(crate) fn ims(status: StatusCode, error: &str, description: Option<&str>) -> Answer {
    let mut body = json!({"error": error});
    if let Some(description) = description {
        body["error_description"] = description.into();
    }
    json(status, &body)
}

/// A failure of the authoring service.
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// `None` where no code is published.
    pub(crate) code: Option<Value>,
    pub(crate) family: &'static str,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: impl Into<Option<Value>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), family: "INPUT_OUTPUT_ERROR", message: message.into() }
    }

    /// Of an operation that was added to a spec and not to the emulator.
    pub(crate) fn not_emulated(api: Api, verb: Verb) -> Self {
        let message = format!("the emulator does not have the operation {api} {verb} yet");
        Self::new(StatusCode::NOT_IMPLEMENTED, None, message)
    }

    /// The answer. `error` is an object in some published samples and a string that holds JSON in others; which operations
    /// answer which is not published. Inferred: capping answers the object, throttling the string.
    pub(crate) fn answer(&self, as_text: bool, request_id: &str) -> Answer {
        let mut error = json!({"family": self.family, "message": self.message, "service": "vyg-authoring-api"});
        if let Some(code) = &self.code {
            error["code"] = code.clone();
        }
        let error = if as_text { Value::String(json_string(&error)) } else { error };
        json(self.status, &json!({"status": self.status.as_u16(), "error": error, "requestId": request_id}))
    }
}
