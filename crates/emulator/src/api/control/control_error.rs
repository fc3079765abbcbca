//! Errors of the control API.

use ajo_engine::untrusted_text::excerpt;
use http::StatusCode;
use serde_json::json;

use crate::api::host_check::HostError;
use crate::api::response::{self, ByteResponse};

/// The status and message of a rejected control request.
pub(super) struct ControlError(pub(super) StatusCode, pub(super) String);

impl From<HostError> for ControlError {
    fn from(HostError(status, message): HostError) -> Self {
        Self(status, message)
    }
}

impl ControlError {
    pub(super) fn to_response(&self) -> ByteResponse {
        response::json(self.0, &json!({"message": self.1}))
    }

    pub(super) fn bad_request(problem: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{problem}"))
    }

    pub(super) fn unknown_organization(org_id: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("the emulator has no organization {}", excerpt(org_id, 60)))
    }
}
