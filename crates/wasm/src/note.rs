//! What is told of calls and tokens: for `onEvent`. None of it is secret.

use ajo_auth::TokenNote;
use ajo_core::{CallNote, Operation};
use serde::Serialize;

use crate::operate;
use crate::outside::millis;
use crate::step::json;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Event<'e> {
    Attempt {
        operation: &'e str,
        attempt: u32,
        request_id: &'e str,
    },
    Answer {
        operation: &'e str,
        attempt: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        duration_ms: u32,
    },
    Retry {
        operation: &'e str,
        attempt: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        after_ms: u32,
    },
    Token {
        source: &'static str,
        ok: bool,
    },
    Store {
        problem: &'e str,
    },
}

pub(crate) fn of_call(operation: &Operation, note: &CallNote<'_>) -> Option<String> {
    let operation = &*operate::name(operation);
    let event = match *note {
        CallNote::Attempt { attempt, request_id } => Event::Attempt { operation, attempt, request_id },
        CallNote::Ended { attempt, status, took } => {
            Event::Answer { operation, attempt, status, duration_ms: millis(took) }
        }
        CallNote::Again { attempt, status, after } => {
            Event::Retry { operation, attempt, status, after_ms: millis(after) }
        }
        _ => return None,
    };
    Some(json(&event))
}

pub(crate) fn of_token(note: &TokenNote) -> Option<String> {
    let event = match note {
        TokenNote::Asked { granted } => Event::Token { source: "host", ok: *granted },
        TokenNote::Taken => Event::Token { source: "store", ok: true },
        TokenNote::StoreTrouble(problem) => Event::Store { problem },
        _ => return None,
    };
    Some(json(&event))
}
