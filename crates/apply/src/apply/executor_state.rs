//! Shared by the calls of an apply: the progress of each change.

use ajo_core::{LiveLimit, Uid};
use ajo_limits::{ConfigChange, DeployState, ObservedConfig, Plan, StepError, StepState};
use ajo_state::StateError;
use serde_json::{Map, Value};

use super::late_request::LateRequest;

/// Shared by all calls of an apply.
pub(super) struct ExecutorState {
    /// The progress of each change, by its index in the plan.
    progress: Vec<ChangeProgress>,
    /// No further call is started.
    pub(super) is_stopped: bool,
    /// Why the lease was lost.
    pub(super) lease_error: Option<StateError>,
    pub(super) late_requests: Vec<LateRequest>,
}

/// The progress of one change.
#[derive(Clone)]
pub(super) struct ChangeProgress {
    pub(super) uid: Option<Uid>,
    is_created: bool,
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
    /// Whether the response arrived after the lease was lost.
    pub(super) is_late: bool,
}

impl ExecutorState {
    pub(super) fn new(plan: &Plan) -> Self {
        let progress = |change: &ConfigChange| ChangeProgress {
            uid: change.uid.clone(),
            is_created: false,
            deploy_state: change.before.clone(),
            last_modified_at: change.last_modified_at.clone(),
            unknown_fields: Map::new(),
            has_failed: false,
        };
        Self {
            progress: plan.changes.iter().map(progress).collect(),
            is_stopped: false,
            lease_error: None,
            late_requests: Vec::new(),
        }
    }

    /// Whether this apply has created the configuration.
    pub(super) fn has_created(&self, uid: &Uid) -> bool {
        self.progress.iter().any(|progress| progress.is_created && progress.uid.as_ref() == Some(uid))
    }

    pub(super) fn progress(&self, change: usize) -> &ChangeProgress {
        &self.progress[change]
    }

    /// Records the UID of a created configuration.
    pub(super) fn set_created(&mut self, change: usize, uid: Uid) {
        let progress = self.progress_mut(change);
        progress.uid = Some(uid);
        progress.is_created = true;
    }

    pub(super) fn progress_mut(&mut self, change: usize) -> &mut ChangeProgress {
        &mut self.progress[change]
    }
}

impl StepOutcome {
    pub(super) const fn done() -> Self {
        Self { state: StepState::Done, uid: None, response: None, error: None, live: None, is_late: false }
    }

    pub(super) fn failed(error: StepError) -> Self {
        Self { state: StepState::Failed, error: Some(error), ..Self::done() }
    }
}

/// An error of this apply, not of the service.
pub(super) fn own_error(message: String, hint: &str) -> StepError {
    StepError { message, hint: Some(hint.to_owned()), code: None, status: None, request_id: None }
}
