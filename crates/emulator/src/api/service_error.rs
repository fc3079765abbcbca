//! The numbered errors of the service.

use http::StatusCode;
use serde_json::json;

use crate::api::response::Failure;

/// A numbered error of the service, as Adobe documents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The HTTP status. Documented for 1451, 1463, 1465 and 4000; inferred for the others.
    pub status: u16,
    /// The field `code`.
    pub code: i64,
    /// The field `family`.
    pub family: &'static str,
    /// The field `message`. Inferred: Adobe publishes what a code means and few of the words.
    pub message: &'static str,
}

impl ServiceError {
    /// Every one that is published.
    pub const ALL: [Self; 15] = [
        Self::CAPPING_DEPLOYED,
        Self::THROTTLING_DEPLOYED,
        Self::of(500, 1457, "the throttling config could not be deleted"),
        Self::of(500, 1458, "the throttling config could not be deployed"),
        Self::of(500, 1459, "the throttling config could not be undeployed"),
        Self::of(500, 1460, "the throttling config could not be read"),
        Self::of(500, 1461, "the throttling config cannot be updated while its runtime version is not active"),
        Self::of(500, 1462, "the throttling config could not be updated"),
        Self::NOT_PRODUCTION,
        Self::of(500, 1464, "the throttling config could not be created"),
        Self::SECOND_THROTTLING,
        Self::ALREADY_DEPLOYED,
        Self::THROTTLING_NOT_FOUND,
        Self::NOT_DEPLOYED,
        Self::NO_SANDBOX,
    ];

    pub(crate) const CAPPING_DEPLOYED: Self =
        Self::of(500, 1451, "a deployed endpoint config cannot be deleted; undeploy it first");
    pub(crate) const THROTTLING_DEPLOYED: Self =
        Self::of(500, 1456, "a deployed throttling config cannot be deleted; undeploy it first");
    pub(crate) const NOT_PRODUCTION: Self = Self::of(400, 1463, "throttling needs a production sandbox");
    pub(crate) const SECOND_THROTTLING: Self =
        Self::of(400, 1465, "only one throttling config is allowed for an organization");
    pub(crate) const ALREADY_DEPLOYED: Self = Self::of(500, 14466, "the throttling config is deployed already");
    pub(crate) const THROTTLING_NOT_FOUND: Self = Self::of(404, 14467, "no such throttling config");
    pub(crate) const NOT_DEPLOYED: Self = Self::of(500, 14468, "the throttling config is not deployed");
    pub(crate) const NO_SANDBOX: Self =
        Self { family: "INTERNAL_ERROR", ..Self::of(500, 4000, "the sandbox does not exist") };

    const fn of(status: u16, code: i64, message: &'static str) -> Self {
        Self { status, code, family: "INPUT_OUTPUT_ERROR", message }
    }

    /// The one with this code.
    pub fn by_code(code: &str) -> Option<Self> {
        let code: i64 = code.parse().ok()?;
        Self::ALL.into_iter().find(|error| error.code == code)
    }

    pub(crate) fn failure(self) -> Failure {
        self.failure_about(self.message)
    }

    /// With words about this very call.
    pub(crate) fn failure_about(self, message: impl Into<String>) -> Failure {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Failure { family: self.family, ..Failure::new(status, json!(self.code), message) }
    }
}
