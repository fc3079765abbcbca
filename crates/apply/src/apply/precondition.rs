//! Checks each configuration just before it is changed.

use ajo_core::{LiveLimit, Verb};
use ajo_limits::{ConfigChange, DeployState, ObservedConfig};

use super::executor_state::{ChangeProgress, StepOutcome, own_error};
use super::plan_executor::PlanExecutor;
use super::service_writer::step_error;

const PLAN_AGAIN_HINT: &str = "this call was not made; run `ajo plan` again to see the current state";

impl PlanExecutor<'_> {
    /// Reads the configuration again: it must be as the plan saw it, or as this apply left it. `None` before it is created:
    /// then there must be no other one with this key.
    pub(super) async fn check_precondition(
        &self,
        index: usize,
        step: Verb,
    ) -> Result<Option<ObservedConfig>, Box<StepOutcome>> {
        let change = &self.plan.changes[index];
        let failed = |message: String, live| {
            let error = own_error(message, PLAN_AGAIN_HINT);
            Err(Box::new(StepOutcome { live, ..StepOutcome::failed(error) }))
        };
        let ChangeProgress { uid, deploy_state, last_modified_at, .. } = self.lock_state().progress(index).clone();
        if step == Verb::Create {
            return match self.find_existing(change.key.api, &change.key).await {
                Ok(None) => Ok(None),
                Ok(Some(uid)) => failed(format!("someone else created it after the plan was made: {uid}"), None),
                Err(error) => Err(Box::new(StepOutcome::failed(error))),
            };
        }
        let Some(uid) = uid else { return Ok(None) };
        let found = self.reader.get(change.key.api, &uid).await.map_err(|error| {
            self.stop_if_unauthorized(&error);
            Box::new(StepOutcome::failed(step_error(&error)))
        })?;
        let Some(found) = found else {
            let live = change.is_redeployed().then_some(LiveLimit::None);
            return failed("someone else deleted it after the plan was made".to_owned(), live);
        };
        let unedited = last_modified_at.is_none() || last_modified_at == found.last_modified_at;
        if deploy_state.as_ref() != Some(&*change.deploy_state_of(&found)) || !unedited {
            let editor = found.last_modified_by.as_deref().filter(|_| !unedited).unwrap_or("someone else");
            let live = change.is_redeployed().then(|| live_limit(change, &found.deploy_state));
            return failed(format!("{editor} changed it after the plan was made"), live);
        }
        // They are sent, so they contain the values.
        let mut unknown_fields = found.unknown_fields.clone();
        self.reader.secrets().values().expand_fields(&mut unknown_fields);
        self.lock_state().progress_mut(index).unknown_fields = unknown_fields;
        Ok(Some(found))
    }
}

/// Which limit is live after an edit by someone else. Their own limit counts as unknown.
fn live_limit(change: &ConfigChange, now: &DeployState) -> LiveLimit {
    let before = change.before.as_ref().and_then(DeployState::live_definition);
    match now.live_definition() {
        None if !now.is_deployed() => LiveLimit::None,
        Some(live) if Some(live) == before => LiveLimit::Old,
        _ => LiveLimit::Unknown,
    }
}
