//! The difference between a configuration of the files and the service.

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::diff_definitions;
use crate::{
    ConfigKey, DeployState, DesiredConfig, FieldDiff, LiveState, ManagedConfig, ObservedConfig, SourceLocation,
};

/// The drift of one configuration: saved against file, and live against saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigDrift {
    /// The key.
    pub key: ConfigKey,
    /// The UID, if the configuration exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub uid: Option<Uid>,
    /// Whether the configuration exists.
    pub exists: bool,
    /// Differences between the file (`before`) and the saved definition (`after`).
    #[serde(default)]
    pub saved_diffs: Vec<FieldDiff>,
    /// Differences between the saved (`before`) and the live definition (`after`).
    #[serde(default)]
    pub live_diffs: Vec<FieldDiff>,
    /// The expected and actual deployment, if they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy_mismatch: Option<DeployMismatch>,
    /// The service's reasons against a deployment.
    #[serde(default)]
    pub deploy_errors: Vec<String>,
    /// Who last edited it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// When it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
    /// The position in the limits file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

/// A difference in whether a configuration is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployMismatch {
    /// Whether the file wants it deployed.
    pub expected: bool,
    /// Whether it is deployed.
    pub actual: bool,
}

impl ConfigDrift {
    /// A report of a configuration that is as the file describes it.
    pub fn without_differences(wanted: &DesiredConfig, found: &ObservedConfig) -> Self {
        Self {
            key: wanted.key(),
            uid: Some(found.uid.clone()),
            exists: true,
            saved_diffs: Vec::new(),
            live_diffs: Vec::new(),
            deploy_mismatch: None,
            deploy_errors: Vec::new(),
            last_modified_by: found.last_modified_by.clone(),
            last_modified_at: found.last_modified_at.clone(),
            location: wanted.location.clone(),
        }
    }

    /// The drift of one configuration; `None` if nothing differs, or if the service is as it was after our last request for
    /// this definition. `managed` is the entry of `found` in the state.
    pub fn compare(
        wanted: &DesiredConfig,
        found: Option<&ObservedConfig>,
        managed: Option<&ManagedConfig>,
    ) -> Option<Self> {
        // Neither changed since the last apply, after which the service may have normalized the definition.
        let is_baseline = |(found, managed): (&ObservedConfig, &ManagedConfig)| {
            managed.is_file_unchanged(wanted) == Some(true)
                && managed.is_unchanged(found)
                && found.deploy_state_for(&wanted.definition).is_live_as_saved(wanted.deployed)
        };
        if found.zip(managed).is_some_and(is_baseline) {
            return None;
        }
        let deploy_state = found.map(|found| found.deploy_state_for(&wanted.definition));
        let deploy_state = deploy_state.as_deref();
        let is_deployed = deploy_state.is_some_and(DeployState::is_deployed);
        let is_unknown = deploy_state.is_some_and(|deploy_state| deploy_state.live == LiveState::Unknown);
        let unknown_error = "the service does not return the live definition";
        let drift = Self {
            key: wanted.key(),
            uid: found.map(|found| found.uid.clone()),
            exists: found.is_some(),
            saved_diffs: deploy_state
                .map_or_else(Vec::new, |state| diff_definitions(Some(&wanted.definition), Some(&state.saved))),
            live_diffs: deploy_state.map_or_else(Vec::new, DeployState::live_diffs),
            deploy_mismatch: (wanted.deployed != is_deployed)
                .then_some(DeployMismatch { expected: wanted.deployed, actual: is_deployed }),
            deploy_errors: if is_unknown { vec![unknown_error.to_owned()] } else { Vec::new() },
            last_modified_by: found.and_then(|found| found.last_modified_by.clone()),
            last_modified_at: found.and_then(|found| found.last_modified_at.clone()),
            location: wanted.location.clone(),
        };
        let differs = !drift.exists || drift.deploy_mismatch.is_some();
        let differs =
            differs || !drift.saved_diffs.is_empty() || !drift.live_diffs.is_empty() || !drift.deploy_errors.is_empty();
        differs.then_some(drift)
    }
}
