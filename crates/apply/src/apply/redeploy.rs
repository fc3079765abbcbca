//! Replaces the live definition of a capping configuration. The engine decides the calls; see `docs/decisions/redeploy.md`.

use ajo_core::{LiveLimit, Uid, Verb};
use ajo_engine::{RedeployCall, RedeployResult, RedeployState, RedeployStep};
use ajo_limits::{LiveState, ObservedConfig, StepError, StepState};

use super::executor_state::{StepOutcome, own_error};
use super::plan_executor::PlanExecutor;
use super::service_writer::{self, can_deploy_error, step_error};

const NOT_EFFECTIVE_HINT: &str = "read the configuration back; someone else may have changed it";

const NO_LIMIT_HINT: &str = "only AJO's default cap applies; resume this apply to deploy the configuration";

const NOT_READ_BACK: &str = "the lease was lost before the result could be read back";

const NOT_READ_BACK_HINT: &str = "run `ajo plan` to see which definition is live";

/// A redeploy in progress.
struct Redeploy<'e> {
    executor: &'e PlanExecutor<'e>,
    /// The index of the change in the plan.
    change: usize,
    uid: Uid,
    /// The configuration before the first call.
    before: ObservedConfig,
    state: RedeployState,
    /// The last call, until its outcome is certain.
    pending: Option<PendingStep>,
    /// The configuration after the last call, if it was read.
    read_back: Option<ObservedConfig>,
}

struct PendingStep {
    verb: Verb,
    result: RedeployResult,
    error: Option<StepError>,
    /// Whether the response arrived after the lease was lost.
    is_late: bool,
}

impl PlanExecutor<'_> {
    /// Makes the calls of a redeploy. Cancelling waits for one that has undeployed, because no limit is live in the middle of it.
    pub(super) async fn run_redeploy(&self, change: usize) {
        let before = match self.check_precondition(change, Verb::CanDeploy).await {
            Ok(found) => found.expect("a redeployed configuration exists"),
            Err(outcome) => return self.finish_step(change, Verb::CanDeploy, *outcome),
        };
        let live = live_limit(&before, None);
        if live == LiveLimit::New {
            // The update was live at once.
            self.finish_step(change, Verb::CanDeploy, StepOutcome::done());
            return self.finish_step(
                change,
                Verb::Deploy,
                StepOutcome { response: Some(before), ..StepOutcome::done() },
            );
        }
        let state = RedeployState::default().advance(RedeployResult::Live(live));
        let (uid, pending, read_back) = (before.uid.clone(), None, None);
        Redeploy { executor: self, change, uid, before, state, pending, read_back }.run().await;
    }
}

impl Redeploy<'_> {
    async fn run(mut self) {
        loop {
            let call = match self.state.step() {
                RedeployStep::Call(RedeployCall::Get) if self.executor.lock.is_lost() => return self.record_unread(),
                RedeployStep::Call(RedeployCall::Get) => {
                    self.read().await;
                    continue;
                }
                step => {
                    self.record_pending(step);
                    let RedeployStep::Call(call) = step else { return };
                    call
                }
            };
            if self.state.is_interruptible() && self.executor.must_stop() {
                return;
            }
            let made = match call {
                RedeployCall::CanDeploy => Some(self.ask_can_deploy().await),
                RedeployCall::Undeploy => self.send(Verb::Undeploy).await,
                _ => self.send(Verb::Deploy).await,
            };
            let Some(made) = made else { return };
            self.state = self.state.advance(made.result);
            self.pending = Some(made);
            self.read_back = None;
        }
    }

    /// Reads which limit is live.
    async fn read(&mut self) {
        let api = self.executor.plan.changes[self.change].key.api;
        let result = match self.executor.reader.get(api, &self.uid).await {
            Ok(Some(found)) => {
                let live = live_limit(&found, Some(&self.before));
                self.read_back = Some(found);
                RedeployResult::Live(live)
            }
            Ok(None) => RedeployResult::Live(LiveLimit::None),
            Err(error) => {
                self.executor.stop_if_unauthorized(&error);
                if let Some(pending) = &mut self.pending {
                    pending.error.get_or_insert_with(|| step_error(&error));
                }
                RedeployResult::from(&error)
            }
        };
        self.state = self.state.advance(result);
    }

    async fn ask_can_deploy(&self) -> PendingStep {
        let api = self.executor.plan.changes[self.change].key.api;
        let (result, error) = match self.executor.reader.can_deploy(api, &self.uid).await {
            Ok(verdict) => match can_deploy_error(&verdict) {
                None => (RedeployResult::Done, None),
                error => (RedeployResult::Refused, error),
            },
            Err(error) => {
                self.executor.stop_if_unauthorized(&error);
                (RedeployResult::from(&error), Some(step_error(&error)))
            }
        };
        PendingStep { verb: Verb::CanDeploy, result, error, is_late: false }
    }

    /// Deploys or undeploys. `None` if the lease is lost, or if the journal cannot be written; a started redeploy is finished
    /// without the journal, but not without the lease.
    async fn send(&self, verb: Verb) -> Option<PendingStep> {
        let Self { executor, change, uid, .. } = self;
        if let Err(error) = executor.start_step(*change, verb).await
            && self.state.is_interruptible()
        {
            executor.finish_step(*change, verb, StepOutcome::failed(error));
            return None;
        }
        let permit = match executor.permit_write().await {
            Ok(permit) => permit,
            Err(error) => {
                executor.finish_step(*change, verb, StepOutcome::failed(error));
                return None;
            }
        };
        let api = executor.plan.changes[*change].key.api;
        let sent = match verb {
            Verb::Undeploy => service_writer::undeploy(permit, api, uid).await,
            _ => service_writer::deploy(permit, api, uid).await,
        };
        let (result, error) = match sent {
            Ok(()) => (RedeployResult::Done, None),
            Err(error) => {
                executor.stop_if_unauthorized(&error);
                (RedeployResult::from(&error), Some(step_error(&error)))
            }
        };
        Some(PendingStep { verb, result, error, is_late: executor.lock.is_lost() })
    }

    /// Records the outcome of the last call if the lease was lost before it could be read back.
    fn record_unread(&mut self) {
        let Some(PendingStep { verb, result, error, is_late }) = self.pending.take() else { return };
        let state = match result {
            RedeployResult::Refused | RedeployResult::Failed => StepState::Failed,
            _ => StepState::Unknown,
        };
        let error = error.unwrap_or_else(|| own_error(NOT_READ_BACK.to_owned(), NOT_READ_BACK_HINT));
        let outcome = StepOutcome { state, is_late, ..StepOutcome::failed(error) };
        self.executor.finish_step(self.change, verb, outcome);
    }

    /// Records the outcome of the last call, which the next step reveals.
    fn record_pending(&mut self, next: RedeployStep) {
        let Some(pending) = self.pending.take() else { return };
        let verb = pending.verb;
        let state = settled_state(&pending, next, self.read_back.as_ref());
        let outcome = if state == StepState::Done {
            let is_own = |found: &ObservedConfig| found.deploy_state.saved == self.before.deploy_state.saved;
            let response = self.read_back.take().filter(is_own);
            StepOutcome { response, is_late: pending.is_late, ..StepOutcome::done() }
        } else {
            let live = match next {
                RedeployStep::Finished(live) => Some(live).filter(|live| *live != LiveLimit::New),
                RedeployStep::Call(_) => None,
            };
            let mut error = pending.error.unwrap_or_else(|| {
                let live = live.unwrap_or(LiveLimit::Old).describe();
                own_error(format!("the service reported success, but {live}"), NOT_EFFECTIVE_HINT)
            });
            if live == Some(LiveLimit::None) {
                error.hint = Some(NO_LIMIT_HINT.to_owned());
            }
            StepOutcome { state, live, is_late: pending.is_late, ..StepOutcome::failed(error) }
        };
        self.executor.finish_step(self.change, verb, outcome);
    }
}

fn settled_state(pending: &PendingStep, next: RedeployStep, found: Option<&ObservedConfig>) -> StepState {
    let may_be_done = matches!(pending.result, RedeployResult::Done | RedeployResult::Unknown);
    match (pending.verb, next) {
        (Verb::CanDeploy, RedeployStep::Call(_)) | (Verb::Deploy, RedeployStep::Finished(LiveLimit::New)) => {
            StepState::Done
        }
        (Verb::Undeploy, RedeployStep::Call(_)) => {
            let is_undeployed = found.is_some_and(|found| !found.deploy_state.is_deployed());
            if pending.result == RedeployResult::Done || is_undeployed { StepState::Done } else { StepState::Unknown }
        }
        (Verb::Deploy | Verb::Undeploy, RedeployStep::Finished(LiveLimit::Unknown)) if may_be_done => {
            StepState::Unknown
        }
        _ => StepState::Failed,
    }
}

/// Which limit is live. `before` is the configuration before the first call.
fn live_limit(now: &ObservedConfig, before: Option<&ObservedConfig>) -> LiveLimit {
    match (&now.deploy_state.live, before.map(|before| &before.deploy_state.live)) {
        (LiveState::NotDeployed, _) => LiveLimit::None,
        (LiveState::Unknown, _) => LiveLimit::Unknown,
        (LiveState::SameAsSaved, _) if now.is_live_as_saved() => LiveLimit::New,
        // The service may normalize a definition when it deploys it, so a changed one is the new one.
        (LiveState::Differs(now), Some(LiveState::Differs(before))) if now != before => LiveLimit::New,
        (LiveState::SameAsSaved | LiveState::Differs(_), _) => LiveLimit::Old,
    }
}

#[cfg(test)]
mod tests {
    use ajo_core::CappingConfig;
    use serde_json::Value;

    use super::*;

    /// The Rust client and the npm package have the same cases.
    #[test]
    fn live_limit_is_read_as_by_clients() {
        let cases = include_str!("../../../../tests/conformance/live_limit.json");
        let cases: Vec<Value> = serde_json::from_str(cases).expect("cases");
        for case in &cases {
            let config = |name: &str| -> Option<ObservedConfig> {
                let json = case.get(name)?.clone();
                let config: CappingConfig = serde_json::from_value(json).expect("a configuration");
                Some(ObservedConfig::from(&config))
            };
            let live = match live_limit(&config("now").expect("now"), config("before").as_ref()) {
                LiveLimit::Unknown => "hidden",
                live => live.as_str(),
            };
            assert_eq!(case["live"], live, "{}", case["case"]);
        }
    }
}
