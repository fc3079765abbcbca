//! Create calls of interrupted applies that the service may still process.

use std::collections::{BTreeMap, BTreeSet};

use ajo_core::{SandboxName, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ConfigDefinition, ConfigKey, DeployState, DesiredConfig, DesiredLimits, Digest, LimitsState, ManagedConfig,
    ObservedConfig, ObservedLimits, Plan, SecretHmac, SecretSalt,
};

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

impl LimitsState {
    /// Adds a late create, or replaces the one with the same sandbox and key.
    pub(crate) fn record_late_create(&mut self, late: LateCreate) {
        self.remove_late_create(&late.sandbox, &late.key);
        self.late_creates.push(late);
    }

    pub(crate) fn remove_late_create(&mut self, sandbox: &str, key: &ConfigKey) {
        self.late_creates.retain(|late| late.sandbox != sandbox || late.key != *key);
    }

    /// Removes the late creates of the plan's sandbox whose keys are neither in the files nor managed.
    pub fn drop_unused_late_creates(&mut self, plan: &Plan) {
        let managed = self.configs.iter().filter(|managed| managed.sandbox == plan.sandbox).map(|it| it.key.clone());
        let used: BTreeSet<_> = plan.desired.iter().map(DesiredConfig::key).chain(managed).collect();
        self.late_creates.retain(|late| late.sandbox != plan.sandbox || used.contains(&late.key));
    }

    /// Manages the configurations that late creates left, if no managed configuration has their keys. The configuration must be
    /// the only unmanaged one with its key.
    pub fn adopt_late_creates(&mut self, desired: &DesiredLimits, observed: &ObservedLimits) {
        for wanted in &desired.configs {
            let key = wanted.key();
            let is_own = |late: &&LateCreate| late.sandbox == desired.sandbox.as_str() && late.key == key;
            let Some(late) = self.late_creates.iter().find(is_own) else { continue };
            let is_taken = |managed: &ManagedConfig| managed.sandbox == late.sandbox && managed.key == key;
            let is_managed = |uid: &Uid| self.configs.iter().any(|managed| managed.uid == *uid);
            let mut others = observed.configs.iter().filter(|found| found.key() == key && !is_managed(&found.uid));
            let (Some(found), None) = (others.next(), others.next()) else { continue };
            if self.configs.iter().any(is_taken) || !late.matches(found) {
                continue;
            }
            let entry = if wanted.matches(&found.deploy_state_for(&wanted.definition)) {
                ManagedConfig::settled(&desired.sandbox, wanted, found)
            } else {
                let found = found.clone().with_salt(late.salt());
                ManagedConfig::unsettled(&desired.sandbox, key.clone(), wanted.file.clone(), &found)
            };
            self.record(entry);
            self.remove_late_create(desired.sandbox.as_str(), &key);
        }
    }
}
