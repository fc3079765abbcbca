//! Configurations of the service that are in no file.

use ajo_core::rules::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DesiredLimits, ManagedConfig, ObservedConfig};

/// A configuration of the service that is in no file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnmanagedConfig {
    /// The severity, as requested with [`UnmanagedHandling`].
    #[schemars(with = "String")]
    pub severity: Severity,
    pub reason: UnmanagedReason,
    /// The configuration.
    #[serde(flatten)]
    pub config: ObservedConfig,
}

/// Why a configuration is in no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum UnmanagedReason {
    /// The state file does not list it either: `ajo` does not manage it.
    NotInState,
    /// The state file lists it, so it was removed from the files.
    RemovedFromFiles,
    /// The state file lists it for files that were not passed.
    OtherFiles,
}

/// The severity of configurations in no file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnmanagedHandling {
    /// Deployed ones are errors, others are warnings.
    #[default]
    ByDeployment,
    /// Errors.
    Error,
    /// Warnings.
    Warn,
    /// Omits configurations that the state file does not list, for a sandbox shared with others.
    Ignore,
}

impl UnmanagedConfig {
    /// `None` if the configuration is to be ignored. `managed` is its entry in the state.
    pub(super) fn classify(
        found: &ObservedConfig,
        managed: Option<&ManagedConfig>,
        desired: &DesiredLimits,
        handling: UnmanagedHandling,
    ) -> Option<Self> {
        let is_passed = |managed: &ManagedConfig| {
            managed.sandbox == desired.sandbox.as_str()
                && managed.file.as_ref().is_none_or(|file| desired.files.contains(file))
        };
        let reason = match managed {
            None => UnmanagedReason::NotInState,
            Some(managed) if is_passed(managed) => UnmanagedReason::RemovedFromFiles,
            Some(_) => UnmanagedReason::OtherFiles,
        };
        let severity = match (reason, handling) {
            (UnmanagedReason::NotInState, UnmanagedHandling::Ignore) => return None,
            (UnmanagedReason::OtherFiles, _) => Severity::Note,
            (_, UnmanagedHandling::Error) => Severity::Error,
            (_, handling) if handling != UnmanagedHandling::Warn && found.deploy_state.is_deployed() => Severity::Error,
            _ => Severity::Warning,
        };
        Some(Self { severity, reason, config: found.clone() })
    }
}
