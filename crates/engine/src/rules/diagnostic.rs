//! Diagnostics: the findings of the rules.

use alloc::string::String;
use core::fmt;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Severity {
    /// The definition cannot be created or deployed, or contains an invisible character.
    Error,
    /// The service accepts the definition with a warning, or the limit has no effect.
    Warning,
    /// A recommendation.
    Note,
}

impl Severity {
    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A finding about a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Diagnostic {
    /// The service's code, such as `ERR_ENDPOINTCONFIG_101`, or this project's code, which starts with `AJO_LIMITS_`.
    pub code: &'static str,
    pub severity: Severity,
    /// The location in the definition as a JSON pointer (RFC 6901). For a missing field, the location where it is
    /// expected.
    pub pointer: String,
    pub message: String,
    /// The service that a capping finding is about, `action` or `dataSource`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub service: Option<String>,
    /// Whether create and update reject the payload with 500. A definition with any other error is stored and only its
    /// deployment fails. *Inferred*: a published canDeploy sample has a stored configuration with a malformed URL, and
    /// two codes say "cannot create".
    pub rejects_payload: bool,
}

impl Diagnostic {
    /// Whether the service reports the finding too. It does not report this project's own ones.
    pub fn is_published(&self) -> bool {
        !self.code.starts_with("AJO_LIMITS_")
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{} {} at {location}: {}", self.severity.as_str(), self.code, self.message)
    }
}
