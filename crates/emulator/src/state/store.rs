//! The stored data of an organization: sandboxes and configurations. Snapshots have the same structure.

use ajo_core::Api;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::state::config::StoredConfig;
use crate::state::settings::SandboxSettings;

/// The stored data of an organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrgStore {
    pub(crate) sandboxes: Vec<SandboxStore>,
    pub(crate) throttling: Option<StoredThrottling>,
    /// Upper bound of the length of all definitions, in bytes. Deletions lower it only on recount.
    #[serde(skip)]
    max_bytes: usize,
}

/// A sandbox and its capping configurations by uid, in the order they were created.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SandboxStore {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) production: bool,
    pub(crate) capping: IndexMap<String, StoredConfig>,
}

/// The throttling configuration and the sandbox in which it was defined.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StoredThrottling {
    pub(crate) config: StoredConfig,
    pub(crate) sandbox_id: String,
    pub(crate) sandbox_name: String,
}

impl OrgStore {
    pub(crate) fn new(sandboxes: &[SandboxSettings], mut new_id: impl FnMut() -> String) -> Self {
        let sandboxes = sandboxes
            .iter()
            .map(|SandboxSettings { name, production }| SandboxStore {
                id: new_id(),
                name: name.clone(),
                production: *production,
                capping: IndexMap::new(),
            })
            .collect();
        Self { sandboxes, throttling: None, max_bytes: 0 }
    }

    /// All configurations of both APIs.
    pub(crate) fn configs(&self) -> impl Iterator<Item = &StoredConfig> {
        let capping = self.sandboxes.iter().flat_map(|sandbox| sandbox.capping.values());
        capping.chain(self.throttling.iter().map(|throttling| &throttling.config))
    }

    /// The length of all definitions, in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        self.configs().map(StoredConfig::length).sum()
    }

    /// Computes the length again, for example after a restore.
    pub(crate) fn recount(&mut self) {
        self.max_bytes = self.length();
    }

    /// Reserves bytes for definitions and returns whether they fit. It recounts only when the limit seems exceeded, because a
    /// recount is slow.
    pub(crate) fn try_reserve(&mut self, more: usize, max: usize) -> bool {
        if self.max_bytes.saturating_add(more) > max {
            self.recount();
        }
        let has_room = self.max_bytes.saturating_add(more) <= max;
        if has_room {
            self.max_bytes += more;
        }
        has_room
    }

    /// Finds a configuration by uid, in any sandbox.
    pub(crate) fn find(&self, uid: &str) -> Option<(Api, &StoredConfig)> {
        let capping = self.sandboxes.iter().find_map(|sandbox| sandbox.capping.get(uid));
        let throttling = self.throttling.as_ref().map(|throttling| &throttling.config);
        let throttling = throttling.filter(|config| config.uid == uid);
        capping.map(|config| (Api::Capping, config)).or(throttling.map(|config| (Api::Throttling, config)))
    }
}
