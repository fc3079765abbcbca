//! Carrying a plan out.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ajo_core::{Api, Client, Uid, Verb};
use ajo_limits::{Change, Entry, Key, Plan, Standing, StepError, StepState, Task};
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Map, Value};

use super::reader::Reader;
use super::writer::{self, Refused, objection, step_error};
use crate::{DiskError, JournalFile};

/// Told before and after each call.
pub trait Watch: Send + Sync {
    /// A call is over; so many of so many are.
    fn done(&self, change: &Change, step: Verb, state: StepState);

    /// Whether no further call shall be begun.
    fn is_cancelled(&self) -> bool;
}

/// A plan that is carried out. Writes to one configuration follow each other; at most `concurrency` configurations are worked on
/// at a time. What fails keeps its own configuration from going further, and no other; but when the caller is not accepted,
/// nothing further is begun.
pub struct Apply<'a> {
    reader: Reader,
    client: &'a Client,
    plan: &'a Plan,
    watch: &'a dyn Watch,
    shared: Mutex<Shared>,
    /// How many lines of the journal are on the disk.
    synced: tokio::sync::Mutex<u64>,
}

/// What to do where somebody was faster.
const AGAIN: &str = "this call was not made; plan again to see how it stands now";

/// What all calls of an apply share.
struct Shared {
    journal: JournalFile,
    /// Each configuration as it has come so far.
    progress: BTreeMap<usize, Progress>,
    /// Nothing further is begun.
    stopped: bool,
    /// Why the journal could not be written.
    broken: Option<DiskError>,
    /// What is there just before anything is created.
    taken: BTreeMap<Key, Uid>,
}

impl Shared {
    fn is_sound(&mut self, written: Result<(), DiskError>) -> bool {
        match written {
            Ok(()) => true,
            Err(error) => {
                self.broken.get_or_insert(error);
                false
            }
        }
    }
}

#[derive(Clone)]
struct Progress {
    uid: Option<Uid>,
    standing: Option<Standing>,
    /// When the service says it was edited last; known before the first call only.
    last_modified_at: Option<String>,
    /// Fields that nobody knows, as they were read just before the call. An update sends them back.
    unknown_fields: Map<String, Value>,
    failed: bool,
    /// What limited is taken away, and its replacement is not there yet.
    exchanging: bool,
}

impl<'a> Apply<'a> {
    /// Prepares to carry a plan out with this client, and to write down what happens.
    pub fn new(client: &'a Client, plan: &'a Plan, journal: JournalFile, watch: &'a dyn Watch) -> Self {
        let progress = |change: &Change| Progress {
            uid: change.uid.clone(),
            standing: change.before.clone(),
            last_modified_at: change.last_modified_at.clone(),
            unknown_fields: Map::new(),
            failed: false,
            exchanging: false,
        };
        let shared = Shared {
            journal,
            progress: plan.changes.iter().map(progress).enumerate().collect(),
            stopped: false,
            broken: None,
            taken: BTreeMap::new(),
        };
        Self {
            reader: Reader::new(client),
            client,
            plan,
            watch,
            shared: Mutex::new(shared),
            synced: tokio::sync::Mutex::new(0),
        }
    }

    /// Makes the calls, and gives back the journal of what became of each; and why it could not be written to the disk, if it could not.
    /// Nothing further was begun then, and the journal in memory is whole all the same.
    pub async fn run(self, concurrency: NonZeroUsize) -> (JournalFile, Option<DiskError>) {
        for phase in self.plan.schedule() {
            if phase.verb == Verb::Create {
                self.look_for_taken(&phase.tasks).await;
            }
            let tasks = phase.tasks.iter().map(|task| self.perform(task));
            stream::iter(tasks).buffer_unordered(concurrency.get()).collect::<Vec<()>>().await;
        }
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        (shared.journal, shared.broken)
    }

    /// Before anything is created: what has appeared since the plan was made is not created a second time.
    async fn look_for_taken(&self, tasks: &[Task]) {
        let apis: BTreeSet<Api> = tasks.iter().map(|task| self.plan.changes[task.change].key.api).collect();
        for api in apis {
            match self.reader.list(api).await {
                Ok(observed) => {
                    let there = observed.configs.iter().map(|found| (found.key(), found.uid.clone()));
                    self.shared().taken.extend(there);
                }
                Err(error) => {
                    for task in tasks.iter().filter(|task| self.plan.changes[task.change].key.api == api) {
                        self.end(task.change, Verb::Create, StepState::Failed, None, Some(step_error(&error)));
                    }
                    self.shared().stopped |= error.is_authentication();
                }
            }
        }
    }

    /// Makes the calls of a task, one after the other, until one fails. Whoever asks to stop waits for an exchange that was begun:
    /// in the middle of it nothing limits.
    async fn perform(&self, task: &Task) {
        for step in &task.steps {
            if self.may_not_go_on(task.change) {
                return;
            }
            self.step(task.change, *step).await;
        }
    }

    fn may_not_go_on(&self, index: usize) -> bool {
        let asked_to_stop = self.watch.is_cancelled();
        let shared = self.shared();
        let progress = &shared.progress[&index];
        shared.broken.is_some() || progress.failed || (!progress.exchanging && (asked_to_stop || shared.stopped))
    }

    async fn step(&self, index: usize, step: Verb) {
        let change = &self.plan.changes[index];
        let api = change.key.api;
        if step == Verb::CanDeploy {
            let Some(uid) = self.shared().progress[&index].uid.clone() else { return };
            match self.reader.can_deploy(api, &uid).await {
                Ok(verdict) => match objection(&verdict) {
                    None => self.end(index, step, StepState::Done, None, None),
                    Some(objection) => self.end(index, step, StepState::Failed, None, Some(objection)),
                },
                Err(error) => self.refused(index, step, &error),
            }
            return;
        }
        if let Some(problem) = self.precondition(index, step).await {
            self.end(index, step, StepState::Failed, None, Some(problem));
            return;
        }
        if self.may_not_go_on(index) || !self.write_durably(Entry::Begun { change: index, step }).await {
            return;
        }
        match self.call(index, step).await {
            Ok(uid) => self.end(index, step, StepState::Done, uid, None),
            Err(Refused::Service(error)) => self.refused(index, step, &error),
            Err(Refused::Unsendable(error)) => {
                let problem = problem(format!("it cannot be sent: {error}"), "give it in the file");
                self.end(index, step, StepState::Failed, None, Some(problem));
            }
        }
    }

    /// Gives the identifier of what was created.
    async fn call(&self, index: usize, step: Verb) -> Result<Option<Uid>, Refused> {
        let change = &self.plan.changes[index];
        let api = change.key.api;
        let (uid, unknown_fields) = {
            let progress = &self.shared().progress[&index];
            (progress.uid.clone(), progress.unknown_fields.clone())
        };
        match (step, &change.after, uid) {
            (Verb::Create, Some(after), _) => return writer::create(self.client, &after.saved).await.map(Some),
            (Verb::Update, Some(after), Some(uid)) => {
                writer::update(self.client, &uid, &after.saved, &unknown_fields).await?;
            }
            (Verb::Delete, _, Some(uid)) => {
                writer::delete(self.client, api, &uid, self.plan.options.force_delete).await?;
            }
            (Verb::Deploy, _, Some(uid)) => writer::deploy(self.client, api, &uid).await?,
            (Verb::Undeploy, _, Some(uid)) => writer::undeploy(self.client, api, &uid).await?,
            _ => unreachable!("a plan names what its calls need"),
        }
        Ok(None)
    }

    /// Reads the configuration once more: it must stand as the plan saw it, or as this apply has left it.
    async fn precondition(&self, index: usize, step: Verb) -> Option<StepError> {
        let change = &self.plan.changes[index];
        let Progress { uid, standing, last_modified_at, .. } = self.shared().progress[&index].clone();
        if step == Verb::Create {
            let taken = self.shared().taken.get(&change.key).cloned();
            return taken.map(|uid| problem(format!("somebody else created it since the plan was made: {uid}"), AGAIN));
        }
        let uid = uid?;
        let found = match self.reader.get(change.key.api, &uid).await {
            Ok(Some(found)) => found,
            Ok(None) => return Some(problem("somebody else deleted it since the plan was made".to_owned(), AGAIN)),
            Err(error) => {
                self.shared().stopped |= error.is_authentication();
                return Some(step_error(&error));
            }
        };
        let unedited = last_modified_at.is_none() || last_modified_at == found.last_modified_at;
        if standing.as_ref() != Some(&found.standing) || !unedited {
            let editor = found.last_modified_by.as_deref().filter(|_| !unedited).unwrap_or("somebody else");
            return Some(problem(format!("{editor} changed it since the plan was made"), AGAIN));
        }
        self.shared().progress.get_mut(&index).expect("every change has one").unknown_fields = found.unknown_fields;
        if step == Verb::Undeploy && change.is_redeployed() {
            return self.can_be_replaced(change, &uid).await;
        }
        None
    }

    /// What limits is not taken away for something that cannot take its place.
    async fn can_be_replaced(&self, change: &Change, uid: &Uid) -> Option<StepError> {
        match self.reader.can_deploy(change.key.api, uid).await {
            Ok(verdict) => objection(&verdict),
            Err(error) => {
                self.shared().stopped |= error.is_authentication();
                Some(step_error(&error))
            }
        }
    }

    fn refused(&self, index: usize, step: Verb, error: &ajo_core::Error) {
        self.shared().stopped |= error.is_authentication();
        let unknown = error.may_have_been_done() && step != Verb::CanDeploy;
        let state = if unknown { StepState::Unknown } else { StepState::Failed };
        self.end(index, step, state, None, Some(step_error(error)));
    }

    /// Writes down what became of a call.
    fn end(&self, index: usize, step: Verb, state: StepState, uid: Option<Uid>, error: Option<StepError>) {
        let change = &self.plan.changes[index];
        {
            let mut shared = self.shared();
            let progress = shared.progress.get_mut(&index).expect("every change has one");
            progress.failed |= state != StepState::Done;
            progress.uid = uid.clone().or(progress.uid.take());
            progress.exchanging = change.is_redeployed() && step != Verb::Deploy && step != Verb::Update;
            if state == StepState::Done && step != Verb::CanDeploy {
                progress.last_modified_at = None;
                progress.standing = match (&progress.standing, &change.after) {
                    (None, Some(after)) => Some(Standing::wanted(after.saved.clone(), false)),
                    (Some(now), Some(after)) => Some(now.after(step, &after.saved)),
                    (now, None) => now.as_ref().map(|now| now.after(step, &now.saved)),
                };
            }
        }
        self.write(Entry::Ended { change: index, step, state, uid, error });
        self.watch.done(change, step, state);
    }

    /// Writes a line of the journal; false if that failed, and then nothing further is begun.
    fn write(&self, entry: Entry) -> bool {
        let mut shared = self.shared();
        let written = shared.journal.add(entry);
        shared.is_sound(written)
    }

    /// Writes a line, and has it on the disk before the call that it is about. Whoever waits for the disk together is served
    /// together: it is as slow for one line as for many.
    async fn write_durably(&self, entry: Entry) -> bool {
        if !self.write(entry) {
            return false;
        }
        let line = self.shared().journal.to_sync().1;
        let mut synced = self.synced.lock().await;
        if *synced >= line {
            return true;
        }
        let (file, lines) = self.shared().journal.to_sync();
        let done = tokio::task::spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other).flatten();
        let mut shared = self.shared();
        let done = done.map_err(|error| shared.journal.sync_failed(&error));
        *synced = lines;
        shared.is_sound(done)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn problem(message: String, hint: &str) -> StepError {
    StepError { message, hint: Some(hint.to_owned()), code: None, status: None, request_id: None }
}
