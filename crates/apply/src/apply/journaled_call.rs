//! Records the calls of an apply in its journal.

use ajo_core::Verb;
use ajo_limits::{DeployState, JournalEntry, ObservedConfig, StepError, StepState};

use super::executor_state::{StepOutcome, own_error};
use super::late_request::LateRequest;
use super::plan_executor::PlanExecutor;

const JOURNAL_HINT: &str = "this call was not made; correct the cause, then plan and apply";

impl PlanExecutor<'_> {
    /// Records that a call is about to be sent.
    ///
    /// # Errors
    ///
    /// The journal cannot be written, so the call must not be made, except to finish a redeploy.
    pub(super) async fn start_step(&self, index: usize, step: Verb) -> Result<(), StepError> {
        if self.journal.append_durably(JournalEntry::Started { change: index, step }).await {
            Ok(())
        } else {
            let cause = self.journal.error().unwrap_or_default();
            Err(own_error(format!("the journal cannot be written: {cause}"), JOURNAL_HINT))
        }
    }

    /// Records the outcome of a call.
    pub(super) fn finish_step(&self, index: usize, step: Verb, outcome: StepOutcome) {
        let change = &self.plan.changes[index];
        let StepOutcome { state, uid, response, error, live, is_late } = outcome;
        {
            let mut shared = self.lock_state();
            if let Some(uid) = &uid {
                shared.set_created(index, uid.clone());
            }
            if is_late {
                let uid = shared.progress(index).uid.clone();
                shared.late_requests.push(LateRequest { key: change.key.clone(), uid, step, state });
            }
            let progress = shared.progress_mut(index);
            progress.has_failed |= state != StepState::Done;
            if state == StepState::Done && step != Verb::CanDeploy {
                progress.last_modified_at = None;
                progress.deploy_state = match (&response, &progress.deploy_state, &change.after) {
                    (Some(response), ..) => Some(change.deploy_state_of(response).into_owned()),
                    (None, None, Some(after)) => Some(DeployState::from_desired(after.saved.clone(), false)),
                    (None, Some(now), Some(after)) => Some(now.after_call(step, &after.saved)),
                    (None, now, None) => now.as_ref().map(|now| now.after_call(step, &now.saved)),
                };
            }
        }
        let salt = change.after.as_ref().and_then(|after| after.saved.salt());
        let response = response.map(|response| Box::new(response.with_salt(salt)));
        let response = response.filter(|response| self.is_free_of_secrets(response));
        let error = error.map(|error| self.redact_error(error));
        self.journal.append(JournalEntry::Finished { change: index, step, state, uid, response, error, live });
        self.observer.step_finished(change, step, state);
    }

    fn redact_error(&self, error: StepError) -> StepError {
        let redact = |text| self.observer.redact(text);
        StepError {
            message: redact(error.message),
            hint: error.hint.map(redact),
            code: error.code.map(redact),
            request_id: error.request_id.map(redact),
            status: error.status,
        }
    }

    /// Without the response, the journal still tells that the call was done.
    fn is_free_of_secrets(&self, response: &ObservedConfig) -> bool {
        let text = serde_json::to_string(response).expect("strings, numbers, and lists");
        self.observer.redact(text.clone()) == text
    }
}
