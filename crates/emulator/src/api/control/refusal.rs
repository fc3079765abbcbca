//! Why a request of the control API is refused.

use ajo_engine::untrusted_text::excerpt;
use http::StatusCode;

/// Why a request of the control API is not carried out.
pub(super) struct Refused(pub(super) StatusCode, pub(super) String);

impl Refused {
    pub(super) fn bad(problem: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("{problem}"))
    }

    pub(super) fn no_organization(org_id: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("the emulator has no organization {}", excerpt(org_id, 60)))
    }
}
