//! The errors of the token host.

use http::StatusCode;

use crate::api::response::{self, Answer};

/// An error of the token host, as Adobe documents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImsRefusal {
    /// What it is called here; the token host's own codes do not tell the first two apart.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The field `error`.
    pub error: &'static str,
    /// The field `error_description`, where there is one.
    pub description: Option<&'static str>,
}

impl ImsRefusal {
    /// Every one that is documented, and the one for another grant, which is inferred: RFC 6749 names it.
    pub const ALL: [Self; 6] = [
        Self::CLIENT_ID,
        Self::CLIENT_SECRET,
        Self::of("unauthorized_client", 400, "unauthorized_client", None),
        Self::SCOPE,
        Self::of("internal_error", 500, "internal_error", None),
        Self::GRANT_TYPE,
    ];

    pub(crate) const CLIENT_ID: Self =
        Self::of("invalid_client_id", 400, "invalid_client", Some("invalid client_id parameter"));
    pub(crate) const CLIENT_SECRET: Self =
        Self::of("invalid_client_secret", 400, "invalid_client", Some("invalid client_secret parameter"));
    pub(crate) const SCOPE: Self = Self::of("invalid_scope", 400, "invalid_scope", None);
    pub(crate) const GRANT_TYPE: Self = Self::of("unsupported_grant_type", 400, "unsupported_grant_type", None);

    const fn of(name: &'static str, status: u16, error: &'static str, description: Option<&'static str>) -> Self {
        Self { name, status, error, description }
    }

    /// The one of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.name == name)
    }

    pub(crate) fn answer(self) -> Answer {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        response::ims(status, self.error, self.description)
    }
}
