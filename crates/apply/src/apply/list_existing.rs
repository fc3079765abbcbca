//! Lists the configurations that exist before a create call.

use std::time::Duration;

use ajo_core::{Api, Uid};
use ajo_limits::{ConfigKey, StepError};

use super::existing_configs::ConfigsByKey;
use super::plan_executor::PlanExecutor;
use super::service_writer::step_error;

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
            existing.insert(api, renewal, configs);
        }
        let uids = existing.find(api, key)?;
        let state = self.lock_state();
        Ok(uids.iter().find(|uid| !state.has_created(uid)).cloned())
    }

    async fn list_by_key(&self, api: Api) -> Result<ConfigsByKey, StepError> {
        let observed = self.reader.list(api).await.map_err(|error| {
            self.stop_if_unauthorized(&error);
            step_error(&error)
        })?;
        let mut configs = ConfigsByKey::new();
        for found in observed.configs {
            configs.entry(found.key()).or_default().push(found.uid);
        }
        Ok(configs)
    }
}
