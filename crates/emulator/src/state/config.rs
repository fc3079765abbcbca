//! A stored configuration and its life cycle, the same for both APIs.

use ajo_engine::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use crate::state::definition::StoredDefinition;
use crate::state::rfc3339::format_rfc3339;

/// The state in the life cycle of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConfigState {
    Created,
    Updated,
    Deployed,
}

impl ConfigState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deployed => "deployed",
        }
    }
}

/// The user and time of a change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditStamp {
    pub(crate) by: String,
    #[serde(with = "millis")]
    pub(crate) at: Timestamp,
}

/// Snapshot format of timestamps: milliseconds since the epoch.
mod millis {
    use ajo_engine::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so; on wasm32 it is large enough")]
    pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(at.as_millis())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        u64::deserialize(deserializer).map(Timestamp::from_millis)
    }
}

/// A stored configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StoredConfig {
    pub(crate) uid: String,
    pub(crate) definition: StoredDefinition,
    pub(crate) state: ConfigState,
    /// The deployed definition; `Some` exactly while the configuration is deployed.
    pub(crate) deployed: Option<StoredDefinition>,
    before_deploy: ConfigState,
    created: AuditStamp,
    modified: AuditStamp,
    last_deployed: Option<AuditStamp>,
}

impl StoredConfig {
    pub(crate) fn new(uid: String, definition: StoredDefinition, stamp: AuditStamp) -> Self {
        Self {
            uid,
            definition,
            state: ConfigState::Created,
            deployed: None,
            before_deploy: ConfigState::Created,
            created: stamp.clone(),
            modified: stamp,
            last_deployed: None,
        }
    }

    /// Overwrites the definition. The deployed definition stays.
    pub(crate) fn update(&mut self, definition: StoredDefinition, stamp: AuditStamp) {
        self.definition = definition;
        self.state = ConfigState::Updated;
        self.modified = stamp;
    }

    /// Deploys the current definition.
    pub(crate) fn deploy(&mut self, stamp: AuditStamp) {
        if self.state != ConfigState::Deployed {
            self.before_deploy = self.state;
        }
        self.state = ConfigState::Deployed;
        self.deployed = Some(self.definition.clone());
        self.last_deployed = Some(stamp);
    }

    /// Returns to the state before the deployment. Inferred: a configuration updated after its deployment stays `updated`.
    pub(crate) fn undeploy(&mut self) {
        if self.state == ConfigState::Deployed {
            self.state = self.before_deploy;
        }
        self.deployed = None;
    }

    /// The length of the saved and deployed definitions, in bytes of JSON.
    pub(crate) fn length(&self) -> usize {
        self.definition.length() + self.deployed.as_ref().map_or(0, StoredDefinition::length)
    }

    /// Whether it was ever deployed.
    pub(crate) const fn was_deployed(&self) -> bool {
        self.last_deployed.is_some()
    }

    pub(crate) const fn metadata(&self) -> ConfigMetadata<'_> {
        ConfigMetadata(self)
    }
}

/// The metadata of a configuration, as the service shows it.
pub(crate) struct ConfigMetadata<'c>(&'c StoredConfig);

impl ConfigMetadata<'_> {
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'static str, String)> {
        let StoredConfig { created, modified, last_deployed, .. } = self.0;
        [
            (["createdBy", "createdById", "createdAt"], Some(created)),
            (["lastModifiedBy", "lastModifiedById", "lastModifiedAt"], Some(modified)),
            (["lastDeployedBy", "lastDeployedById", "lastDeployedAt"], last_deployed.as_ref()),
        ]
        .into_iter()
        .filter_map(|(names, stamp)| stamp.map(|stamp| (names, stamp)))
        .flat_map(|([by_name, id_name, at_name], AuditStamp { by, at })| {
            [(by_name, by.clone()), (id_name, [by, "@techacct.adobe.com"].concat()), (at_name, format_rfc3339(*at))]
        })
    }
}

impl Serialize for ConfigMetadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn stamp() -> AuditStamp {
        AuditStamp { by: "me".to_owned(), at: Timestamp::from_millis(1_583_778_112_432) }
    }

    fn nothing() -> StoredDefinition {
        StoredDefinition::new(Map::new())
    }

    fn config() -> StoredConfig {
        StoredConfig::new("u".to_owned(), nothing(), stamp())
    }

    #[test]
    fn undeploy_restores_previous_state() {
        let mut config = config();
        config.deploy(stamp());
        config.deploy(stamp());
        config.undeploy();
        assert_eq!(config.state, ConfigState::Created);
        config.update(nothing(), stamp());
        config.deploy(stamp());
        config.undeploy();
        assert_eq!(config.state, ConfigState::Updated);
        config.undeploy();
        assert_eq!(config.state, ConfigState::Updated);
    }

    #[test]
    fn update_leaves_deployed_definition() {
        let mut config = config();
        config.deploy(stamp());
        config.update(StoredDefinition::new(Map::from_iter([("url".to_owned(), json!("new"))])), stamp());
        assert_eq!((config.state, config.deployed), (ConfigState::Updated, Some(nothing())));
    }

    #[test]
    fn metadata_has_service_timestamps() {
        let metadata = json!(config().metadata());
        assert_eq!(metadata["createdAt"], "2020-03-09T18:21:52.432000Z");
        assert!(metadata.get("lastDeployedAt").is_none());
    }
}
