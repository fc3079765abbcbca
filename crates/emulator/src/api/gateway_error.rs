//! The errors of the gateway.

use std::time::Duration;

use http::{HeaderValue, StatusCode, header};

use crate::api::response::{self, ByteResponse};

/// An error of the gateway, sent instead of the service's response.
///
/// The service and the token endpoint have their own errors:
///
/// ```
/// use ajo_emulator::{GatewayError, TokenEndpointError, ServiceError};
///
/// assert!(GatewayError::ALL.iter().any(|error| (error.status, error.code) == (403, "403025")));
/// assert!(ServiceError::ALL.iter().any(|error| (error.status, error.code) == (500, 1451)));
/// assert_eq!(ServiceError::from_code("1451").expect("it is documented").status, 500);
/// assert_eq!(TokenEndpointError::from_name("invalid_client_id").expect("it is documented").error, "invalid_client");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayError {
    pub status: u16,
    /// The response field `error_code`.
    pub code: &'static str,
    /// The response field `message`. Inferred where Adobe's table only explains the code.
    pub message: &'static str,
    /// The `Retry-After` header; only one code has it.
    pub retry_after: Option<Duration>,
}

impl GatewayError {
    /// All documented errors.
    pub const ALL: [Self; 19] = [
        Self::MISSING_HEADER,
        Self::TOKEN_INVALID,
        Self::KEY_MISSING,
        Self::KEY_INVALID,
        Self::TOKEN_MISSING,
        Self::SCOPE_MISMATCH,
        Self::new(403, "403012", "Access from this address is not allowed"),
        Self::new(403, "403013", "Access from this address is not allowed"),
        Self::new(403, "403020", "Oauth token is missing or invalid"),
        Self::new(403, "403023", "Profile is not valid"),
        Self::new(403, "403024", "Not allowed to read the profile"),
        Self::PROFILE_INVALID,
        Self::new(403, "403027", "User region is missing"),
        Self::new(429, "429001", "Service usage limit is reached"),
        Self::new(429, "429002", "Developer key usage limit is reached"),
        Self::TOO_MANY_REQUESTS,
        Self::new(503, "503000", "Could not validate the api key"),
        Self::new(503, "503010", "Could not validate the oauth token"),
        Self::new(503, "503030", "Could not validate the profile"),
    ];

    pub(crate) const MISSING_HEADER: Self = Self::new(400, "400003", "Missing header");
    pub(crate) const TOKEN_INVALID: Self = Self::new(401, "401013", "Oauth token is not valid");
    pub(crate) const KEY_MISSING: Self = Self::new(403, "403000", "Api Key is required");
    pub(crate) const KEY_INVALID: Self = Self::new(403, "403003", "Api Key is invalid");
    pub(crate) const TOKEN_MISSING: Self = Self::new(403, "403010", "Oauth token is missing");
    pub(crate) const SCOPE_MISMATCH: Self = Self::new(403, "403011", "Oauth token scope does not match");
    pub(crate) const PROFILE_INVALID: Self = Self::new(403, "403025", "Profile is not valid");

    pub(crate) const TOO_MANY_REQUESTS: Self =
        Self { retry_after: Some(Duration::from_secs(60)), ..Self::new(429, "429050", "Too many requests") };

    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, retry_after: None }
    }

    /// Finds an error by its code.
    ///
    /// ```
    /// use ajo_emulator::GatewayError;
    ///
    /// assert_eq!(GatewayError::from_code("403025").unwrap().message, "Profile is not valid");
    /// assert_eq!(GatewayError::from_code("1451"), None); // the service's, not the gateway's
    /// ```
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.code == code)
    }

    pub(crate) fn to_response(self) -> ByteResponse {
        self.to_response_with_detail("")
    }

    /// Appends the name of a missing header, as the gateway does.
    pub(crate) fn to_response_with_detail(self, detail: &str) -> ByteResponse {
        let message = if detail.is_empty() { self.message.to_owned() } else { format!("{}: {detail}", self.message) };
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = response::gateway_error(status, self.code, &message);
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }
}
