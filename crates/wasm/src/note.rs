//! Events of calls and tokens, for `onEvent`. None of them holds a secret.

use ajo_auth::TokenNote;
use ajo_core::{CallNote, Operation};

use crate::host::millis;
use crate::json_writer::Object;
use crate::operation_name;

fn event(kind: &str) -> Object {
    Object::new().text("type", kind)
}

pub(crate) fn of_call(operation: &Operation, note: &CallNote<'_>) -> Option<String> {
    let of = |kind: &str, attempt: u32| {
        event(kind).text("operation", &operation_name::name(operation)).number("attempt", attempt)
    };
    let event = match *note {
        CallNote::Attempt { attempt, request_id } => of("attempt", attempt).text("requestId", request_id),
        CallNote::Ended { attempt, status, took } => {
            of("answer", attempt).number_if_any("status", status.map(u32::from)).number("durationMs", millis(took))
        }
        CallNote::Again { attempt, status, after } => {
            of("retry", attempt).number_if_any("status", status.map(u32::from)).number("afterMs", millis(after))
        }
        _ => return None,
    };
    Some(event.end())
}

pub(crate) fn of_token(note: &TokenNote) -> Option<String> {
    let event = match note {
        TokenNote::Asked { granted } => event("token").text("source", "host").flag("ok", *granted),
        TokenNote::Taken => event("token").text("source", "store").flag("ok", true),
        TokenNote::StoreTrouble(problem) => event("store").text("problem", problem),
        _ => return None,
    };
    Some(event.end())
}
