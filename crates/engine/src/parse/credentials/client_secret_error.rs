//! Errors of client secrets.

/// Why a value cannot be a client secret. The value itself is never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum ClientSecretError {
    Quoted,
    Placeholder,
    Json,
    NotAscii,
    Control,
}

impl ClientSecretError {
    pub const fn message(self) -> &'static str {
        match self {
            Self::Quoted => "the client secret starts or ends with a quote; remove it",
            Self::Placeholder => {
                "the client secret is a placeholder with `$`, `{{}}`, `%%`, or `<>`; replace it with the secret"
            }
            Self::Json => {
                "the client secret is JSON, but not a list of secrets; write the secret alone, or `[\"first\",\"second\"]`"
            }
            Self::NotAscii => {
                "the client secret contains a character outside ASCII, such as a zero-width space or an en dash; copy it again"
            }
            Self::Control => "the client secret contains a line break or another control character; copy it again",
        }
    }
}
