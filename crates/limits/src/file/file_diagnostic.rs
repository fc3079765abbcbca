//! A problem in a limits or policy file.

use ajo_core::rules::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigKey, SourceLocation};

/// A problem in a limits or policy file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileDiagnostic {
    /// The service's error code where one exists, otherwise a code that starts with `AJO_LIMITS_`.
    pub code: String,
    /// `error`, `warning`, or `note`.
    #[schemars(with = "String")]
    pub severity: Severity,
    /// A description of the problem.
    pub message: String,
    /// How to fix it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The position in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
    /// The configuration it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ConfigKey>,
    /// Why it is accepted: the reason in a comment `# ajo: allow CODE - reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
}
