//! Errors of client secrets.

/// Why a value cannot be a client secret. The value itself is never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientSecretError {
    #[error("the client secret starts or ends with a quote; remove it")]
    Quoted,
    #[error("the client secret is a placeholder with `$`, `{{{{}}}}`, `%%`, or `<>`; replace it with the secret")]
    Placeholder,
    #[error(
        "the client secret is JSON, but not a list of secrets; write the secret alone, or `[\"first\",\"second\"]`"
    )]
    Json,
    #[error(
        "the client secret contains a character outside ASCII, such as a zero-width space or an en dash; copy it again"
    )]
    NotAscii,
    #[error("the client secret contains a line break or another control character; copy it again")]
    Control,
}
