//! The configurations that exist before a create call, so that one that someone else created is not created twice.

use std::collections::BTreeMap;
use std::time::Duration;

use ajo_core::{Api, Uid};
use ajo_limits::{ConfigKey, StepError};

use super::plan_executor::PlanExecutor;
use super::service_writer::step_error;

/// The last list of each API.
#[derive(Default)]
pub(super) struct ExistingConfigs(BTreeMap<Api, ListedConfigs>);

struct ListedConfigs {
    /// The last renewal of the lease before the list.
    renewal: Option<Duration>,
    configs: Result<BTreeMap<ConfigKey, Vec<Uid>>, StepError>,
}

impl ExistingConfigs {
    fn is_current(&self, api: Api, renewal: Option<Duration>) -> bool {
        self.0.get(&api).is_some_and(|listed| listed.renewal >= renewal)
    }
}

impl PlanExecutor<'_> {
    /// Whether the API was listed after this renewal of the lease.
    pub(super) async fn is_listed(&self, api: Api, renewal: Option<Duration>) -> bool {
        self.existing.lock().await.is_current(api, renewal)
    }

    /// A configuration with this key that this apply has not created. Lists the API unless it was listed after the last renewal
    /// of the lease; concurrent callers share one list.
    pub(super) async fn find_existing(&self, api: Api, key: &ConfigKey) -> Result<Option<Uid>, StepError> {
        let renewal = self.permit_write().await?.renewal;
        let mut existing = self.existing.lock().await;
        if !existing.is_current(api, renewal) {
            let configs = self.list_by_key(api).await;
            existing.0.insert(api, ListedConfigs { renewal, configs });
        }
        let listed = existing.0[&api].configs.as_ref().map_err(Clone::clone)?;
        let state = self.lock_state();
        Ok(listed.get(key).and_then(|uids| uids.iter().find(|uid| !state.has_created(uid))).cloned())
    }

    async fn list_by_key(&self, api: Api) -> Result<BTreeMap<ConfigKey, Vec<Uid>>, StepError> {
        let observed = self.reader.list(api).await.map_err(|error| {
            self.stop_if_unauthorized(&error);
            step_error(&error)
        })?;
        let mut configs = BTreeMap::<ConfigKey, Vec<Uid>>::new();
        for found in observed.configs {
            configs.entry(found.key()).or_default().push(found.uid);
        }
        Ok(configs)
    }
}
