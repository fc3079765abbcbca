//! The models of each API under common names, for code that is the same for both.

use ajo_auth::OrgId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{
    Api, CappingConfig, CappingCreated, CappingDefinition, CappingList, CappingRead, CappingUpdated, ThrottlingConfig,
    ThrottlingCreated, ThrottlingDefinition, ThrottlingList, ThrottlingRead, ThrottlingUpdated,
};

/// The models of one API.
pub trait Models: Send + Sync {
    /// Which API.
    const API: Api;
    /// What is created and updated.
    type Definition: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What is kept.
    type Config: Serialize + Send + 'static;
    /// What `create` answers.
    type Created: Serialize + DeserializeOwned + Send + 'static;
    /// What `update` answers.
    type Updated: Serialize + DeserializeOwned + Send + 'static;
    /// What `list` answers.
    type List: DeserializeOwned + Send + 'static;
    /// What `get` answers.
    type Read: DeserializeOwned + Send + 'static;

    /// The configurations of a list.
    fn configs(list: Self::List) -> Vec<Self::Config>;

    /// The configuration that was read.
    fn config(read: Self::Read) -> Self::Config;

    /// Says whose the definition is, where it has a place for that and does not say so itself.
    fn complete(definition: &mut Self::Definition, org_id: &OrgId);
}

/// The models of capping.
#[derive(Clone, Copy, Debug)]
pub struct CappingModels;

impl Models for CappingModels {
    const API: Api = Api::Capping;
    type Definition = CappingDefinition;
    type Config = CappingConfig;
    type Created = CappingCreated;
    type Updated = CappingUpdated;
    type List = CappingList;
    type Read = CappingRead;

    fn configs(list: CappingList) -> Vec<CappingConfig> {
        list.results
    }

    fn config(read: CappingRead) -> CappingConfig {
        read.result
    }

    fn complete(definition: &mut CappingDefinition, org_id: &OrgId) {
        definition.org_id.get_or_insert_with(|| org_id.to_string());
    }
}

/// The models of throttling.
#[derive(Clone, Copy, Debug)]
pub struct ThrottlingModels;

impl Models for ThrottlingModels {
    const API: Api = Api::Throttling;
    type Definition = ThrottlingDefinition;
    type Config = ThrottlingConfig;
    type Created = ThrottlingCreated;
    type Updated = ThrottlingUpdated;
    type List = ThrottlingList;
    type Read = ThrottlingRead;

    fn configs(list: ThrottlingList) -> Vec<ThrottlingConfig> {
        list.results
    }

    fn config(read: ThrottlingRead) -> ThrottlingConfig {
        read.result
    }

    fn complete(_: &mut ThrottlingDefinition, _: &OrgId) {}
}
