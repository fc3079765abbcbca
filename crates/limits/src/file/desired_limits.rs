//! The limits that the files describe.

use ajo_core::{Api, SandboxName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigDefinition, ConfigKey, DeployState, LiveState, ObservedConfig, SourceLocation};

/// The desired configurations of one sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredLimits {
    pub sandbox: SandboxName,
    /// The configurations; their keys are unique.
    pub configs: Vec<DesiredConfig>,
    /// The limits files. `ajo` makes the paths relative to the directory of the state file.
    pub files: Vec<String>,
}

/// One configuration as described by a limits file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DesiredConfig {
    /// The definition, normalized.
    pub definition: ConfigDefinition,
    /// Whether the configuration should be deployed.
    pub deployed: bool,
    /// The limits file that contains it, or whose base does; one of [`DesiredLimits::files`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its position in the limits file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

impl DesiredLimits {
    /// Whether the files have a throttling configuration.
    pub fn has_throttling(&self) -> bool {
        self.configs.iter().any(|config| config.definition.api() == Api::Throttling)
    }
}

impl DesiredConfig {
    /// What differs from an existing configuration, as a phrase. At least one value must differ.
    pub fn describe_difference(&self, found: &ObservedConfig) -> &'static str {
        let state = found.deploy_state_for(&self.definition);
        match (state.saved == self.definition, self.deployed, state.is_deployed()) {
            (false, ..) => "differs from the file",
            (true, true, false) => "equals the file, but is not deployed",
            (true, false, true) => "equals the file, but is deployed",
            (true, ..) => "equals the file, but its live definition differs",
        }
    }

    pub fn key(&self) -> ConfigKey {
        self.definition.key()
    }

    /// Whether the service has this deploy state.
    pub(crate) fn matches(&self, found: &DeployState) -> bool {
        let expected = if self.deployed { LiveState::SameAsSaved } else { LiveState::NotDeployed };
        found.live == expected && found.saved == self.definition
    }

    /// The deploy state that this configuration describes.
    pub fn deploy_state(&self) -> DeployState {
        DeployState::from_desired(self.definition.clone(), self.deployed)
    }
}
