//! One finding of the rules.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Severity {
    /// The definition cannot be created or deployed like this.
    Error,
    /// The service accepts it and remarks on it.
    Warning,
    /// The service says nothing; this project advises against it. Its codes begin with `AJO_LIMITS_`.
    Remark,
}

impl Severity {
    /// The name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Remark => "remark",
        }
    }
}

/// Something the rules found in a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Finding {
    /// The service's code, such as `ERR_ENDPOINTCONFIG_101`; for remarks one of this project.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Where in the definition, as a JSON pointer (RFC 6901). For a missing field, where it should be.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// The kind of caller a capping finding is about, `action` or `dataSource`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub service: Option<String>,
    /// Whether the payload itself cannot be stored, so that create and update refuse it with 500. A definition with other
    /// errors is stored and only its deployment is refused. Inferred: a published canDeploy sample shows a stored
    /// configuration with a malformed URL, and two codes say "cannot create".
    pub refuses_payload: bool,
}

impl Finding {
    pub(super) fn error(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            pointer: pointer.into(),
            message: message.into(),
            service: None,
            refuses_payload: false,
        }
    }

    pub(super) fn warning(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, pointer, message) }
    }

    pub(super) fn remark(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Remark, ..Self::error(code, pointer, message) }
    }

    /// Marks it as one for which the payload cannot be stored.
    pub(super) fn refusing(self) -> Self {
        Self { refuses_payload: true, ..self }
    }

    pub(super) fn about(self, service: &str) -> Self {
        Self { service: Some(service.to_owned()), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{} {} at {place}: {}", self.severity.as_str(), self.code, self.message)
    }
}
