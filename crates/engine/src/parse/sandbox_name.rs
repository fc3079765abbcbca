//! Sandbox names.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::text::{concat, decimal};
use crate::untrusted_text::excerpt;

/// Maximum length in characters (our limit). The name is sent in a header with every call.
const MAX_LENGTH: usize = 256;

/// The name of a sandbox, such as `prod`.
///
/// Sandbox names are lower case (documented). The name is sent in the header `x-sandbox-name`, so only letters, digits,
/// and hyphens are accepted (*inferred* from the product's naming rule for sandboxes).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SandboxName(String);

/// Text that is not a valid sandbox name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct SandboxNameError {
    excerpt: String,
    reason: String,
}

impl SandboxNameError {
    pub fn message(&self) -> String {
        concat(&["`", &self.excerpt, "` is not a valid sandbox name: ", &self.reason])
    }
}

impl SandboxName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SandboxName {
    type Err = SandboxNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let reason = if text.is_empty() {
            "it is empty".to_owned()
        } else if text.len() > MAX_LENGTH {
            concat(&["it is longer than ", &decimal(MAX_LENGTH as u64), " characters"])
        } else if !text.bytes().all(is_plain) {
            "only lower case letters, digits and `-` are allowed".to_owned()
        } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let lower = text.to_ascii_lowercase();
            concat(&["it contains upper case letters; sandbox names are lower case, use `", &lower, "`"])
        } else {
            return Ok(Self(text.to_owned()));
        };
        let shown = excerpt(text, 40);
        Err(SandboxNameError { excerpt: shown, reason })
    }
}

impl fmt::Display for SandboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_names_are_rejected() {
        for text in ["", "Prod", "pro d", "prod\r\nx-evil: 1", "prod\u{e9}", "a/b", "a_b"] {
            assert!(text.parse::<SandboxName>().is_err(), "{text:?} parsed");
        }
        let long = "P".repeat(MAX_LENGTH + 1);
        let error = long.parse::<SandboxName>().expect_err("too long").to_string();
        assert!(error.ends_with("it is longer than 256 characters") && error.len() < 200, "{error}");
        for text in ["prod", "dev-2", "7", &"a".repeat(MAX_LENGTH)] {
            assert_eq!(text.parse::<SandboxName>().expect("a name").as_str(), text);
        }
    }
}
