//! Answers questions about calls.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ajo_core::{CallOptions, OPERATIONS, Operation, ResponseValue, Uid};
use ajo_engine::json::{JsonValue, MAX_DEPTH, parse};
use serde_json::{Value, json};

use crate::question::CallQuestion;
use crate::{client, error_json};

pub(crate) fn answer(question: &CallQuestion) -> Value {
    let (client, script) = match client::build(question) {
        Ok(built) => built,
        // The message of the package names the variable.
        Err(_) if question.options.variables.is_some() => {
            return json!({"opened": {"class": "AjoValidationError", "code": "CONFIG"}});
        }
        Err(error) => return json!({"opened": error_json::from_option_error(&error)}),
    };
    let operation = OPERATIONS.iter().find(|operation| js_name(operation) == question.operation);
    let Some(operation) = operation else { return json!({"opened": true}) };
    let invalid = |message: String| json!({"sent": [], "error": error_json::from_argument(operation, &message)});
    let mut options = CallOptions::default();
    if let Some(attempts) = question.max_attempts {
        options = options.attempts(attempts);
    }
    if let Some(id) = &question.request_id {
        options = match options.request_id(id) {
            Ok(options) => options,
            Err(error) => return invalid(error.to_string()),
        };
    }
    let options = match client::with_headers(options, &question.headers) {
        Ok(options) => options,
        Err(error) => return invalid(error.to_string()),
    };
    let uid = match question.uid.as_deref().map(str::parse::<Uid>).transpose() {
        Ok(uid) => uid,
        Err(error) => return invalid(error.to_string()),
    };
    let client = client.with_options(options);
    let flags: &[(&str, &str)] = if question.force { &[("force", "true")] } else { &[] };
    let call = client.raw_call(operation, uid.as_ref(), flags, question.definition.as_deref().unwrap_or_default());
    let result = call.and_then(|call| poll_once(call.response()));
    let sent = script.take_record();
    match result {
        Ok(response) => json!({
            "sent": sent,
            "hasValue": operation.value != ResponseValue::None,
            "envelope": operation.envelope,
            "uids": uids(operation, &response.body),
            "attempts": response.attempts,
        }),
        Err(error) => json!({"sent": sent, "error": error_json::from_call_error(&error)}),
    }
}

/// The uids that the native client reads in a response.
fn uids(operation: &Operation, body: &[u8]) -> Vec<String> {
    let body = parse(body, MAX_DEPTH).ok();
    let value = match (operation.envelope, &body) {
        (Some(envelope), Some(body)) => JsonValue::get(body, envelope),
        (_, body) => body.as_ref(),
    };
    let uid = |configuration| JsonValue::get_str(configuration, "uid").map(str::to_owned);
    match operation.value {
        ResponseValue::Configuration => value.and_then(uid).into_iter().collect(),
        ResponseValue::Configurations => {
            value.and_then(JsonValue::items).into_iter().flatten().filter_map(uid).collect()
        }
        _ => Vec::new(),
    }
}

/// The JavaScript name of an operation.
pub(crate) fn js_name(operation: &Operation) -> String {
    let mut words = operation.verb.as_str().split('_');
    let first = words.next().unwrap_or_default();
    let rest = words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]);
    format!("{}.{first}{}", operation.api, rest.collect::<String>())
}

/// Nothing waits: responses are ready, and sleeping only advances the clock.
pub(crate) fn poll_once<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => wasm_bindgen::throw_str("the call is pending"),
    }
}
