//! The checks, and which check a failed call belongs to.

use ajo_core::CallError;

/// A check. Each one depends on the checks before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DoctorCheck {
    /// Credentials were found.
    Credentials,
    /// The token endpoint responds.
    TokenEndpoint,
    /// The token endpoint issues a token.
    Token,
    /// The clocks agree.
    Clock,
    /// The gateway responds and accepts the API key and the token.
    ApiKey,
    /// The gateway accepts the organization and the sandbox.
    Organization,
    /// The caller may list capping configurations.
    Capping,
    /// The caller may list the throttling configuration.
    Throttling,
}

impl DoctorCheck {
    pub(crate) const ALL: [Self; 8] = [
        Self::Credentials,
        Self::TokenEndpoint,
        Self::Token,
        Self::Clock,
        Self::ApiKey,
        Self::Organization,
        Self::Capping,
        Self::Throttling,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::TokenEndpoint => "token endpoint",
            Self::Token => "token",
            Self::Clock => "clock",
            Self::ApiKey => "API key",
            Self::Organization => "organization",
            Self::Capping => "capping",
            Self::Throttling => "throttling",
        }
    }

    /// The identifier in JSON output.
    pub(crate) fn id(self) -> String {
        self.as_str().to_ascii_lowercase().replace(' ', "_")
    }

    /// The check that failed if listing the capping configurations returned this error. Source of the codes: Adobe's table of
    /// gateway errors.
    pub(crate) fn from_call_error(error: &CallError) -> Self {
        let Some(failure) = error.error_response() else {
            // The service sent no response.
            return Self::ApiKey;
        };
        match failure.code.as_ref().map_or("", |code| code.as_str()) {
            "401013" | "403000" | "403003" | "403010" | "403011" | "403012" | "403013" | "403020" | "503000"
            | "503010" => Self::ApiKey,
            "400003" | "403023" | "403024" | "403025" | "403027" | "503030" | "4000" => Self::Organization,
            _ => match failure.status {
                // A gateway reports rate limits and outages before it checks the caller.
                401 | 407 | 429 | 502..=504 => Self::ApiKey,
                _ => Self::Capping,
            },
        }
    }
}
