//! Create calls of interrupted applies that the service may still process.

use std::collections::BTreeMap;

use ajo_core::SandboxName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigDefinition, ConfigKey, DeployState, Digest, ObservedConfig, SecretHmac, SecretSalt};

/// A create call without a response whose configuration the service did not show afterwards. The service may still process it,
/// for example if the machine that sent it was suspended. Only a capping configuration can be created twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LateCreate {
    /// The sandbox.
    pub sandbox: String,
    /// The key of the configuration.
    pub key: ConfigKey,
    /// The digest of the deploy state after the call: the saved definition, not deployed.
    pub digest: Digest,
    /// JSON pointers of the fields under `extra` that the digest includes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<String>,
    /// The HMACs of the secrets in the definition, all with the salt of this entry. The digest includes them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, SecretHmac>,
}

impl LateCreate {
    /// The entry for a call that would have created this definition.
    pub fn new(sandbox: &SandboxName, definition: &ConfigDefinition) -> Self {
        Self {
            sandbox: sandbox.to_string(),
            key: definition.key(),
            digest: DeployState::from_desired(definition.clone(), false).digest(),
            extra: definition.extra_paths(),
            secrets: definition.secret_hmacs(),
        }
    }

    /// Whether a configuration is as this call would have left it: with this definition, and not deployed.
    pub fn matches(&self, found: &ObservedConfig) -> bool {
        found.key() == self.key && found.deploy_state_with(&self.extra).digest_for_entry(self.salt()) == self.digest
    }

    /// The salt of the HMACs of its secrets.
    pub(crate) fn salt(&self) -> Option<SecretSalt> {
        self.secrets.values().next().map(SecretHmac::salt)
    }
}
