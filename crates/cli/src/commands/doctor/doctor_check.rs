//! The checks, in order.

/// A check. Each one depends on the checks before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DoctorCheck {
    /// Credentials were found.
    Credentials,
    /// The keychain provides the secret.
    Keychain,
    /// Runs can share tokens.
    TokenCache,
    /// The proxy connects to the servers.
    Proxy,
    /// The certificates of the servers can be verified.
    Certificates,
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
    /// Whether it is a production sandbox. Never fails.
    SandboxType,
    /// The caller may list the throttling configuration.
    Throttling,
    /// The state can be read. Checked only if a setting names it.
    State,
}

impl DoctorCheck {
    /// The checks that depend on each other.
    pub(crate) const ALL: [Self; 13] = [
        Self::Credentials,
        Self::Keychain,
        Self::TokenCache,
        Self::Proxy,
        Self::Certificates,
        Self::TokenEndpoint,
        Self::Token,
        Self::Clock,
        Self::ApiKey,
        Self::Organization,
        Self::Capping,
        Self::SandboxType,
        Self::Throttling,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Keychain => "keychain",
            Self::TokenCache => "token cache",
            Self::Proxy => "proxy",
            Self::Certificates => "certificates",
            Self::TokenEndpoint => "token endpoint",
            Self::Token => "token",
            Self::Clock => "clock",
            Self::ApiKey => "API key",
            Self::Organization => "organization",
            Self::Capping => "capping",
            Self::SandboxType => "sandbox type",
            Self::Throttling => "throttling",
            Self::State => "state",
        }
    }

    /// The identifier in JSON output.
    pub(crate) fn id(self) -> String {
        self.as_str().to_ascii_lowercase().replace(' ', "_")
    }
}
