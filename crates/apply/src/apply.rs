//! Carrying a plan out.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ajo_core::{Api, Client, Uid, Verb};
use ajo_plan::{Change, Entry, Key, Plan, Standing, StepError, StepState, Task};
use futures_util::stream::{self, StreamExt as _};

use crate::writer::{self, Refused, Told, objection, told};
use crate::{DiskError, JournalFile, Reader};

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
}

/// What to do where somebody was faster.
const AGAIN: &str = "nothing was done to it; plan again to see how it stands now";

/// What all calls of an apply share.
struct Shared {
    journal: JournalFile,
    /// Each configuration as it has come so far.
    progress: BTreeMap<usize, Progress>,
    /// Nothing further is begun.
    stopped: bool,
    /// Why the journal could not be written.
    broken: Option<DiskError>,
    /// Those that appeared at the service since the plan was made.
    taken: BTreeSet<Key>,
}

#[derive(Clone)]
struct Progress {
    uid: Option<Uid>,
    standing: Option<Standing>,
    /// When the service says it was edited last; known before the first call only.
    last_modified_at: Option<String>,
    failed: bool,
}

impl<'a> Apply<'a> {
    /// Prepares to carry a plan out with this client, and to write down what happens.
    pub fn new(client: &'a Client, plan: &'a Plan, journal: JournalFile, watch: &'a dyn Watch) -> Self {
        let progress = |change: &Change| Progress {
            uid: change.uid.clone(),
            standing: change.before.clone(),
            last_modified_at: change.last_modified_at.clone(),
            failed: false,
        };
        let shared = Shared {
            journal,
            progress: plan.changes.iter().map(progress).enumerate().collect(),
            stopped: false,
            broken: None,
            taken: BTreeSet::new(),
        };
        Self { reader: Reader::new(client), client, plan, watch, shared: Mutex::new(shared) }
    }

    /// Makes the calls, and gives back the journal of what became of each.
    ///
    /// # Errors
    ///
    /// The journal could not be written; nothing further was begun then.
    pub async fn run(self, concurrency: NonZeroUsize) -> Result<JournalFile, DiskError> {
        for phase in self.plan.schedule() {
            if phase.verb == Verb::Create {
                self.look_for_taken(&phase.tasks).await;
            }
            let tasks = phase.tasks.iter().map(|task| self.perform(task));
            stream::iter(tasks).buffer_unordered(concurrency.get()).collect::<Vec<()>>().await;
        }
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        match shared.broken {
            Some(error) => Err(error),
            None => Ok(shared.journal),
        }
    }

    /// Before anything is created: what has appeared since the plan was made is not created a second time.
    async fn look_for_taken(&self, tasks: &[Task]) {
        let apis: BTreeSet<Api> = tasks.iter().map(|task| self.plan.changes[task.change].key.api).collect();
        for api in apis {
            match self.reader.list(api).await {
                Ok(observed) => {
                    let known: BTreeSet<_> =
                        self.plan.unmanaged.iter().map(|candidate| candidate.uid.clone()).collect();
                    let new = observed.configs.iter().filter(|found| !known.contains(&found.uid));
                    let keys: Vec<_> = new.map(ajo_plan::Found::key).collect();
                    self.shared().taken.extend(keys);
                }
                Err(error) => {
                    for task in tasks.iter().filter(|task| self.plan.changes[task.change].key.api == api) {
                        self.end(task.change, Verb::Create, StepState::Failed, None, Some(told(&error)));
                    }
                    self.shared().stopped |= error.is_authentication();
                }
            }
        }
    }

    /// Makes the calls of a task, one after the other, until one fails.
    async fn perform(&self, task: &Task) {
        for step in &task.steps {
            if self.may_not_go_on(task.change) {
                return;
            }
            self.step(task.change, *step).await;
        }
    }

    fn may_not_go_on(&self, index: usize) -> bool {
        let cancelled = self.watch.is_cancelled();
        let shared = self.shared();
        cancelled || shared.stopped || shared.broken.is_some() || shared.progress[&index].failed
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
        if self.may_not_go_on(index) || !self.write(Entry::Begun { change: index, step }) {
            return;
        }
        match self.call(index, step).await {
            Ok(Told { uid, verdict }) => {
                self.end(index, step, StepState::Done, uid, None);
                // What limits is not taken away for something that cannot take its place.
                let objection =
                    verdict.as_ref().and_then(objection).filter(|_| change.steps.contains(&Verb::CanDeploy));
                if let Some(objection) = objection {
                    self.end(index, Verb::CanDeploy, StepState::Failed, None, Some(objection));
                }
            }
            Err(Refused::Service(error)) => self.refused(index, step, &error),
            Err(Refused::Unsendable(error)) => {
                let problem = problem(format!("it cannot be sent: {error}"), "give it in the file");
                self.end(index, step, StepState::Failed, None, Some(problem));
            }
        }
    }

    async fn call(&self, index: usize, step: Verb) -> Result<Told, Refused> {
        let change = &self.plan.changes[index];
        let api = change.key.api;
        let uid = self.shared().progress[&index].uid.clone();
        match (step, &change.after, uid) {
            (Verb::Create, Some(after), _) => writer::create(self.client, &after.saved).await,
            (Verb::Update, Some(after), Some(uid)) => writer::update(self.client, &uid, &after.saved).await,
            (Verb::Delete, _, Some(uid)) => {
                writer::delete(self.client, api, &uid, self.plan.options.force_delete).await
            }
            (Verb::Deploy, _, Some(uid)) => writer::deploy(self.client, api, &uid).await,
            (Verb::Undeploy, _, Some(uid)) => writer::undeploy(self.client, api, &uid).await,
            _ => unreachable!("a plan names what its calls need"),
        }
    }

    /// Reads the configuration once more: it must stand as the plan saw it, or as this apply has left it.
    async fn precondition(&self, index: usize, step: Verb) -> Option<StepError> {
        let change = &self.plan.changes[index];
        let Progress { uid, standing, last_modified_at, .. } = self.shared().progress[&index].clone();
        if step == Verb::Create {
            let taken = self.shared().taken.contains(&change.key);
            return taken.then(|| problem("somebody else created it since the plan was made".to_owned(), AGAIN));
        }
        let found = match self.reader.get(change.key.api, &uid?).await {
            Ok(Some(found)) => found,
            Ok(None) => return Some(problem("somebody else deleted it since the plan was made".to_owned(), AGAIN)),
            Err(error) => {
                self.shared().stopped |= error.is_authentication();
                return Some(told(&error));
            }
        };
        let unedited = last_modified_at.is_none() || last_modified_at == found.last_modified_at;
        (standing.as_ref() != Some(&found.standing) || !unedited).then(|| {
            let editor = found.last_modified_by.as_deref().filter(|_| !unedited).unwrap_or("somebody else");
            problem(format!("{editor} changed it since the plan was made"), AGAIN)
        })
    }

    fn refused(&self, index: usize, step: Verb, error: &ajo_core::Error) {
        self.shared().stopped |= error.is_authentication();
        let unknown = error.may_have_been_done() && step != Verb::CanDeploy;
        let state = if unknown { StepState::Unknown } else { StepState::Failed };
        self.end(index, step, state, None, Some(told(error)));
    }

    /// Writes down what became of a call.
    fn end(&self, index: usize, step: Verb, state: StepState, uid: Option<Uid>, error: Option<StepError>) {
        let change = &self.plan.changes[index];
        {
            let mut shared = self.shared();
            let progress = shared.progress.get_mut(&index).expect("every change has one");
            progress.failed |= state != StepState::Done;
            progress.uid = uid.clone().or(progress.uid.take());
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
        match shared.journal.add(entry) {
            Ok(()) => true,
            Err(error) => {
                shared.broken.get_or_insert(error);
                false
            }
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn problem(message: String, hint: &str) -> StepError {
    StepError { message, hint: Some(hint.to_owned()), code: None, status: None, request_id: None }
}
