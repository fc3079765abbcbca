//! A concurrent edit: another user changes a configuration between two calls of the client.

use ajo_engine::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::faults::target::Target;
use crate::state::config::{Config, Mark};
use crate::state::definition::Definition;

/// Longest name of somebody else, in bytes. Chosen here.
pub(crate) const LONGEST_BY: usize = 128;

/// What somebody else does just before a call is processed, once: for tests of lost updates.
///
/// ```
/// use ajo_emulator::Interference;
///
/// let before_update: Interference = serde_json::from_str(r#"{"before": "capping.update", "uid": "u-1", "does": "edit"}"#)?;
/// assert_eq!(before_update.by, "somebody-else");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interference {
    /// Before which call.
    pub before: Target,
    /// Of which configuration; of any if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// What is done to the configuration that the call is about.
    pub does: Deed,
    /// For `edit`: the new definition; the same one if not given, so that only the metadata changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Map<String, Value>>,
    /// By whom, as the metadata shows it.
    #[serde(default = "somebody_else")]
    pub by: String,
}

/// What somebody else can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Save a definition.
    Edit,
    /// Delete the configuration, deployed or not.
    Delete,
    /// Deploy it.
    Deploy,
    /// Undeploy it.
    Undeploy,
}

fn somebody_else() -> String {
    "somebody-else".to_owned()
}

impl Interference {
    /// Whether it comes before a call of this kind, about this configuration.
    pub(crate) fn comes_before(&self, called: Target, uid: &str) -> bool {
        self.before.covers(called) && self.uid.as_ref().is_none_or(|only| only == uid)
    }

    /// Does it. Whether the configuration is still there.
    pub(crate) fn act(&self, config: &mut Config, now: Timestamp) -> bool {
        let mark = Mark { by: self.by.clone(), at: now };
        match self.does {
            Deed::Edit => {
                let definition = self.definition.clone().map_or_else(|| config.definition.clone(), Definition::new);
                config.update(definition, mark);
            }
            Deed::Deploy => config.deploy(mark),
            Deed::Undeploy => config.undeploy(),
            Deed::Delete => return false,
        }
        true
    }

    /// The same for throttling, where what is saved is in force at once.
    pub(crate) fn act_on_throttling(&self, config: &mut Config, now: Timestamp) -> bool {
        let stays = self.act(config, now);
        if config.deployed.is_some() {
            config.deployed = Some(config.definition.clone());
        }
        stays
    }
}
