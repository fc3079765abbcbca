//! The steps, and which one a failed call belongs to.

use ajo_core::Error;

/// One thing that must be right before the next can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// There are credentials.
    Credentials,
    /// The token host answers.
    TokenHost,
    /// It grants a token.
    Token,
    /// The clocks agree.
    Clock,
    /// The gateway answers, and accepts the API key and the token.
    ApiKey,
    /// It accepts the organization and the sandbox.
    Organization,
    /// Capping configurations of the sandbox may be seen.
    Capping,
    /// The throttling configuration may be seen.
    Throttling,
}

impl Step {
    pub(crate) const ALL: [Self; 8] = [
        Self::Credentials,
        Self::TokenHost,
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
            Self::TokenHost => "token host",
            Self::Token => "token",
            Self::Clock => "clock",
            Self::ApiKey => "API key",
            Self::Organization => "organization",
            Self::Capping => "capping",
            Self::Throttling => "throttling",
        }
    }

    /// For programs.
    pub(crate) fn id(self) -> String {
        self.as_str().to_ascii_lowercase().replace(' ', "_")
    }

    /// The first step that is not right when listing the capping configurations fails in this way. Source of what each code
    /// is about: Adobe's table of the gateway's errors.
    pub(crate) fn of(error: &Error) -> Self {
        let Some(failure) = error.failure() else {
            // No answer of the service at all.
            return Self::ApiKey;
        };
        match failure.code.as_ref().map_or("", |code| code.as_str()) {
            "401013" | "403000" | "403003" | "403010" | "403011" | "403012" | "403013" | "403020" | "503000"
            | "503010" => Self::ApiKey,
            "400003" | "403023" | "403024" | "403025" | "403027" | "503030" | "4000" => Self::Organization,
            _ => match failure.status {
                // Before it looks at who calls, a gateway says that it is asked too often or in trouble.
                401 | 407 | 429 | 502..=504 => Self::ApiKey,
                _ => Self::Capping,
            },
        }
    }
}
