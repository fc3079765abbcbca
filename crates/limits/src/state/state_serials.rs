//! How often the sets of a state were changed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::StateSet;

/// How often the sets of a state were changed. Of two states with a common history, the one with the greater number is newer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateSerials {
    /// The number of changes of the capping configurations, by sandbox.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sandboxes: BTreeMap<String, u64>,
    /// The number of changes of the throttling configuration.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub throttling: u64,
}

impl StateSerials {
    /// The number of changes of a set.
    pub fn get(&self, set: &StateSet) -> u64 {
        match set {
            StateSet::Sandbox(sandbox) => self.sandboxes.get(sandbox.as_str()).copied().unwrap_or(0),
            StateSet::Throttling => self.throttling,
        }
    }

    pub(super) fn set(&mut self, set: &StateSet, serial: u64) {
        match set {
            StateSet::Sandbox(_) if serial == 0 => {}
            StateSet::Sandbox(sandbox) => drop(self.sandboxes.insert(sandbox.to_string(), serial)),
            StateSet::Throttling => self.throttling = serial,
        }
    }

    /// Whether no set was ever changed.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
