//! Checks each configuration just before it is changed.

use ajo_core::Verb;
use ajo_limits::{ObservedConfig, StepError};

use super::executor_state::{ChangeProgress, own_error};
use super::plan_executor::PlanExecutor;
use super::service_writer::step_error;

const PLAN_AGAIN_HINT: &str = "this call was not made; run `ajo plan` again to see the current state";

impl PlanExecutor<'_> {
    /// Reads the configuration again: it must be as the plan saw it, or as this apply left it. `None` before it is created.
    pub(super) async fn check_precondition(
        &self,
        index: usize,
        step: Verb,
    ) -> Result<Option<ObservedConfig>, StepError> {
        let change = &self.plan.changes[index];
        let ChangeProgress { uid, deploy_state, last_modified_at, .. } = self.lock_state().progress(index).clone();
        if step == Verb::Create {
            let existing = self.lock_state().existing_keys.get(&change.key).cloned();
            return existing.map_or(Ok(None), |uid| {
                Err(own_error(format!("someone else created it after the plan was made: {uid}"), PLAN_AGAIN_HINT))
            });
        }
        let Some(uid) = uid else { return Ok(None) };
        let found = self.reader.get(change.key.api, &uid).await.map_err(|error| {
            self.stop_if_unauthorized(&error);
            step_error(&error)
        })?;
        let Some(found) = found else {
            return Err(own_error("someone else deleted it after the plan was made".to_owned(), PLAN_AGAIN_HINT));
        };
        let unedited = last_modified_at.is_none() || last_modified_at == found.last_modified_at;
        if deploy_state.as_ref() != Some(&*change.deploy_state_of(&found)) || !unedited {
            let editor = found.last_modified_by.as_deref().filter(|_| !unedited).unwrap_or("someone else");
            return Err(own_error(format!("{editor} changed it after the plan was made"), PLAN_AGAIN_HINT));
        }
        // They are sent, so they contain the values.
        let mut unknown_fields = found.unknown_fields.clone();
        self.reader.secrets().values().expand_fields(&mut unknown_fields);
        self.lock_state().progress_mut(index).unknown_fields = unknown_fields;
        Ok(Some(found))
    }
}
