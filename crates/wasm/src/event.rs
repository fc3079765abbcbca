//! Events of calls and tokens for `onEvent`. They contain no secrets.

use ajo_auth::TokenEvent;
use ajo_core::{CallEvent, Operation};

use crate::host_runtime::timer_millis;
use crate::json_writer::JsonWriter;
use crate::operation_name;

fn event_object(kind: &str) -> JsonWriter {
    JsonWriter::new().string("type", kind)
}

pub(crate) fn call_event_json(operation: &Operation, event: &CallEvent<'_>) -> Option<String> {
    let attempt_event = |kind: &str, attempt: u32| {
        event_object(kind).string("operation", &operation_name::js_name(operation)).number("attempt", attempt)
    };
    let json = match *event {
        CallEvent::AttemptStarted { attempt, request_id } => {
            attempt_event("attempt", attempt).string("requestId", request_id)
        }
        CallEvent::AttemptFinished { attempt, status, duration } => attempt_event("response", attempt)
            .optional_number("status", status.map(u32::from))
            .number("durationMs", timer_millis(duration)),
        CallEvent::Retrying { attempt, status, delay } => attempt_event("retry", attempt)
            .optional_number("status", status.map(u32::from))
            .number("afterMs", timer_millis(delay)),
        _ => return None,
    };
    Some(json.finish())
}

pub(crate) fn token_event_json(event: &TokenEvent) -> Option<String> {
    let json = match event {
        TokenEvent::Requested { is_success } => {
            event_object("token").string("source", "tokenEndpoint").flag("ok", *is_success)
        }
        TokenEvent::LoadedFromStore => event_object("token").string("source", "store").flag("ok", true),
        TokenEvent::StoreFailed(problem) => event_object("store").string("problem", problem),
        _ => return None,
    };
    Some(json.finish())
}
