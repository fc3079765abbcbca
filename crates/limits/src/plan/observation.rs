//! Reports about configurations that a plan does not change.

use ajo_core::Uid;
use ajo_core::rules::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::field_diff::diff_definitions;
use super::unknown_fields::{dotted_path, unset_paths};
use crate::{
    ConfigKey, ConfigSummary, DeployState, DesiredConfig, FieldDiff, FileDiagnostic, ObservedConfig, SourceLocation,
};

/// The fields that determine which calls are limited, and how many.
const LIMIT_FIELDS: [&str; 5] = ["maxCallsCount", "periodInMs", "maxThroughput", "maxHttpConnections", "methods"];

/// A configuration that the service stored differently from what we sent. No call can change that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NormalizedConfig {
    /// The key in the file.
    pub key: ConfigKey,
    /// The UID.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// The fields that differ: in the file (`before`) and at the service (`after`).
    pub diffs: Vec<FieldDiff>,
    /// Whether the limit itself differs: calls, period, throughput, connections, or methods.
    pub changes_limit: bool,
    /// The position in the limits file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

impl NormalizedConfig {
    /// The code in reports.
    pub const CODE: &str = "AJO_LIMITS_NORMALIZED";

    /// A warning if the service changed the limit, otherwise a note.
    pub fn to_diagnostic(&self) -> FileDiagnostic {
        let diff = |diff: &FieldDiff| format!("{}: {} instead of {}", diff.field, diff.after, diff.before);
        let diffs: Vec<_> = self.diffs.iter().map(diff).collect();
        FileDiagnostic {
            code: Self::CODE.to_owned(),
            severity: if self.changes_limit { Severity::Warning } else { Severity::Note },
            message: format!("the service stores other values: {}", diffs.join(", ")),
            hint: self
                .changes_limit
                .then(|| "this is the limit that applies; write the value of the service into the file".to_owned()),
            location: self.location.clone(),
            key: Some(self.key.clone()),
            allowed: None,
        }
    }
}

/// A managed configuration whose limits file was not passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotGivenConfig {
    /// The configuration.
    pub config: ConfigSummary,
    /// Its limits file, relative to the directory of the state file; absent if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// A configuration with fields that are neither in the specification nor in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnknownFields {
    /// The key.
    pub key: ConfigKey,
    /// The UID.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// The paths of the fields, with dots.
    pub fields: Vec<String>,
}

impl NormalizedConfig {
    /// Compares the file with the deploy state that the service returned for it.
    pub(super) fn new(wanted: &DesiredConfig, found: &ObservedConfig, found_state: &DeployState) -> Self {
        let diffs = diff_definitions(Some(&wanted.definition), Some(&found_state.saved));
        let is_limit = |diff: &FieldDiff| LIMIT_FIELDS.contains(&diff.field.rsplit('.').next().unwrap_or_default());
        Self {
            key: wanted.key(),
            uid: found.uid.clone(),
            changes_limit: diffs.iter().any(is_limit),
            diffs,
            location: wanted.location.clone(),
        }
    }
}

impl UnknownFields {
    /// The unknown fields that the file does not set; `None` if there are none.
    pub(super) fn find(wanted: &DesiredConfig, found: &ObservedConfig) -> Option<Self> {
        let fields: Vec<_> = unset_paths(&found.unknown_fields, &wanted.definition.extra_paths())
            .iter()
            .map(|path| dotted_path(path))
            .collect();
        (!fields.is_empty()).then(|| Self { key: wanted.key(), uid: found.uid.clone(), fields })
    }
}
