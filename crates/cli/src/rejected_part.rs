//! Which part of the caller's credentials an error is about.

use ajo_auth::{AuthError, ImsError, ImsErrorKind};
use ajo_core::{CallError, ErrorKind};

/// A part of the credentials that the token endpoint or the service rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RejectedPart {
    ClientId,
    ClientSecret,
    OrgId,
    Scopes,
    AccessToken,
    /// The error does not say which one.
    Unknown,
}

impl RejectedPart {
    pub(crate) fn from_auth_error(error: &AuthError) -> Option<Self> {
        let AuthError::Ims(error) = error else { return None };
        match error.kind {
            ImsErrorKind::InvalidClient => Some(Self::from_invalid_client(error)),
            ImsErrorKind::UnauthorizedClient => Some(Self::ClientId),
            ImsErrorKind::InvalidScope => Some(Self::Scopes),
            ImsErrorKind::Other if matches!(error.status, 400 | 401 | 403) => Some(Self::Unknown),
            _ => None,
        }
    }

    fn from_invalid_client(error: &ImsError) -> Self {
        if error.is_secret_rejected() { Self::ClientSecret } else { Self::ClientId }
    }

    /// Source of the codes: Adobe's table of gateway errors.
    pub(crate) fn from_call_error(error: &CallError) -> Option<Self> {
        if let ErrorKind::Auth(error) = error.kind() {
            return Self::from_auth_error(error);
        }
        let response = error.error_response()?;
        match response.code.as_ref().map_or("", |code| code.as_str()) {
            "401013" | "403010" | "403011" | "403012" | "403013" => Some(Self::AccessToken),
            "403000" | "403003" => Some(Self::ClientId),
            "403023" | "403024" | "403025" | "403027" => Some(Self::OrgId),
            _ if matches!(response.status, 401 | 403) => Some(Self::Unknown),
            _ => None,
        }
    }
}
