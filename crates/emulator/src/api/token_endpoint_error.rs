//! The errors of the token endpoint.

use http::StatusCode;

use crate::api::response::{self, ByteResponse};

/// An error of the token endpoint, as documented by Adobe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenEndpointError {
    /// The emulator's name for it; the endpoint's own codes do not distinguish the first two.
    pub name: &'static str,
    pub status: u16,
    pub error: &'static str,
    pub description: Option<&'static str>,
}

impl TokenEndpointError {
    /// All documented errors, and the one for other grant types, which is inferred from RFC 6749.
    pub const ALL: [Self; 6] = [
        Self::CLIENT_ID,
        Self::CLIENT_SECRET,
        Self::new("unauthorized_client", 400, "unauthorized_client", None),
        Self::SCOPE,
        Self::new("internal_error", 500, "internal_error", None),
        Self::GRANT_TYPE,
    ];

    pub(crate) const CLIENT_ID: Self =
        Self::new("invalid_client_id", 400, "invalid_client", Some("invalid client_id parameter"));
    pub(crate) const CLIENT_SECRET: Self =
        Self::new("invalid_client_secret", 400, "invalid_client", Some("invalid client_secret parameter"));
    pub(crate) const SCOPE: Self = Self::new("invalid_scope", 400, "invalid_scope", None);
    pub(crate) const GRANT_TYPE: Self = Self::new("unsupported_grant_type", 400, "unsupported_grant_type", None);

    const fn new(name: &'static str, status: u16, error: &'static str, description: Option<&'static str>) -> Self {
        Self { name, status, error, description }
    }

    /// Finds an error by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.name == name)
    }

    pub(crate) fn to_response(self) -> ByteResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        response::token_endpoint_error(status, self.error, self.description)
    }
}
