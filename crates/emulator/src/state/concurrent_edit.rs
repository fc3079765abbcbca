//! A concurrent edit: another user changes a configuration between two calls of the client.

use ajo_engine::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::faults::target::FaultTarget;
use crate::state::config::{AuditStamp, StoredConfig};
use crate::state::definition::StoredDefinition;

/// Maximum length of the other user's name, in bytes.
pub(crate) const MAX_AUTHOR_LENGTH: usize = 128;

/// A change by another user just before a call is processed, applied once. For tests of lost updates.
///
/// ```
/// use ajo_emulator::ConcurrentEdit;
///
/// let before_update: ConcurrentEdit = serde_json::from_str(r#"{"before": "capping.update", "uid": "u-1", "mutation": "edit"}"#)?;
/// assert_eq!(before_update.by, "other-user");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcurrentEdit {
    /// Matches the call before which it is applied.
    pub before: FaultTarget,
    /// Only for this configuration; for any if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The change to the configuration of the call.
    pub mutation: Mutation,
    /// The new definition for `edit`. If absent, only the metadata changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Map<String, Value>>,
    /// The user in the metadata.
    #[serde(default = "default_author")]
    pub by: String,
}

/// A change by another user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mutation {
    /// Save the definition.
    Edit,
    /// Delete the configuration, even if deployed.
    Delete,
    Deploy,
    Undeploy,
}

fn default_author() -> String {
    "other-user".to_owned()
}

impl ConcurrentEdit {
    pub(crate) fn applies_before(&self, called: FaultTarget, uid: &str) -> bool {
        self.before.matches(called) && self.uid.as_ref().is_none_or(|only| only == uid)
    }

    /// Applies the edit. Returns false if the configuration is to be removed.
    pub(crate) fn apply(&self, config: &mut StoredConfig, now: Timestamp) -> bool {
        let stamp = AuditStamp { by: self.by.clone(), at: now };
        match self.mutation {
            Mutation::Edit => {
                let definition =
                    self.definition.clone().map_or_else(|| config.definition.clone(), StoredDefinition::new);
                config.update(definition, stamp);
            }
            Mutation::Deploy => config.deploy(stamp),
            Mutation::Undeploy => config.undeploy(),
            Mutation::Delete => return false,
        }
        true
    }

    /// Applies the edit to throttling, where a saved definition is live at once if deployed.
    pub(crate) fn apply_to_throttling(&self, config: &mut StoredConfig, now: Timestamp) -> bool {
        let stays = self.apply(config, now);
        if config.deployed.is_some() {
            config.deployed = Some(config.definition.clone());
        }
        stays
    }
}
