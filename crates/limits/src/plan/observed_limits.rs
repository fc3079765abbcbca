//! The configurations of the service.

use ajo_core::object_schema::{self, ObjectSchema};
use ajo_core::{Api, CappingConfig, ConfigMetadata, ConfigState, ThrottlingConfig, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::definition_fields::request_body_schema;
use super::unknown_fields::collect_unknown_fields;
use crate::{ConfigDefinition, ConfigKey, DeployState, LiveState};

/// All configurations that the service lists for a sandbox: its capping configurations and the organization's throttling
/// configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedLimits {
    /// The configurations, sorted by UID.
    pub configs: Vec<ObservedConfig>,
}

/// One configuration of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObservedConfig {
    /// The UID.
    #[schemars(with = "String")]
    pub uid: Uid,
    /// The deploy state.
    #[serde(flatten)]
    pub deploy_state: DeployState,
    /// Who last edited it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// When it was last edited, as returned by the service; the only version marker of a configuration (documented).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_at: Option<String>,
    /// Unknown fields of the definition. An update preserves them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub unknown_fields: Map<String, Value>,
}

impl ObservedLimits {
    /// Builds the limits from the responses to the two `list` calls.
    pub fn new(capping: &[CappingConfig], throttling: &[ThrottlingConfig]) -> Self {
        let capping = capping.iter().map(ObservedConfig::from);
        let mut configs: Vec<ObservedConfig> = capping.chain(throttling.iter().map(ObservedConfig::from)).collect();
        configs.sort_by(|one, other| one.uid.cmp(&other.uid));
        Self { configs }
    }

    /// The configuration with this UID.
    pub fn get(&self, uid: &Uid) -> Option<&ObservedConfig> {
        self.configs.binary_search_by(|found| found.uid.cmp(uid)).ok().map(|index| &self.configs[index])
    }
}

impl ObservedConfig {
    /// The key.
    pub fn key(&self) -> ConfigKey {
        self.deploy_state.saved.key()
    }

    fn new(
        uid: &Uid,
        deploy_state: DeployState,
        metadata: Option<&ConfigMetadata>,
        config: &ObjectSchema,
        json: &Map<String, Value>,
    ) -> Self {
        Self {
            uid: uid.clone(),
            last_modified_by: metadata.and_then(|metadata| metadata.last_modified_by.clone()),
            last_modified_at: metadata.and_then(|metadata| metadata.last_modified_at.clone()),
            unknown_fields: collect_unknown_fields(request_body_schema(deploy_state.saved.api()), config, json),
            deploy_state,
        }
    }
}

impl From<&CappingConfig> for ObservedConfig {
    fn from(config: &CappingConfig) -> Self {
        let json = to_json(config);
        let saved = ConfigDefinition::from_observed(Api::Capping, &json);
        let deployed = is_deployed(config.has_been_deployed, config.state.as_ref());
        let deploy_state = match (deployed, &config.deployed_config) {
            (false, _) => DeployState::new(saved, None),
            (true, Some(definition)) => {
                DeployState::new(saved, Some(ConfigDefinition::from_observed(Api::Capping, &to_json(definition))))
            }
            // Any change turns the state `deployed` into `updated`, so the saved definition is live.
            (true, None) if config.state == Some(ConfigState::Deployed) => {
                DeployState { saved, live: LiveState::SameAsSaved }
            }
            (true, None) => DeployState { saved, live: LiveState::Unknown },
        };
        Self::new(&config.uid, deploy_state, config.metadata.as_ref(), &object_schema::CAPPING_CONFIG, &json)
    }
}

impl From<&ThrottlingConfig> for ObservedConfig {
    fn from(config: &ThrottlingConfig) -> Self {
        let json = to_json(config);
        let deployed = is_deployed(config.has_been_deployed, config.state.as_ref());
        // Changes of a deployed throttling configuration are live at once (documented).
        let saved = ConfigDefinition::from_observed(Api::Throttling, &json);
        let deploy_state = DeployState::from_desired(saved, deployed);
        Self::new(&config.uid, deploy_state, config.metadata.as_ref(), &object_schema::THROTTLING_CONFIG, &json)
    }
}

/// `hasBeenDeployed` becomes false on undeploy (documented); if it is missing, `state` decides.
fn is_deployed(has_been_deployed: Option<bool>, state: Option<&ConfigState>) -> bool {
    has_been_deployed.unwrap_or(state == Some(&ConfigState::Deployed))
}

fn to_json(config: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(config) {
        Ok(Value::Object(json)) => json,
        _ => Map::new(),
    }
}
