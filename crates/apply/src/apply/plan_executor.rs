//! Executes a plan.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ajo_core::{Api, CallError, Client, Uid, Verb};
use ajo_limits::{ConfigChange, DeployState, Journal, LiveState, ObservedConfig, Plan, PlanTask, StepState};
use ajo_state::{ApplyJournal, StateError, StateLock};
use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt as _};

use super::executor_state::{ExecutorState, StepOutcome, own_error};
use super::existing_configs::ExistingConfigs;
use super::late_request::LateRequest;
use super::service_reader::ServiceReader;
use super::service_writer::{self, WriteError, can_deploy_error, step_error};
use super::write_permit::WritePermit;

/// Receives progress and can cancel an apply.
pub trait ApplyObserver: Send + Sync {
    /// Called when a call has finished.
    fn step_finished(&self, change: &ConfigChange, step: Verb, state: StepState);

    /// Whether the apply must not start another call.
    fn is_cancelled(&self) -> bool;

    /// Removes secrets from a text of the service before the journal records it.
    fn redact(&self, text: String) -> String {
        text
    }
}

/// Executes a plan. Calls for one configuration are sequential; at most `concurrency` configurations are processed at a time.
/// A failed call stops work on its own configuration only. An authentication error stops the whole apply.
pub struct PlanExecutor<'a> {
    pub(super) reader: ServiceReader,
    pub(super) client: &'a Client,
    pub(super) plan: &'a Plan,
    pub(super) observer: &'a dyn ApplyObserver,
    pub(super) lock: &'a StateLock,
    pub(super) journal: ApplyJournal,
    state: Mutex<ExecutorState>,
    pub(super) existing: tokio::sync::Mutex<ExistingConfigs>,
}

/// The result of an apply.
#[derive(Debug)]
pub struct ApplyOutcome {
    /// The journal in memory, which is complete.
    pub journal: Journal,
    /// Why the apply stopped early: the lease was lost, or the journal cannot be written.
    pub error: Option<StateError>,
    /// Requests that the service may have processed after another command took the lease.
    pub late_requests: Vec<LateRequest>,
}

impl<'a> PlanExecutor<'a> {
    /// Prepares to execute `plan` with `client` under `lock`, recording every call in `journal`.
    pub fn new(
        client: &'a Client,
        plan: &'a Plan,
        lock: &'a StateLock,
        journal: ApplyJournal,
        observer: &'a dyn ApplyObserver,
    ) -> Self {
        Self {
            reader: ServiceReader::new(client),
            client,
            plan,
            observer,
            lock,
            journal,
            state: Mutex::new(ExecutorState::new(plan)),
            existing: tokio::sync::Mutex::default(),
        }
    }

    /// Reads with this reader, which knows the secrets of the plan.
    #[must_use]
    pub fn with_reader(self, reader: ServiceReader) -> Self {
        Self { reader, ..self }
    }

    /// Makes the calls, and keeps the lease meanwhile. If the journal cannot be written, only the redeploys that have begun are
    /// finished. If the lease is lost, nothing more is sent.
    pub async fn run(self, concurrency: NonZeroUsize) -> ApplyOutcome {
        self.run_under_lease(concurrency).await;
        let ExecutorState { lease_error, late_requests, .. } =
            self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (journal, journal_error) = self.journal.into_parts();
        ApplyOutcome { journal, error: lease_error.or(journal_error), late_requests }
    }

    async fn run_under_lease(&self, concurrency: NonZeroUsize) {
        let keeping = Box::pin(self.lock.keep());
        let working = Box::pin(self.run_phases(concurrency));
        if let Either::Right((error, working)) = select(working, keeping).await {
            self.stop_without_lease(error);
            // Only responses to requests that were sent before.
            working.await;
        }
    }

    async fn run_phases(&self, concurrency: NonZeroUsize) {
        for phase in self.plan.schedule() {
            let tasks = phase.tasks.iter().map(|task| self.run_task(task));
            stream::iter(tasks).buffer_unordered(concurrency.get()).collect::<Vec<()>>().await;
        }
        self.journal.flush().await;
    }

    /// Makes the calls of a task in order until one fails.
    async fn run_task(&self, task: &PlanTask) {
        let is_redeploy = self.plan.changes[task.change].is_redeployed() && task.steps.contains(&Verb::Deploy);
        if is_redeploy && !self.must_stop() && !self.has_failed(task.change) {
            return self.run_redeploy(task.change).await;
        }
        for step in &task.steps {
            if self.must_stop() || self.has_failed(task.change) {
                return;
            }
            self.run_step(task.change, *step).await;
        }
    }

    /// Whether no further call may be started.
    pub(super) fn must_stop(&self) -> bool {
        let is_cancelled = self.observer.is_cancelled();
        let shared = self.lock_state();
        is_cancelled || shared.is_stopped || self.journal.has_failed() || self.lock.is_lost()
    }

    fn has_failed(&self, index: usize) -> bool {
        self.lock_state().progress(index).has_failed
    }

    pub(super) fn stop_if_unauthorized(&self, error: &CallError) {
        self.lock_state().is_stopped |= error.is_authentication();
    }

    async fn run_step(&self, index: usize, step: Verb) {
        let api = self.plan.changes[index].key.api;
        if step == Verb::CanDeploy {
            let Some(uid) = self.lock_state().progress(index).uid.clone() else { return };
            match self.reader.can_deploy(api, &uid).await.map(|verdict| can_deploy_error(&verdict)) {
                Ok(None) => self.finish_step(index, step, StepOutcome::done()),
                Ok(Some(error)) => self.finish_step(index, step, StepOutcome::failed(error)),
                Err(error) => self.finish_with_error(index, step, &error),
            }
            return;
        }
        if let Err(outcome) = self.check_precondition(index, step).await {
            return self.finish_step(index, step, *outcome);
        }
        if self.must_stop() {
            return;
        }
        if let Err(error) = self.start_step(index, step).await {
            return self.finish_step(index, step, StepOutcome::failed(error));
        }
        let permit = match self.permit_step(index, step).await {
            Ok(permit) => permit,
            Err(outcome) => return self.finish_step(index, step, *outcome),
        };
        match self.send_step(index, step, permit).await {
            Ok(outcome) => self.finish_step(index, step, outcome),
            Err(WriteError::Service(error)) => self.finish_with_error(index, step, &error),
            Err(WriteError::IncompleteDefinition(error)) => {
                let message = format!("failed to build the request: {error}");
                let error = own_error(message, "set the field in the limits file");
                self.finish_step(index, step, StepOutcome::failed(error));
            }
        }
    }

    /// Permits the call of this step. Before a create call, it lists again if the lease was renewed since the last list: another
    /// command may have held it in between.
    async fn permit_step(&self, index: usize, step: Verb) -> Result<WritePermit, Box<StepOutcome>> {
        let permit = || async { self.permit_write().await.map_err(|error| Box::new(StepOutcome::failed(error))) };
        let permitted = permit().await?;
        let api = self.plan.changes[index].key.api;
        if step != Verb::Create || self.is_listed(api, permitted.renewal).await {
            return Ok(permitted);
        }
        self.check_precondition(index, step).await?;
        permit().await
    }

    /// Makes the call.
    async fn send_step(&self, index: usize, step: Verb, permit: WritePermit) -> Result<StepOutcome, WriteError> {
        let change = &self.plan.changes[index];
        let api = change.key.api;
        let (uid, unknown_fields, is_deployed) = {
            let shared = self.lock_state();
            let progress = shared.progress(index);
            let is_deployed = progress.deploy_state.as_ref().is_some_and(DeployState::is_deployed);
            (progress.uid.clone(), progress.unknown_fields.clone(), is_deployed)
        };
        let mut outcome = StepOutcome::done();
        match (step, &change.after, uid) {
            (Verb::Create, Some(after), _) => {
                let (uid, response) = service_writer::create(permit, &after.saved).await?;
                outcome.response = self.complete_response(api, &uid, response, false).await;
                outcome.uid = Some(uid);
            }
            (Verb::Update, Some(after), Some(uid)) => {
                let response = service_writer::update(permit, &uid, &after.saved, &unknown_fields).await?;
                outcome.response = self.complete_response(api, &uid, response, is_deployed).await;
            }
            (Verb::Delete, _, Some(uid)) => {
                service_writer::delete(permit, api, &uid, self.plan.options.force_delete).await?;
            }
            (Verb::Deploy, _, Some(uid)) => service_writer::deploy(permit, api, &uid).await?,
            (Verb::Undeploy, _, Some(uid)) => service_writer::undeploy(permit, api, &uid).await?,
            _ => unreachable!("a plan contains everything that its calls need"),
        }
        outcome.is_late = self.lock.is_lost();
        Ok(outcome)
    }

    /// The stored configuration, which may differ from the sent one: the response itself if it has all of it, or else a `get`.
    /// The call has succeeded, so a failed `get` is no error.
    async fn complete_response(
        &self,
        api: Api,
        uid: &Uid,
        response: Option<ObservedConfig>,
        is_deployed: bool,
    ) -> Option<ObservedConfig> {
        let is_complete = |found: &ObservedConfig| {
            let DeployState { saved, live } = &found.deploy_state;
            let is_known = *live != LiveState::Unknown && found.deploy_state.is_deployed() == is_deployed;
            found.uid == *uid && is_known && saved.to_request_body().is_ok()
        };
        match response.map(|found| self.reader.secrets().seal(found)).filter(is_complete) {
            None if self.lock.is_lost() => None,
            None => self.reader.get(api, uid).await.ok().flatten(),
            complete => complete,
        }
    }

    fn finish_with_error(&self, index: usize, step: Verb, error: &CallError) {
        self.stop_if_unauthorized(error);
        let unknown = error.is_indeterminate() && step != Verb::CanDeploy;
        let state = if unknown { StepState::Unknown } else { StepState::Failed };
        let is_late = step != Verb::CanDeploy && self.lock.is_lost();
        self.finish_step(index, step, StepOutcome { state, is_late, ..StepOutcome::failed(step_error(error)) });
    }

    pub(super) fn lock_state(&self) -> MutexGuard<'_, ExecutorState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
