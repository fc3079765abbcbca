//! What the service has.

use ajo_core::{
    AnsweredLimit, AnsweredServices, CappingConfig, ConfigMetadata, ConfigState, DeployedCapping, HttpMethod,
    ThrottlingConfig, Uid,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Capping, Definition, InForce, Key, Limit, Rating, Services, Standing, Throttling};

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

    fn new(uid: &Uid, standing: Standing, metadata: Option<&ConfigMetadata>) -> Self {
        Self {
            uid: uid.clone(),
            standing,
            last_modified_by: metadata.and_then(|metadata| metadata.last_modified_by.clone()),
            last_modified_at: metadata.and_then(|metadata| metadata.last_modified_at.clone()),
        }
    }
}

impl From<&CappingConfig> for Found {
    fn from(config: &CappingConfig) -> Self {
        let saved = Definition::from(config);
        let deployed = deployed(config.has_been_deployed, config.state.as_ref());
        let standing = match (deployed, &config.deployed_config) {
            (false, _) => Standing::of(saved, None),
            (true, Some(definition)) => Standing::of(saved, Some(definition.into())),
            // `deployed` is left for `updated` by any change, so nothing was changed since.
            (true, None) if config.state == Some(ConfigState::Deployed) => Standing { saved, in_force: InForce::Saved },
            (true, None) => Standing { saved, in_force: InForce::Unknown },
        };
        Self::new(&config.uid, standing, config.metadata.as_ref())
    }
}

impl From<&ThrottlingConfig> for Found {
    fn from(config: &ThrottlingConfig) -> Self {
        let deployed = deployed(config.has_been_deployed, config.state.as_ref());
        // What is saved of a deployed one is in force at once (documented).
        Self::new(&config.uid, Standing::wanted(config.into(), deployed), config.metadata.as_ref())
    }
}

/// `hasBeenDeployed` is false again after undeploy (documented); the state says it where that is missing.
fn deployed(has_been_deployed: Option<bool>, state: Option<&ConfigState>) -> bool {
    has_been_deployed.unwrap_or(state == Some(&ConfigState::Deployed))
}

impl From<&CappingConfig> for Definition {
    fn from(config: &CappingConfig) -> Self {
        capping(&config.url, &config.methods, config.services.as_ref())
    }
}

impl From<&DeployedCapping> for Definition {
    fn from(deployed: &DeployedCapping) -> Self {
        capping(&deployed.url, &deployed.methods, deployed.services.as_ref())
    }
}

impl From<&ThrottlingConfig> for Definition {
    fn from(config: &ThrottlingConfig) -> Self {
        let throttling = Throttling {
            name: config.name.clone(),
            description: config.description.clone(),
            url_pattern: config.url_pattern.clone(),
            methods: config.methods.iter().map(ToString::to_string).collect(),
            max_throughput: config.max_throughput,
        };
        Self::Throttling(throttling).normal()
    }
}

fn capping(url: &str, methods: &[HttpMethod], services: Option<&AnsweredServices>) -> Definition {
    let limit = |limit: &AnsweredLimit| Limit {
        max_http_connections: limit.max_http_connections,
        rating: limit
            .rating
            .as_ref()
            .map(|rating| Rating { max_calls_count: rating.max_calls_count, period_in_ms: rating.period_in_ms }),
    };
    let services = services.map_or_else(Services::default, |services| Services {
        action: services.action.as_ref().map(limit),
        data_source: services.data_source.as_ref().map(limit),
    });
    let methods = methods.iter().map(ToString::to_string).collect();
    Definition::Capping(Capping { url: url.to_owned(), methods, services }).normal()
}
