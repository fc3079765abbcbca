//! Snapshots: all configurations as one JSON document.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::state::config::{ConfigState, StoredConfig};
use crate::state::emulator_state::{EmulatorState, MAX_SANDBOXES};
use crate::state::settings::SandboxSettings;
use crate::state::store::OrgStore;

/// The version of the format below.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateSnapshot {
    version: u32,
    organizations: BTreeMap<String, OrgStore>,
}

/// Only the version, because other versions have other fields.
#[derive(Deserialize)]
struct SnapshotVersion {
    version: u32,
}

/// A snapshot that cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid emulator snapshot: {0}")]
pub struct SnapshotError(String);

impl StateSnapshot {
    /// Parses a snapshot, which can take seconds and does not need the state.
    pub(crate) fn from_json(json: &[u8]) -> Result<Self, SnapshotError> {
        let read = || serde_json::Deserializer::from_slice(json);
        Self::check_version(&mut read())?;
        serde_json::from_slice(json).map_err(|error| SnapshotError(error.to_string()))
    }

    fn parse(snapshot: &Value) -> Result<Self, SnapshotError> {
        Self::check_version(snapshot)?;
        Self::deserialize(snapshot).map_err(|error| SnapshotError(error.to_string()))
    }

    fn check_version<'de, D: Deserializer<'de>>(snapshot: D) -> Result<(), SnapshotError> {
        match SnapshotVersion::deserialize(snapshot) {
            Ok(SnapshotVersion { version: VERSION }) => Ok(()),
            Ok(_) => Err(SnapshotError(format!("the version must be {VERSION}"))),
            Err(error) => Err(SnapshotError(error.to_string())),
        }
    }
}

impl EmulatorState {
    /// A snapshot of the configurations of all organizations, saved and deployed. It contains no tokens or secrets.
    pub fn snapshot(&self) -> Value {
        let organizations = self.organizations.iter().map(|(id, it)| (id.clone(), it.store.clone())).collect();
        // Strings, numbers and maps with string keys always serialize.
        serde_json::to_value(StateSnapshot { version: VERSION, organizations }).unwrap_or_default()
    }

    /// Replaces the configurations of the organizations in the snapshot. Sandboxes from the settings that the snapshot lacks are
    /// added empty. Quirks, clocks, faults and request logs are not part of a snapshot.
    ///
    /// # Errors
    ///
    /// Fails if the snapshot is invalid, too large, or names an unknown organization. Nothing is changed then.
    ///
    /// ```
    /// use ajo_emulator::{EmulatorSettings, SnapshotError, EmulatorState};
    ///
    /// let mut state = EmulatorState::new(EmulatorSettings::default());
    /// let snapshot = state.snapshot();
    /// state.restore(&snapshot)?;
    /// let error: SnapshotError = state.restore(&serde_json::json!({"version": 2})).unwrap_err();
    /// assert!(error.to_string().starts_with("not a valid emulator snapshot: "));
    /// # Ok::<(), SnapshotError>(())
    /// ```
    pub fn restore(&mut self, snapshot: &Value) -> Result<(), SnapshotError> {
        self.restore_parsed(StateSnapshot::parse(snapshot)?)
    }

    /// Restores a parsed snapshot.
    pub(crate) fn restore_parsed(&mut self, snapshot: StateSnapshot) -> Result<(), SnapshotError> {
        let invalid = |problem: String| Err(SnapshotError(problem));
        let organizations = snapshot.organizations;
        let max = self.settings.limits.config_bytes;
        for (id, stored) in &organizations {
            if !self.organizations.contains_key(id) {
                return invalid(format!("the emulator has no organization {id}"));
            }
            let length = stored.length();
            if length > max {
                return invalid(format!("the definitions of {id} have {length} bytes, more than the maximum of {max}"));
            }
            let missing = |configured: &&SandboxSettings| {
                stored.sandboxes.iter().all(|existing| existing.name != configured.name)
            };
            if stored.sandboxes.len() + self.settings.sandboxes.iter().filter(missing).count() > MAX_SANDBOXES {
                return invalid(format!("{id} has more than {MAX_SANDBOXES} sandboxes"));
            }
            let names: BTreeSet<&str> = stored.sandboxes.iter().map(|sandbox| sandbox.name.as_str()).collect();
            if names.len() < stored.sandboxes.len() {
                return invalid(format!("{id} has two sandboxes with the same name"));
            }
            if let Some(config) = stored.configs().find(|config| !has_deployed_definition(config)) {
                return invalid(format!("the deployed configuration {} has no deployed definition", config.uid));
            }
            for sandbox in &stored.sandboxes {
                if sandbox.capping.iter().any(|(uid, config)| *uid != config.uid) {
                    return invalid(format!(
                        "a configuration in the sandbox {} has a uid that differs from its key",
                        sandbox.name
                    ));
                }
                if sandbox.capping.len() > self.settings.limits.configs {
                    return invalid(format!("the sandbox {} has too many configurations", sandbox.name));
                }
            }
        }
        for (id, stored) in organizations {
            if let Some(organization) = self.organizations.get_mut(&id) {
                organization.restore(stored);
            }
        }
        // With the old seed, new identifiers would repeat those in the snapshot.
        self.reseed(self.settings.seed ^ self.digest());
        Ok(())
    }

    /// Hashes the stored uids with FNV-1a, which is the same in every build.
    fn digest(&self) -> u64 {
        let configs = self.organizations.values().flat_map(|organization| organization.store.configs());
        let bytes = configs.flat_map(|config| config.uid.bytes());
        bytes.fold(0xCBF2_9CE4_8422_2325, |digest, byte| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }
}

fn has_deployed_definition(config: &StoredConfig) -> bool {
    config.state != ConfigState::Deployed || config.deployed.is_some()
}
