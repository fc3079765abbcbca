//! The configurations of the service.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ajo_core::object_schema;
use ajo_core::{Api, CappingConfig, ConfigMetadata, ConfigState, ThrottlingConfig, Uid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::definition_fields::request_body_schema;
use super::unknown_fields::{collect_unknown_fields, select_fields};
use crate::{ConfigDefinition, ConfigKey, DeployState, LiveState, SecretSalt};

/// All configurations that the service lists for a sandbox: its capping configurations and the organization's throttling
/// configuration.
///
/// A list can be wrong, so it proves no absence: `absent`, `unlisted`, and `contradictory` are the results of reading the
/// managed configurations that it lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedLimits {
    /// The configurations, sorted by UID, each once.
    pub configs: Vec<ObservedConfig>,
    /// Configurations that do not exist: the authoring service responded 404 to `get`.
    pub absent: BTreeSet<Uid>,
    /// Configurations that exist although the list lacks them. They are in `configs`.
    pub unlisted: BTreeSet<Uid>,
    /// Configurations that the list has twice, with different content.
    pub contradictory: BTreeSet<Uid>,
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
    /// Unknown fields of the saved definition. An update preserves them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub unknown_fields: Map<String, Value>,
    /// Unknown fields of the live definition, if it is not the saved one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_unknown_fields: Option<Map<String, Value>>,
}

impl ObservedLimits {
    /// Builds the limits from the responses to the two `list` calls.
    pub fn new(capping: &[CappingConfig], throttling: &[ThrottlingConfig]) -> Self {
        let capping = capping.iter().map(ObservedConfig::from);
        Self::from_list(capping.chain(throttling.iter().map(ObservedConfig::from)).collect())
    }

    /// Builds the limits from the lists of the service, in any order.
    pub fn from_list(mut configs: Vec<ObservedConfig>) -> Self {
        configs.sort_by(|one, other| one.uid.cmp(&other.uid));
        let mut contradictory = BTreeSet::new();
        configs.dedup_by(|other, first| {
            let is_repeated = other.uid == first.uid;
            if is_repeated && other != first {
                contradictory.insert(first.uid.clone());
            }
            is_repeated
        });
        Self { configs, contradictory, ..Self::default() }
    }

    /// Adds the result of a `get`: the configuration, or `None` if the authoring service responded 404.
    pub fn insert_read(&mut self, uid: &Uid, found: Option<ObservedConfig>) {
        match (self.configs.binary_search_by(|known| known.uid.cmp(uid)), found) {
            (Ok(index), Some(found)) => self.configs[index] = found,
            (Ok(index), None) => {
                self.configs.remove(index);
                self.absent.insert(uid.clone());
            }
            (Err(index), Some(found)) => {
                self.unlisted.insert(uid.clone());
                self.configs.insert(index, found);
            }
            (Err(_), None) => {
                self.absent.insert(uid.clone());
            }
        }
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

    /// Whether the saved definition is live, unknown fields included.
    pub fn is_live_as_saved(&self) -> bool {
        self.deploy_state.live == LiveState::SameAsSaved
            && self.live_unknown_fields.as_ref().is_none_or(|live| *live == self.unknown_fields)
    }

    /// The deploy state as a file with this definition describes it: of the fields that are not in the specification, only
    /// the ones that the file sets are compared.
    pub fn deploy_state_for(&self, wanted: &ConfigDefinition) -> Cow<'_, DeployState> {
        self.deploy_state_with(&wanted.extra_paths())
    }

    /// The deploy state, including the unknown fields at these JSON pointers.
    pub(crate) fn deploy_state_with(&self, paths: &[String]) -> Cow<'_, DeployState> {
        if paths.is_empty() {
            return Cow::Borrowed(&self.deploy_state);
        }
        let DeployState { saved, live } = self.deploy_state.clone();
        let live_extra = self.live_unknown_fields.as_ref().map(|fields| select_fields(fields, paths));
        let saved_extra = select_fields(&self.unknown_fields, paths);
        let live = match (live, live_extra) {
            (LiveState::SameAsSaved, Some(extra)) => Some(saved.clone().with_extra(extra)),
            (LiveState::Differs(definition), extra) => {
                Some(definition.with_extra(extra.unwrap_or_else(|| saved_extra.clone())))
            }
            (live, _) => return Cow::Owned(DeployState { saved: saved.with_extra(saved_extra), live }),
        };
        Cow::Owned(DeployState::new(saved.with_extra(saved_extra), live))
    }

    /// Whether its definitions contain secrets.
    pub fn has_secrets(&self) -> bool {
        self.deploy_state.has_secrets()
    }

    /// The configuration with this salt for the HMACs of its secrets.
    #[must_use]
    pub fn with_salt(self, salt: Option<SecretSalt>) -> Self {
        Self { deploy_state: self.deploy_state.with_salt(salt), ..self }
    }

    fn new(uid: &Uid, deploy_state: DeployState, metadata: Option<&ConfigMetadata>, json: &Map<String, Value>) -> Self {
        let api = deploy_state.saved.api();
        Self {
            uid: uid.clone(),
            last_modified_by: metadata.and_then(|metadata| metadata.last_modified_by.clone()),
            last_modified_at: metadata.and_then(|metadata| metadata.last_modified_at.clone()),
            unknown_fields: collect_unknown_fields(request_body_schema(api), object_schema::config(api), json),
            live_unknown_fields: None,
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
        let found = Self::new(&config.uid, deploy_state, config.metadata.as_ref(), &json);
        // Whether `deployedConfig` contains unknown fields is unknown, so `state` decides whether the saved ones are live.
        let is_updated = deployed && config.state != Some(ConfigState::Deployed);
        let live_unknown_fields = config.deployed_config.as_ref().filter(|_| is_updated).map(|definition| {
            let sent = request_body_schema(Api::Capping);
            let mut unknown = collect_unknown_fields(sent, &object_schema::DEPLOYED_CAPPING, &to_json(definition));
            // A published sample of `deployedConfig` has `id` instead of `uid`.
            unknown.remove("id");
            unknown
        });
        Self { live_unknown_fields, ..found }
    }
}

impl From<&ThrottlingConfig> for ObservedConfig {
    fn from(config: &ThrottlingConfig) -> Self {
        let json = to_json(config);
        let deployed = is_deployed(config.has_been_deployed, config.state.as_ref());
        // Changes of a deployed throttling configuration are live at once (documented).
        let saved = ConfigDefinition::from_observed(Api::Throttling, &json);
        let deploy_state = DeployState::from_desired(saved, deployed);
        Self::new(&config.uid, deploy_state, config.metadata.as_ref(), &json)
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
