//! The body of a request: how long it may be, and the responses to one that cannot be used.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use crate::api::control::routes::STATE;
use crate::api::response::{self, Answer};
use crate::state::settings::Limits;

/// An extension of a request whose body is incomplete: the client went away, took too long, or framed it wrongly. The response
/// is 400, whatever has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// The longest body, in bytes. A snapshot is longer than what it stores; a call is short.
pub(crate) fn max_length(limits: &Limits, path: &str) -> usize {
    if path.trim_end_matches('/') == STATE {
        limits.config_bytes.saturating_mul(2).max(limits.body)
    } else {
        limits.body
    }
}

/// The response to a body that cannot be used. Inferred: the service's own is unknown.
pub(crate) fn refuse(limits: &Limits, request: &Request<Bytes>) -> Option<Answer> {
    let max = max_length(limits, request.uri().path());
    let (status, message) = if request.extensions().get::<Broken>().is_some() {
        (StatusCode::BAD_REQUEST, "the body broke off before its end".to_owned())
    } else if request.body().len() > max {
        (StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {max} bytes"))
    } else {
        return None;
    };
    Some(response::json(status, &json!({"message": message})))
}
