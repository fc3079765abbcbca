//! Executes a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ajo_core::{Api, Client, Uid, Verb};
use ajo_limits::{ConfigChange, ConfigKey, DeployState, JournalEntry, Plan, PlanTask, StepError, StepState};
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Map, Value};

use super::service_reader::ServiceReader;
use super::service_writer::{self, WriteError, can_deploy_error, step_error};
use crate::{FileError, JournalFile};

/// Receives progress and can cancel an apply.
pub trait ApplyObserver: Send + Sync {
    /// Called when a call has finished.
    fn step_finished(&self, change: &ConfigChange, step: Verb, state: StepState);

    /// Whether the apply must not start another call.
    fn is_cancelled(&self) -> bool;
}

/// Executes a plan. Calls for one configuration are sequential; at most `concurrency` configurations are processed at a time.
/// A failed call stops work on its own configuration only. An authentication error stops the whole apply.
pub struct PlanExecutor<'a> {
    reader: ServiceReader,
    client: &'a Client,
    plan: &'a Plan,
    observer: &'a dyn ApplyObserver,
    state: Mutex<ExecutorState>,
    /// The number of journal lines that are on disk.
    synced_lines: tokio::sync::Mutex<u64>,
}

const PLAN_AGAIN_HINT: &str = "this call was not made; run `ajo plan` again to see the current state";

const JOURNAL_HINT: &str = "this call was not made; make the directory of the state file writable, then plan and apply";

/// Shared by all calls of an apply.
struct ExecutorState {
    journal: JournalFile,
    /// The progress of each change, by its index in the plan.
    progress: BTreeMap<usize, ChangeProgress>,
    /// No further call is started.
    is_stopped: bool,
    /// The first error while writing the journal.
    journal_error: Option<FileError>,
    /// The configurations that exist just before the first create call.
    existing_keys: BTreeMap<ConfigKey, Uid>,
}

impl ExecutorState {
    fn record_write(&mut self, written: Result<(), FileError>) -> bool {
        match written {
            Ok(()) => true,
            Err(error) => {
                self.journal_error.get_or_insert(error);
                false
            }
        }
    }
}

#[derive(Clone)]
struct ChangeProgress {
    uid: Option<Uid>,
    deploy_state: Option<DeployState>,
    /// The last edit according to the service; only set before the first call of this apply.
    last_modified_at: Option<String>,
    /// Unknown fields, read just before the call. An update sends them back.
    unknown_fields: Map<String, Value>,
    has_failed: bool,
    /// The configuration was undeployed and is not deployed again yet.
    is_redeploying: bool,
}

impl<'a> PlanExecutor<'a> {
    /// Prepares to execute `plan` with `client`, recording every call in `journal`.
    pub fn new(client: &'a Client, plan: &'a Plan, journal: JournalFile, observer: &'a dyn ApplyObserver) -> Self {
        let progress = |change: &ConfigChange| ChangeProgress {
            uid: change.uid.clone(),
            deploy_state: change.before.clone(),
            last_modified_at: change.last_modified_at.clone(),
            unknown_fields: Map::new(),
            has_failed: false,
            is_redeploying: false,
        };
        let shared = ExecutorState {
            journal,
            progress: plan.changes.iter().map(progress).enumerate().collect(),
            is_stopped: false,
            journal_error: None,
            existing_keys: BTreeMap::new(),
        };
        Self {
            reader: ServiceReader::new(client),
            client,
            plan,
            observer,
            state: Mutex::new(shared),
            synced_lines: tokio::sync::Mutex::new(0),
        }
    }

    /// Makes the calls and returns the journal, with the error if it could not be written to disk. After such an error, only
    /// the redeploys that have begun are finished. The journal in memory is complete.
    pub async fn run(self, concurrency: NonZeroUsize) -> (JournalFile, Option<FileError>) {
        for phase in self.plan.schedule() {
            if phase.verb == Verb::Create {
                self.find_existing_keys(&phase.tasks).await;
            }
            let tasks = phase.tasks.iter().map(|task| self.run_task(task));
            stream::iter(tasks).buffer_unordered(concurrency.get()).collect::<Vec<()>>().await;
        }
        let shared = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (shared.journal, shared.journal_error)
    }

    /// Lists what exists before the create calls, so that a configuration created since the plan is not created twice.
    async fn find_existing_keys(&self, tasks: &[PlanTask]) {
        let apis: BTreeSet<Api> = tasks.iter().map(|task| self.plan.changes[task.change].key.api).collect();
        for api in apis {
            match self.reader.list(api).await {
                Ok(observed) => {
                    let existing = observed.configs.iter().map(|found| (found.key(), found.uid.clone()));
                    self.lock_state().existing_keys.extend(existing);
                }
                Err(error) => {
                    for task in tasks.iter().filter(|task| self.plan.changes[task.change].key.api == api) {
                        self.finish_step(task.change, Verb::Create, StepState::Failed, None, Some(step_error(&error)));
                    }
                    self.lock_state().is_stopped |= error.is_authentication();
                }
            }
        }
    }

    /// Makes the calls of a task in order until one fails. Cancelling waits for a redeploy that has begun, because no limit is
    /// live in the middle of it.
    async fn run_task(&self, task: &PlanTask) {
        for step in &task.steps {
            if self.must_stop(task.change) {
                return;
            }
            self.run_step(task.change, *step).await;
        }
    }

    fn must_stop(&self, index: usize) -> bool {
        let is_cancelled = self.observer.is_cancelled();
        let shared = self.lock_state();
        let progress = &shared.progress[&index];
        progress.has_failed
            || (!progress.is_redeploying && (is_cancelled || shared.is_stopped || shared.journal_error.is_some()))
    }

    async fn run_step(&self, index: usize, step: Verb) {
        let change = &self.plan.changes[index];
        let api = change.key.api;
        if step == Verb::CanDeploy {
            let Some(uid) = self.lock_state().progress[&index].uid.clone() else { return };
            match self.reader.can_deploy(api, &uid).await {
                Ok(verdict) => match can_deploy_error(&verdict) {
                    None => self.finish_step(index, step, StepState::Done, None, None),
                    Some(error) => self.finish_step(index, step, StepState::Failed, None, Some(error)),
                },
                Err(error) => self.finish_with_error(index, step, &error),
            }
            return;
        }
        if let Some(error) = self.check_precondition(index, step).await {
            self.finish_step(index, step, StepState::Failed, None, Some(error));
            return;
        }
        if self.must_stop(index) {
            return;
        }
        let is_recorded = self.append_entry_durably(JournalEntry::Started { change: index, step }).await;
        // Without a journal no call is made, except to finish a redeploy: in the middle of it, no limit is live.
        if !is_recorded && !self.lock_state().progress[&index].is_redeploying {
            let error = step_error_with_hint("the journal cannot be written".to_owned(), JOURNAL_HINT);
            self.finish_step(index, step, StepState::Failed, None, Some(error));
            return;
        }
        match self.send_step(index, step).await {
            Ok(uid) => self.finish_step(index, step, StepState::Done, uid, None),
            Err(WriteError::Service(error)) => self.finish_with_error(index, step, &error),
            Err(WriteError::IncompleteDefinition(error)) => {
                let message = format!("failed to build the request: {error}");
                let error = step_error_with_hint(message, "set the field in the limits file");
                self.finish_step(index, step, StepState::Failed, None, Some(error));
            }
        }
    }

    /// Makes the call; returns the UID of a created configuration.
    async fn send_step(&self, index: usize, step: Verb) -> Result<Option<Uid>, WriteError> {
        let change = &self.plan.changes[index];
        let api = change.key.api;
        let (uid, unknown_fields) = {
            let progress = &self.lock_state().progress[&index];
            (progress.uid.clone(), progress.unknown_fields.clone())
        };
        match (step, &change.after, uid) {
            (Verb::Create, Some(after), _) => return service_writer::create(self.client, &after.saved).await.map(Some),
            (Verb::Update, Some(after), Some(uid)) => {
                service_writer::update(self.client, &uid, &after.saved, &unknown_fields).await?;
            }
            (Verb::Delete, _, Some(uid)) => {
                service_writer::delete(self.client, api, &uid, self.plan.options.force_delete).await?;
            }
            (Verb::Deploy, _, Some(uid)) => service_writer::deploy(self.client, api, &uid).await?,
            (Verb::Undeploy, _, Some(uid)) => service_writer::undeploy(self.client, api, &uid).await?,
            _ => unreachable!("a plan contains everything that its calls need"),
        }
        Ok(None)
    }

    /// Reads the configuration again: it must be as the plan saw it, or as this apply left it.
    async fn check_precondition(&self, index: usize, step: Verb) -> Option<StepError> {
        let change = &self.plan.changes[index];
        let ChangeProgress { uid, deploy_state, last_modified_at, .. } = self.lock_state().progress[&index].clone();
        if step == Verb::Create {
            let existing = self.lock_state().existing_keys.get(&change.key).cloned();
            return existing.map(|uid| {
                step_error_with_hint(format!("someone else created it after the plan was made: {uid}"), PLAN_AGAIN_HINT)
            });
        }
        let uid = uid?;
        let found = match self.reader.get(change.key.api, &uid).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Some(step_error_with_hint(
                    "someone else deleted it after the plan was made".to_owned(),
                    PLAN_AGAIN_HINT,
                ));
            }
            Err(error) => {
                self.lock_state().is_stopped |= error.is_authentication();
                return Some(step_error(&error));
            }
        };
        let unedited = last_modified_at.is_none() || last_modified_at == found.last_modified_at;
        // Of the unknown fields, only those that the file sets are compared.
        let wanted = change.after.as_ref().map(|after| found.deploy_state_for(&after.saved));
        let found_state = wanted.as_deref().unwrap_or(&found.deploy_state);
        if deploy_state.as_ref() != Some(found_state) || !unedited {
            let editor = found.last_modified_by.as_deref().filter(|_| !unedited).unwrap_or("someone else");
            let message = format!("{editor} changed it after the plan was made");
            return Some(step_error_with_hint(message, PLAN_AGAIN_HINT));
        }
        self.lock_state().progress.get_mut(&index).expect("every change has one").unknown_fields = found.unknown_fields;
        if step == Verb::Undeploy && change.is_redeployed() {
            return self.check_can_deploy(change, &uid).await;
        }
        None
    }

    /// Nothing is undeployed unless its replacement can be deployed.
    async fn check_can_deploy(&self, change: &ConfigChange, uid: &Uid) -> Option<StepError> {
        match self.reader.can_deploy(change.key.api, uid).await {
            Ok(verdict) => can_deploy_error(&verdict),
            Err(error) => {
                self.lock_state().is_stopped |= error.is_authentication();
                Some(step_error(&error))
            }
        }
    }

    fn finish_with_error(&self, index: usize, step: Verb, error: &ajo_core::CallError) {
        self.lock_state().is_stopped |= error.is_authentication();
        let unknown = error.is_indeterminate() && step != Verb::CanDeploy;
        let state = if unknown { StepState::Unknown } else { StepState::Failed };
        self.finish_step(index, step, state, None, Some(step_error(error)));
    }

    /// Records the result of a call.
    fn finish_step(&self, index: usize, step: Verb, state: StepState, uid: Option<Uid>, error: Option<StepError>) {
        let change = &self.plan.changes[index];
        {
            let mut shared = self.lock_state();
            let progress = shared.progress.get_mut(&index).expect("every change has one");
            progress.has_failed |= state != StepState::Done;
            progress.uid = uid.clone().or(progress.uid.take());
            progress.is_redeploying = change.is_redeployed() && step != Verb::Deploy && step != Verb::Update;
            if state == StepState::Done && step != Verb::CanDeploy {
                progress.last_modified_at = None;
                progress.deploy_state = match (&progress.deploy_state, &change.after) {
                    (None, Some(after)) => Some(DeployState::from_desired(after.saved.clone(), false)),
                    (Some(now), Some(after)) => Some(now.after_call(step, &after.saved)),
                    (now, None) => now.as_ref().map(|now| now.after_call(step, &now.saved)),
                };
            }
        }
        self.append_entry(JournalEntry::Finished { change: index, step, state, uid, response: None, error });
        self.observer.step_finished(change, step, state);
    }

    /// Appends a line to the journal. Returns false if that failed.
    fn append_entry(&self, entry: JournalEntry) -> bool {
        let mut shared = self.lock_state();
        let written = shared.journal.append(entry);
        shared.record_write(written)
    }

    /// Appends a line and syncs it to disk before the call that it announces. Concurrent callers share one sync, because
    /// syncing many lines is as fast as syncing one.
    async fn append_entry_durably(&self, entry: JournalEntry) -> bool {
        if !self.append_entry(entry) {
            return false;
        }
        let line = self.lock_state().journal.sync_handle().1;
        let mut synced = self.synced_lines.lock().await;
        if self.lock_state().journal_error.is_some() {
            return false;
        }
        if *synced >= line {
            return true;
        }
        let (file, lines) = self.lock_state().journal.sync_handle();
        let done = tokio::task::spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other).flatten();
        let mut shared = self.lock_state();
        let done = done.map_err(|error| shared.journal.sync_error(&error));
        *synced = lines;
        shared.record_write(done)
    }

    fn lock_state(&self) -> MutexGuard<'_, ExecutorState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn step_error_with_hint(message: String, hint: &str) -> StepError {
    StepError { message, hint: Some(hint.to_owned()), code: None, status: None, request_id: None }
}
