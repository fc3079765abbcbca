//! The numbered errors of the authoring service.

use http::StatusCode;
use serde_json::json;

use crate::api::response::AuthoringError;

/// A numbered error of the authoring service, as documented by Adobe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// Documented for 1451, 1463, 1465 and 4000; inferred for the others.
    pub status: u16,
    pub code: i64,
    pub family: &'static str,
    /// Inferred: Adobe publishes the meaning of a code, but rarely its message.
    pub message: &'static str,
}

impl ServiceError {
    /// All published errors.
    pub const ALL: [Self; 15] = [
        Self::CAPPING_DEPLOYED,
        Self::THROTTLING_DEPLOYED,
        Self::new(500, 1457, "the throttling config could not be deleted"),
        Self::new(500, 1458, "the throttling config could not be deployed"),
        Self::new(500, 1459, "the throttling config could not be undeployed"),
        Self::new(500, 1460, "the throttling config could not be read"),
        Self::new(500, 1461, "the throttling config cannot be updated while its runtime version is not active"),
        Self::new(500, 1462, "the throttling config could not be updated"),
        Self::NOT_PRODUCTION_SANDBOX,
        Self::new(500, 1464, "the throttling config could not be created"),
        Self::THROTTLING_EXISTS,
        Self::ALREADY_DEPLOYED,
        Self::THROTTLING_NOT_FOUND,
        Self::NOT_DEPLOYED,
        Self::SANDBOX_NOT_FOUND,
    ];

    pub(crate) const CAPPING_DEPLOYED: Self =
        Self::new(500, 1451, "a deployed endpoint config cannot be deleted; undeploy it first");
    pub(crate) const THROTTLING_DEPLOYED: Self =
        Self::new(500, 1456, "a deployed throttling config cannot be deleted; undeploy it first");
    pub(crate) const NOT_PRODUCTION_SANDBOX: Self = Self::new(400, 1463, "throttling needs a production sandbox");
    pub(crate) const THROTTLING_EXISTS: Self =
        Self::new(400, 1465, "only one throttling config is allowed for an organization");
    pub(crate) const ALREADY_DEPLOYED: Self = Self::new(500, 14466, "the throttling config is deployed already");
    pub(crate) const THROTTLING_NOT_FOUND: Self = Self::new(404, 14467, "no such throttling config");
    pub(crate) const NOT_DEPLOYED: Self = Self::new(500, 14468, "the throttling config is not deployed");
    pub(crate) const SANDBOX_NOT_FOUND: Self =
        Self { family: "INTERNAL_ERROR", ..Self::new(500, 4000, "the sandbox does not exist") };

    const fn new(status: u16, code: i64, message: &'static str) -> Self {
        Self { status, code, family: "INPUT_OUTPUT_ERROR", message }
    }

    /// Finds an error by its code.
    pub fn from_code(code: &str) -> Option<Self> {
        let code: i64 = code.parse().ok()?;
        Self::ALL.into_iter().find(|error| error.code == code)
    }

    pub(crate) fn to_error(self) -> AuthoringError {
        self.to_error_with_message(self.message)
    }

    /// With a message about the call.
    pub(crate) fn to_error_with_message(self, message: impl Into<String>) -> AuthoringError {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        AuthoringError { family: self.family, ..AuthoringError::new(status, json!(self.code), message) }
    }
}
