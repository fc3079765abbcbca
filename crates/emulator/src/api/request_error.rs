//! Rejected requests.

use ajo_engine::untrusted_text::excerpt;
use http::StatusCode;
use serde_json::json;

use crate::api::response::{self, ByteResponse};

/// The status and message of a rejected request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RequestError(pub(crate) StatusCode, pub(crate) String);

impl RequestError {
    pub(crate) fn to_response(&self) -> ByteResponse {
        response::json(self.0, &json!({"message": self.1}))
    }

    pub(crate) fn bad_request(problem: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{problem}"))
    }

    pub(crate) fn unknown_organization(org_id: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("the emulator has no organization {}", excerpt(org_id, 60)))
    }
}
