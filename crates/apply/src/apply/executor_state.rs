//! Shared by the calls of an apply: the progress of each change.

use std::collections::BTreeMap;

use ajo_core::{LiveLimit, Uid};
use ajo_limits::{ConfigChange, ConfigKey, DeployState, ObservedConfig, Plan, StepError, StepState};
use serde_json::{Map, Value};

/// Shared by all calls of an apply.
pub(super) struct ExecutorState {
    /// The progress of each change, by its index in the plan.
    progress: Vec<ChangeProgress>,
    /// No further call is started.
    pub(super) is_stopped: bool,
    /// The configurations that exist just before the first create call.
    pub(super) existing_keys: BTreeMap<ConfigKey, Uid>,
}

/// The progress of one change.
#[derive(Clone)]
pub(super) struct ChangeProgress {
    pub(super) uid: Option<Uid>,
    /// The expected deploy state: as planned, or as the service returned it after the last call of this apply.
    pub(super) deploy_state: Option<DeployState>,
    /// The last edit according to the service; only set before the first call of this apply.
    pub(super) last_modified_at: Option<String>,
    /// Unknown fields, read just before the call. An update sends them back.
    pub(super) unknown_fields: Map<String, Value>,
    pub(super) has_failed: bool,
}

/// How a call ended.
pub(super) struct StepOutcome {
    pub(super) state: StepState,
    /// The UID of a created configuration.
    pub(super) uid: Option<Uid>,
    /// The configuration after the call.
    pub(super) response: Option<ObservedConfig>,
    pub(super) error: Option<StepError>,
    /// Which limit is live, if a redeploy ended without the new limit.
    pub(super) live: Option<LiveLimit>,
}

impl ExecutorState {
    pub(super) fn new(plan: &Plan) -> Self {
        let progress = |change: &ConfigChange| ChangeProgress {
            uid: change.uid.clone(),
            deploy_state: change.before.clone(),
            last_modified_at: change.last_modified_at.clone(),
            unknown_fields: Map::new(),
            has_failed: false,
        };
        Self {
            progress: plan.changes.iter().map(progress).collect(),
            is_stopped: false,
            existing_keys: BTreeMap::new(),
        }
    }

    pub(super) fn progress(&self, change: usize) -> &ChangeProgress {
        &self.progress[change]
    }

    pub(super) fn progress_mut(&mut self, change: usize) -> &mut ChangeProgress {
        &mut self.progress[change]
    }
}

impl StepOutcome {
    pub(super) const fn done() -> Self {
        Self { state: StepState::Done, uid: None, response: None, error: None, live: None }
    }

    pub(super) fn failed(error: StepError) -> Self {
        Self { state: StepState::Failed, error: Some(error), ..Self::done() }
    }
}

/// An error of this apply, not of the service.
pub(super) fn own_error(message: String, hint: &str) -> StepError {
    StepError { message, hint: Some(hint.to_owned()), code: None, status: None, request_id: None }
}
