//! Errors of the control API.

use ajo_engine::untrusted_text::excerpt;
use http::StatusCode;

/// The status and message of a rejected control request.
pub(super) struct ControlError(pub(super) StatusCode, pub(super) String);

impl ControlError {
    pub(super) fn bad_request(problem: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{problem}"))
    }

    pub(super) fn unknown_organization(org_id: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("the emulator has no organization {}", excerpt(org_id, 60)))
    }
}
