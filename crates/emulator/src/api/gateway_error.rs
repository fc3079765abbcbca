//! The errors of the gateway.

use std::time::Duration;

use http::{HeaderValue, StatusCode, header};

use crate::api::response::{self, Answer};

/// An error of the gateway: what it answers in place of the service.
///
/// Beside it, what the service and the token host answer:
///
/// ```
/// use ajo_emulator::{GatewayError, ImsRefusal, ServiceError};
///
/// assert!(GatewayError::ALL.iter().any(|error| (error.status, error.code) == (403, "403025")));
/// assert!(ServiceError::ALL.iter().any(|error| (error.status, error.code) == (500, 1451)));
/// assert_eq!(ServiceError::by_code("1451").expect("it is documented").status, 500);
/// assert_eq!(ImsRefusal::by_name("invalid_client_id").expect("it is documented").error, "invalid_client");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayError {
    /// The HTTP status.
    pub status: u16,
    /// The field `error_code`.
    pub code: &'static str,
    /// The field `message`. Documented for the first of each kind; inferred where Adobe's table only explains the code.
    pub message: &'static str,
    /// The header `Retry-After`, on the one code that has it.
    pub retry_after: Option<Duration>,
}

impl GatewayError {
    /// Every one that Adobe documents.
    pub const ALL: [Self; 19] = [
        Self::MISSING_HEADER,
        Self::TOKEN_INVALID,
        Self::KEY_MISSING,
        Self::KEY_INVALID,
        Self::TOKEN_MISSING,
        Self::SCOPE,
        Self::of(403, "403012", "Access from this address is not allowed"),
        Self::of(403, "403013", "Access from this address is not allowed"),
        Self::of(403, "403020", "Oauth token is missing or invalid"),
        Self::of(403, "403023", "Profile is not valid"),
        Self::of(403, "403024", "Not allowed to read the profile"),
        Self::PROFILE,
        Self::of(403, "403027", "User region is missing"),
        Self::of(429, "429001", "Service usage limit is reached"),
        Self::of(429, "429002", "Developer key usage limit is reached"),
        Self::BUSY,
        Self::of(503, "503000", "Could not validate the api key"),
        Self::of(503, "503010", "Could not validate the oauth token"),
        Self::of(503, "503030", "Could not validate the profile"),
    ];

    pub(crate) const MISSING_HEADER: Self = Self::of(400, "400003", "Missing header");
    pub(crate) const TOKEN_INVALID: Self = Self::of(401, "401013", "Oauth token is not valid");
    pub(crate) const KEY_MISSING: Self = Self::of(403, "403000", "Api Key is required");
    pub(crate) const KEY_INVALID: Self = Self::of(403, "403003", "Api Key is invalid");
    pub(crate) const TOKEN_MISSING: Self = Self::of(403, "403010", "Oauth token is missing");
    pub(crate) const SCOPE: Self = Self::of(403, "403011", "Oauth token scope does not match");
    pub(crate) const PROFILE: Self = Self::of(403, "403025", "Profile is not valid");

    pub(crate) const BUSY: Self =
        Self { retry_after: Some(Duration::from_secs(60)), ..Self::of(429, "429050", "Too many requests") };

    const fn of(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, retry_after: None }
    }

    /// The one with this code.
    ///
    /// ```
    /// use ajo_emulator::GatewayError;
    ///
    /// assert_eq!(GatewayError::by_code("403025").unwrap().message, "Profile is not valid");
    /// assert_eq!(GatewayError::by_code("1451"), None); // the service's, not the gateway's
    /// ```
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.code == code)
    }

    pub(crate) fn answer(self) -> Answer {
        self.answer_about("")
    }

    /// With the name of what is missing, as the gateway tells it.
    pub(crate) fn answer_about(self, detail: &str) -> Answer {
        let message = if detail.is_empty() { self.message.to_owned() } else { format!("{}: {detail}", self.message) };
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = response::gateway(status, self.code, &message);
        if let Some(wait) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        answer
    }
}
