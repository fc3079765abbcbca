//! What one organization stores: sandboxes and their configurations. A snapshot holds the same.

use ajo_core::Api;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::state::config::Config;
use crate::state::settings::SandboxSettings;

/// What the service keeps of an organization, and a snapshot holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrgStore {
    pub(crate) sandboxes: Vec<Sandbox>,
    pub(crate) throttling: Option<Throttling>,
    /// The length of all definitions is not more than this, in bytes. What is deleted is taken off when it matters.
    #[serde(skip)]
    longest: usize,
}

/// A sandbox and its capping configurations by their uid, in the order of their creation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Sandbox {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) production: bool,
    pub(crate) capping: IndexMap<String, Config>,
}

/// The throttling configuration, and where it was defined.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Throttling {
    pub(crate) config: Config,
    pub(crate) sandbox_id: String,
    pub(crate) sandbox_name: String,
}

impl OrgStore {
    pub(crate) fn new(sandboxes: &[SandboxSettings], mut new_id: impl FnMut() -> String) -> Self {
        let sandboxes = sandboxes
            .iter()
            .map(|SandboxSettings { name, production }| Sandbox {
                id: new_id(),
                name: name.clone(),
                production: *production,
                capping: IndexMap::new(),
            })
            .collect();
        Self { sandboxes, throttling: None, longest: 0 }
    }

    /// All configurations of both kinds.
    pub(crate) fn configs(&self) -> impl Iterator<Item = &Config> {
        let capping = self.sandboxes.iter().flat_map(|sandbox| sandbox.capping.values());
        capping.chain(self.throttling.iter().map(|throttling| &throttling.config))
    }

    /// The length of all definitions, in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        self.configs().map(Config::length).sum()
    }

    /// Counts all definitions anew: after a snapshot, which comes without a count.
    pub(crate) fn count(&mut self) {
        self.longest = self.length();
    }

    /// Whether so many bytes more can be kept, which are then counted as kept. All is counted anew only where it seems too much,
    /// because that takes its time.
    pub(crate) fn has_room_for(&mut self, more: usize, most: usize) -> bool {
        if self.longest.saturating_add(more) > most {
            self.count();
        }
        let has_room = self.longest.saturating_add(more) <= most;
        if has_room {
            self.longest += more;
        }
        has_room
    }

    /// The configuration with this uid, in whichever sandbox it is.
    pub(crate) fn find(&self, uid: &str) -> Option<(Api, &Config)> {
        let capping = self.sandboxes.iter().find_map(|sandbox| sandbox.capping.get(uid));
        let throttling = self.throttling.as_ref().map(|throttling| &throttling.config);
        let throttling = throttling.filter(|config| config.uid == uid);
        capping.map(|config| (Api::Capping, config)).or(throttling.map(|config| (Api::Throttling, config)))
    }
}
