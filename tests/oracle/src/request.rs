//! Answers questions about requests without an operation. The native client has none, so this composes the parts that it would use.

use ajo_auth::{Secret, Timestamp};
use ajo_core::SendErrorKind;
use ajo_engine::json::{MAX_DEPTH, parse};
use ajo_engine::{
    CallFailure, ErrorKind, Idempotency, MAX_ERROR_RESPONSE_BYTES, RequestTarget, check_api_path, safe_request_id,
};
use serde_json::{Value, json};

use crate::error_json;
use crate::question::RequestQuestion;

pub(crate) fn answer(question: &RequestQuestion) -> Value {
    let RequestQuestion { origin, method, path, query, .. } = question;
    if check_api_path(path).is_err() {
        return json!({"sent": [], "error": {"class": "AjoValidationError", "code": "BUILD_REQUEST"}});
    }
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let separator = if form.is_empty() { "" } else { "?" };
    let sent = json!([{"method": method, "url": format!("{origin}{path}{separator}{form}")}]);
    match response_failure(question) {
        None => json!({"sent": sent}),
        Some(failure) => json!({"sent": sent, "error": error_json(question, &failure)}),
    }
}

/// What is wrong with the response.
fn response_failure(RequestQuestion { now, token, response, .. }: &RequestQuestion) -> Option<CallFailure> {
    let token = Secret::new(token);
    let header = |name: &str| response.headers.get(name).map(String::as_str);
    if let Some(problem) = &response.problem {
        let kind = match problem.as_str() {
            "connect" => SendErrorKind::Connect,
            "certificate" => SendErrorKind::Certificate,
            _ => SendErrorKind::Disconnected,
        };
        return Some(kind.into_error_kind(response.body.clone()).into());
    }
    let body = response.body.as_bytes();
    if !(200..300).contains(&response.status) {
        let body = Some(body).filter(|body| body.len() <= MAX_ERROR_RESPONSE_BYTES);
        let (request_id, retry_after) = (header("x-request-id"), header("retry-after"));
        let now = Timestamp::from_millis(*now);
        return Some(CallFailure::from_response(response.status, request_id, retry_after, body, &token, now));
    }
    let is_markup = response.body.trim_start_matches([' ', '\t', '\n', '\u{c}', '\r']).starts_with('<');
    let message = match () {
        () if is_markup => "it is HTML or XML",
        () if body.is_empty() || parse(body, MAX_DEPTH).is_ok() => return None,
        () => "it is not JSON",
    };
    let request_id = header("x-request-id").and_then(|id| safe_request_id(id, &token));
    Some(ErrorKind::Decode { status: response.status, message: message.into(), request_id }.into())
}

fn error_json(question: &RequestQuestion, failure: &CallFailure) -> Value {
    let idempotency = match question.method.as_str() {
        "GET" | "HEAD" | "OPTIONS" => Idempotency::Safe,
        "PUT" | "DELETE" => Idempotency::Idempotent,
        _ => Idempotency::NotIdempotent,
    };
    let name = format!("{} {}", question.method, question.path);
    let sent_id = question.request_id.as_deref();
    let message = format!("{name} failed: ") + &failure.message(1, sent_id);
    let (class, code) = error_json::class_and_default_code(&failure.kind, failure.is_authentication());
    let service_code = failure.error_response().and_then(|response| response.code.as_ref());
    json!({
        "class": class,
        "code": service_code.map_or(code, ajo_core::ServiceCode::as_str),
        "message": message,
        "status": failure.status(),
        "requestId": failure.request_id(sent_id),
        "operation": name,
        "attempts": 1,
        "hint": failure.hint(Some(idempotency), RequestTarget::Other),
        "outcome": error_json::outcome(failure.redeploy_result()),
        "retryable": failure.is_retryable(Some(idempotency)),
        "retryAfterMs": failure.retry_after().map(error_json::millis),
        "body": std::str::from_utf8(&failure.body).ok().filter(|body| !body.is_empty()),
    })
}
