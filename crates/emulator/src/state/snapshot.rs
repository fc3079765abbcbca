//! What the emulator keeps, as one JSON document.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::state::config::{Config, State};
use crate::state::emulator_state::{MAX_SANDBOXES, World};
use crate::state::settings::SandboxSettings;
use crate::state::store::OrgStore;

/// Of the form below. A later form gets another number.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot {
    version: u32,
    organizations: BTreeMap<String, OrgStore>,
}

/// Why a snapshot cannot be taken up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no snapshot of an emulator: {0}")]
pub struct SnapshotError(String);

impl World {
    /// Everything that is kept: configurations of all organizations, saved and deployed. No token, no secret.
    pub fn snapshot(&self) -> Value {
        let organizations = self.organizations.iter().map(|(id, it)| (id.clone(), it.store.clone())).collect();
        // Texts, numbers and maps by text always encode.
        serde_json::to_value(Snapshot { version: VERSION, organizations }).unwrap_or_default()
    }

    /// Takes up what was kept, in place of what is there. Organizations that the snapshot does not name stay as they are; one
    /// that this world does not know is an error, and nothing is changed then. Sandboxes of the settings that it does not have are
    /// there too, empty. Switches, clocks, faults and journals are no part of it.
    ///
    /// ```
    /// use ajo_emulator::{Settings, SnapshotError, World};
    ///
    /// let mut world = World::new(Settings::default());
    /// let snapshot = world.snapshot();
    /// world.restore(&snapshot)?;
    /// let error: SnapshotError = world.restore(&serde_json::json!({"version": 2})).unwrap_err();
    /// assert!(error.to_string().starts_with("this is no snapshot of an emulator: "));
    /// # Ok::<(), SnapshotError>(())
    /// ```
    pub fn restore(&mut self, snapshot: &Value) -> Result<(), SnapshotError> {
        let refuse = |problem: String| Err(SnapshotError(problem));
        let version = snapshot.get("version").and_then(Value::as_u64);
        if version != Some(u64::from(VERSION)) {
            return refuse(format!("its version is not {VERSION}"));
        }
        let Snapshot { organizations, .. } =
            Snapshot::deserialize(snapshot).map_err(|error| SnapshotError(error.to_string()))?;
        let most = self.settings.limits.config_bytes;
        for (id, kept) in &organizations {
            if !self.organizations.contains_key(id) {
                return refuse(format!("the emulator has no organization {id}"));
            }
            let length = kept.length();
            if length > most {
                return refuse(format!("the definitions of {id} have {length} bytes, and {most} at most are kept"));
            }
            let missing = |wanted: &&SandboxSettings| kept.sandboxes.iter().all(|there| there.name != wanted.name);
            if kept.sandboxes.len() + self.settings.sandboxes.iter().filter(missing).count() > MAX_SANDBOXES {
                return refuse(format!("{id} has more than {MAX_SANDBOXES} sandboxes"));
            }
            let names: BTreeSet<&str> = kept.sandboxes.iter().map(|sandbox| sandbox.name.as_str()).collect();
            if names.len() < kept.sandboxes.len() {
                return refuse(format!("{id} has two sandboxes of one name"));
            }
            if let Some(config) = kept.configs().find(|config| !has_what_is_deployed(config)) {
                return refuse(format!("the configuration {} is deployed, and nothing says as what", config.uid));
            }
            for sandbox in &kept.sandboxes {
                if sandbox.capping.iter().any(|(uid, config)| *uid != config.uid) {
                    return refuse(format!("a configuration of the sandbox {} has two uids", sandbox.name));
                }
                if sandbox.capping.len() > self.settings.limits.configs {
                    return refuse(format!("the sandbox {} has too many configurations", sandbox.name));
                }
            }
        }
        for (id, kept) in organizations {
            if let Some(organization) = self.organizations.get_mut(&id) {
                organization.take_up(kept);
            }
        }
        // From the same seed the identifiers that are drawn next would be those that the snapshot has.
        self.reseed(self.settings.seed ^ self.digest());
        Ok(())
    }

    /// Tells worlds apart by what they keep, with the function FNV-1a: it is the same with every build.
    fn digest(&self) -> u64 {
        let configs = self.organizations.values().flat_map(|organization| organization.store.configs());
        let bytes = configs.flat_map(|config| config.uid.bytes());
        bytes.fold(0xCBF2_9CE4_8422_2325, |digest, byte| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }
}

fn has_what_is_deployed(config: &Config) -> bool {
    config.state != State::Deployed || config.deployed.is_some()
}
