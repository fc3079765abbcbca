//! Configuration identifiers.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::text::{concat, is_any};
use crate::untrusted_text::excerpt;

/// Maximum length in characters. *Inferred*: every published identifier is a UUID of 36 characters.
const MAX_LENGTH: usize = 128;

/// The identifier of a configuration, assigned by the service.
///
/// It becomes part of a request path that is sent with a bearer token. It is therefore validated on construction:
/// letters, digits, `-`, `_`, and `.`, no dot at the start, at most 128 characters. Text such as `../admin` is
/// rejected.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Uid(String);

/// Text that is not a valid identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct UidError {
    excerpt: String,
    reason: &'static str,
}

impl UidError {
    pub fn message(&self) -> String {
        concat(&["`", &self.excerpt, "` is not a valid configuration uid: ", self.reason])
    }
}

impl Uid {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Validates text from a response. The error does not repeat the text, because it could be anything, even a token.
    pub fn validate_redacted(text: &str) -> Result<(), UidError> {
        Self::validate(text).map_err(|error| UidError { excerpt: "…".to_owned(), ..error })
    }

    fn validate(text: &str) -> Result<(), UidError> {
        let reason = if text.is_empty() {
            "it is empty"
        } else if text.len() > MAX_LENGTH {
            "it is longer than 128 characters"
        } else if text.starts_with('.') {
            "it starts with a dot"
        } else if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_any(byte, b"-_.")) {
            "only letters, digits, `-`, `_` and `.` are allowed"
        } else {
            return Ok(());
        };
        let shown = excerpt(text, 40);
        Err(UidError { excerpt: shown, reason })
    }
}

impl FromStr for Uid {
    type Err = UidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::validate(text).map(|()| Self(text.to_owned()))
    }
}

impl TryFrom<String> for Uid {
    type Error = UidError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::validate_redacted(&text)?;
        Ok(Self(text))
    }
}

impl From<Uid> for String {
    fn from(uid: Uid) -> Self {
        uid.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Uid {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text that would send a request and its token to another path, or add a header.
    pub(crate) const HOSTILE: &[&str] = &[
        "",
        ".",
        "..",
        "...",
        ".hidden",
        "../admin",
        r"..\..\admin",
        "..%2f..%2fadmin",
        "%2e%2e",
        "%2e%2e/",
        "a/b",
        r"a\b",
        "/",
        "//evil.example",
        "https://evil.example",
        "a?b=c",
        "a#b",
        "a;b",
        "a b",
        " a",
        "a ",
        "a\tb",
        "a\nb",
        "a\r\nX: y",
        "a\0b",
        "a%00b",
        "é",
        "a\u{202e}b",
        "\u{ff0e}\u{ff0e}",
        "a@b",
        "a:b",
        "*",
        "{uid}",
        "a&b",
        "a=b",
        "a|b",
        "<a>",
        "\"a\"",
        "a,b",
        "~",
        "a+b",
        "$(id)",
        "`id`",
    ];

    #[test]
    fn hostile_text_is_rejected() {
        let long = "a".repeat(MAX_LENGTH + 1);
        for text in HOSTILE.iter().copied().chain([long.as_str()]) {
            assert!(text.parse::<Uid>().is_err(), "{text:?} parsed");
            assert!(Uid::try_from(text.to_owned()).is_err(), "{text:?} converted");
            #[cfg(feature = "serde")]
            {
                let json = serde_json::to_string(text).expect("a string");
                assert!(serde_json::from_str::<Uid>(&json).is_err(), "{text:?} deserialized");
            }
        }
    }

    #[test]
    fn real_identifiers_are_accepted() {
        for text in ["9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7", "a", "A.b_c-1", &"a".repeat(MAX_LENGTH)] {
            assert_eq!(text.parse::<Uid>().expect("an identifier").to_string(), text);
        }
    }

    #[test]
    fn error_escapes_the_text() {
        let error = "a\u{1b}[31m".parse::<Uid>().expect_err("an escape sequence");
        assert_eq!(
            error.to_string(),
            "`a\\u{1b}[31m` is not a valid configuration uid: only letters, digits, `-`, `_` and `.` are allowed"
        );
    }
}
