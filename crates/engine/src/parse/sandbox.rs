//! Names of sandboxes.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::untrusted_text::excerpt;

/// Longest name accepted, in characters. Chosen here, far above those in use: it is a header of every call.
const MAX_LENGTH: usize = 256;

/// The name of a sandbox, such as `prod`.
///
/// All lower case (documented). It becomes the header `x-sandbox-name`, so only letters, digits and hyphens are accepted
/// (inferred from the product's own rule for naming sandboxes).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sandbox(String);

/// Text that is no name of a sandbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` is not the name of a sandbox: {problem}")]
pub struct SandboxError {
    shown: String,
    problem: String,
}

impl Sandbox {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sandbox {
    type Err = SandboxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let problem = if text.is_empty() {
            "it is empty".to_owned()
        } else if text.len() > MAX_LENGTH {
            format!("it is longer than {MAX_LENGTH} characters")
        } else if !text.bytes().all(plain) {
            "only lower case letters, digits and `-` may stand in it".to_owned()
        } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            format!(
                "it has capitals; the service knows sandboxes by lower case names, here `{}`",
                text.to_ascii_lowercase()
            )
        } else {
            return Ok(Self(text.to_owned()));
        };
        let shown = excerpt(text, 40);
        Err(SandboxError { shown, problem })
    }
}

impl fmt::Display for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_break_a_header_are_refused() {
        for text in ["", "Prod", "pro d", "prod\r\nx-evil: 1", "prod\u{e9}", "a/b", "a_b"] {
            assert!(text.parse::<Sandbox>().is_err(), "{text:?} parsed");
        }
        let long = "P".repeat(MAX_LENGTH + 1);
        let error = long.parse::<Sandbox>().expect_err("too long").to_string();
        assert!(error.ends_with("it is longer than 256 characters") && error.len() < 200, "{error}");
        for text in ["prod", "dev-2", "7", &"a".repeat(MAX_LENGTH)] {
            assert_eq!(text.parse::<Sandbox>().expect("a name").as_str(), text);
        }
    }
}
