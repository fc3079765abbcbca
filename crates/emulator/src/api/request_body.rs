//! Limits the length of request bodies and rejects unusable ones.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use crate::api::control::routes::STATE_PATH;
use crate::api::response::{self, ByteResponse};
use crate::state::settings::ResourceLimits;

/// Marks a request whose body is incomplete, as a request extension: the client disconnected, took too long, or framed the
/// body incorrectly. The response is always 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncompleteBody;

/// Maximum body length in bytes. A snapshot is longer than the data it restores.
pub(crate) fn max_length(limits: &ResourceLimits, path: &str) -> usize {
    if path.trim_end_matches('/') == STATE_PATH {
        limits.config_bytes.saturating_mul(2).max(limits.body_bytes)
    } else {
        limits.body_bytes
    }
}

/// The response to an unusable body. Inferred: the service's own is unknown.
pub(crate) fn rejection(limits: &ResourceLimits, request: &Request<Bytes>) -> Option<ByteResponse> {
    let max = max_length(limits, request.uri().path());
    let (status, message) = if request.extensions().get::<IncompleteBody>().is_some() {
        (StatusCode::BAD_REQUEST, "the body is incomplete".to_owned())
    } else if request.body().len() > max {
        (StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {max} bytes"))
    } else {
        return None;
    };
    Some(response::json(status, &json!({"message": message})))
}
