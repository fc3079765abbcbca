//! What the service has.

use ajo_core::schema::{self, Object};
use ajo_core::{Api, CappingConfig, ConfigMetadata, ConfigState, ThrottlingConfig, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fields::schema_of;
use super::unknown_fields::unknown_fields;
use crate::{Definition, InForce, Key, Standing};

/// Every configuration that the service lists for a sandbox: those of capping, and that of throttling, which is the whole
/// organization's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The configurations, in the order of their uids.
    pub configs: Vec<Found>,
}

/// One configuration as the service keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Its identifier.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
    /// Who edited it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// When, in the service's own words: the only marker of a version that there is (documented).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
    /// Fields of its definition that this version does not know. An update keeps them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub unknown_fields: Map<String, Value>,
}

impl Observed {
    /// From what the two lists answer.
    pub fn new(capping: &[CappingConfig], throttling: &[ThrottlingConfig]) -> Self {
        let capping = capping.iter().map(Found::from);
        let mut configs: Vec<Found> = capping.chain(throttling.iter().map(Found::from)).collect();
        configs.sort_by(|one, other| one.uid.cmp(&other.uid));
        Self { configs }
    }

    /// The one with this uid.
    pub fn get(&self, uid: &Uid) -> Option<&Found> {
        self.configs.binary_search_by(|found| found.uid.cmp(uid)).ok().map(|index| &self.configs[index])
    }
}

impl Found {
    /// What it is known by.
    pub fn key(&self) -> Key {
        self.standing.saved.key()
    }

    fn new(
        uid: &Uid,
        standing: Standing,
        metadata: Option<&ConfigMetadata>,
        config: &Object,
        json: &Map<String, Value>,
    ) -> Self {
        Self {
            uid: uid.clone(),
            last_modified_by: metadata.and_then(|metadata| metadata.last_modified_by.clone()),
            last_modified_at: metadata.and_then(|metadata| metadata.last_modified_at.clone()),
            unknown_fields: unknown_fields(schema_of(standing.saved.api()), config, json),
            standing,
        }
    }
}

impl From<&CappingConfig> for Found {
    fn from(config: &CappingConfig) -> Self {
        let json = to_json(config);
        let saved = Definition::observed(Api::Capping, &json);
        let deployed = deployed(config.has_been_deployed, config.state.as_ref());
        let standing = match (deployed, &config.deployed_config) {
            (false, _) => Standing::of(saved, None),
            (true, Some(definition)) => {
                Standing::of(saved, Some(Definition::observed(Api::Capping, &to_json(definition))))
            }
            // `deployed` is left for `updated` by any change, so nothing was changed since.
            (true, None) if config.state == Some(ConfigState::Deployed) => Standing { saved, in_force: InForce::Saved },
            (true, None) => Standing { saved, in_force: InForce::Unknown },
        };
        Self::new(&config.uid, standing, config.metadata.as_ref(), &schema::CAPPING_CONFIG, &json)
    }
}

impl From<&ThrottlingConfig> for Found {
    fn from(config: &ThrottlingConfig) -> Self {
        let json = to_json(config);
        let deployed = deployed(config.has_been_deployed, config.state.as_ref());
        // What is saved of a deployed one is in force at once (documented).
        let standing = Standing::wanted(Definition::observed(Api::Throttling, &json), deployed);
        Self::new(&config.uid, standing, config.metadata.as_ref(), &schema::THROTTLING_CONFIG, &json)
    }
}

/// `hasBeenDeployed` is false again after undeploy (documented); the state says it where that is missing.
fn deployed(has_been_deployed: Option<bool>, state: Option<&ConfigState>) -> bool {
    has_been_deployed.unwrap_or(state == Some(&ConfigState::Deployed))
}

fn to_json(config: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(config) {
        Ok(Value::Object(json)) => json,
        _ => Map::new(),
    }
}
