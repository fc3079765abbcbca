//! The configurations that exist before a create call, so that one that someone else created is not created twice.

use std::collections::BTreeMap;
use std::time::Duration;

use ajo_core::{Api, Uid};
use ajo_limits::{ConfigKey, StepError};

/// The last list of each API.
#[derive(Default)]
pub(super) struct ExistingConfigs(BTreeMap<Api, ListedConfigs>);

struct ListedConfigs {
    /// The last renewal of the lease before the list.
    renewal: Option<Duration>,
    configs: Result<ConfigsByKey, StepError>,
}

/// The UIDs of an API's configurations.
pub(super) type ConfigsByKey = BTreeMap<ConfigKey, Vec<Uid>>;

impl ExistingConfigs {
    /// Whether the API was listed after this renewal of the lease.
    pub(super) fn is_current(&self, api: Api, renewal: Option<Duration>) -> bool {
        self.0.get(&api).is_some_and(|listed| listed.renewal >= renewal)
    }

    /// Records a list, or why it failed.
    pub(super) fn insert(&mut self, api: Api, renewal: Option<Duration>, configs: Result<ConfigsByKey, StepError>) {
        self.0.insert(api, ListedConfigs { renewal, configs });
    }

    /// The UIDs with this key, if the API was listed.
    pub(super) fn find(&self, api: Api, key: &ConfigKey) -> Result<&[Uid], StepError> {
        let Some(listed) = self.0.get(&api) else { return Ok(&[]) };
        let configs = listed.configs.as_ref().map_err(Clone::clone)?;
        Ok(configs.get(key).map_or(&[], Vec::as_slice))
    }
}
