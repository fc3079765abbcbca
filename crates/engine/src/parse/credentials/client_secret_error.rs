//! Errors of client secrets.

/// Why a value cannot be a client secret. The value itself is never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientSecretError {
    #[error("the client secret starts or ends with a quote; remove it")]
    Quoted,
    #[error("the client secret is a placeholder in `${{}}`, `{{{{}}}}`, `%%`, or `<>`; replace it with the secret")]
    Placeholder,
    #[error("the client secret is a list with an invalid format; write `[\"first\",\"second\"]`, or a single secret")]
    List,
    #[error(
        "the client secret contains a character outside ASCII, such as a zero-width space or an en dash; copy it again"
    )]
    NotAscii,
    #[error("the client secret contains a line break or another control character; copy it again")]
    Control,
}
