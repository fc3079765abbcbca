//! The state of a whole organization, for commands that show, move, or copy it.

use std::collections::BTreeSet;
use std::time::Duration;

use ajo_core::{Api, SandboxName};
use ajo_limits::{Journal, LimitsState, StateSet};
use futures_util::future::{FutureExt as _, select_all};

use crate::protocol::LeaseHolder;
use crate::{JournalHandling, StateBackend, StateError, StateLock, StateScope};

/// One set as it was read without a lock.
#[derive(Clone, Debug, PartialEq)]
pub struct SetStatus {
    pub set: StateSet,
    /// The state with this set only.
    pub state: LimitsState,
    /// Applies that did not finish, or that still run; oldest first.
    pub journals: Vec<Journal>,
    /// The epoch, the lease time, and the holder, if the set is in a bucket and its lease is held or has expired.
    pub lease: Option<(u64, Duration, LeaseHolder)>,
}

/// The locks of several sets.
#[derive(Debug)]
pub struct StateLocks {
    /// Each lock, and the sets that it locks.
    locks: Vec<(StateLock, Vec<StateSet>)>,
    state: LimitsState,
    journals: Vec<Journal>,
}

impl StateBackend {
    /// The organizations whose state is here.
    ///
    /// # Errors
    ///
    /// The state cannot be read.
    pub async fn organizations(&self) -> Result<BTreeSet<String>, StateError> {
        match self {
            Self::File(file) => Ok(file.load()?.organization.into_iter().collect()),
            Self::Shared(shared) => shared.organizations().await,
        }
    }

    /// Reads all sets of an organization without a lock; with `sandbox`, only that sandbox and the throttling.
    ///
    /// # Errors
    ///
    /// The state cannot be read, or belongs to another organization.
    pub async fn read_sets(
        &self,
        organization: &str,
        sandbox: Option<&SandboxName>,
    ) -> Result<Vec<SetStatus>, StateError> {
        let is_wanted = |set: &StateSet| match set {
            StateSet::Sandbox(name) => sandbox.is_none_or(|sandbox| sandbox == name),
            StateSet::Throttling => true,
        };
        match self {
            Self::File(file) => {
                let (state, journals) = file.load_all()?;
                self.check_state(&state, organization)?;
                let sandboxes = journals.iter().filter_map(|journal| journal.header.plan.sandbox.parse().ok());
                let sets: BTreeSet<_> = state.sets().into_iter().chain(sandboxes.map(StateSet::Sandbox)).collect();
                let status = |set: StateSet| SetStatus {
                    state: state.part(&set),
                    journals: journals.iter().filter(|journal| is_journal_of(journal, &set)).cloned().collect(),
                    lease: None,
                    set,
                };
                Ok(sets.into_iter().filter(is_wanted).map(status).collect())
            }
            Self::Shared(shared) => {
                let sandboxes = match sandbox {
                    Some(sandbox) => BTreeSet::from([sandbox.clone()]),
                    None => shared.sandboxes(organization).await?,
                };
                let mut all = Vec::new();
                for set in sandboxes.into_iter().map(StateSet::Sandbox).chain([StateSet::Throttling]) {
                    let status = shared.read_status(organization, &set).await?;
                    self.check_state(&status.state, organization)?;
                    all.push(status);
                }
                Ok(all)
            }
        }
    }

    /// Locks these sets: the sandboxes by name, then the throttling, whose entry in `state` names a sandbox that is locked, too.
    ///
    /// # Errors
    ///
    /// Another process holds a lock, or the state cannot be read or belongs to another organization.
    pub async fn lock_sets(
        &self,
        organization: &str,
        state: &LimitsState,
        sets: &BTreeSet<StateSet>,
        holder: &LeaseHolder,
        timeout: Duration,
    ) -> Result<StateLocks, StateError> {
        let throttling = sets.contains(&StateSet::Throttling);
        let sandbox = |set: &StateSet| match set {
            StateSet::Sandbox(sandbox) => Some(sandbox.clone()),
            StateSet::Throttling => None,
        };
        let mut sandboxes: Vec<_> = sets.iter().filter_map(sandbox).collect();
        if sandboxes.is_empty() {
            let mut entries = state.configs.iter().filter(|managed| managed.key.api == Api::Throttling);
            sandboxes.extend(entries.find_map(|managed| managed.sandbox.parse().ok()));
        }
        if let Self::File(_) = self {
            sandboxes.truncate(1);
        }
        let mut locks = StateLocks { locks: Vec::new(), state: LimitsState::default(), journals: Vec::new() };
        let last = sandboxes.len().saturating_sub(1);
        for (at, sandbox) in sandboxes.into_iter().enumerate() {
            let scope = StateScope { organization: organization.to_owned(), sandbox };
            match self.lock(&scope, throttling && at == last, holder.clone(), timeout).await {
                Ok(lock) => {
                    let throttling = (throttling && at == last).then_some(StateSet::Throttling);
                    locks.add(lock, [StateSet::Sandbox(scope.sandbox)].into_iter().chain(throttling).collect());
                }
                Err(error) => {
                    locks.release().await;
                    return Err(error);
                }
            }
        }
        if let Self::File(file) = self {
            (locks.state, locks.journals) = file.load_all()?;
        }
        Ok(locks)
    }

    /// Tests whether a bucket can hold shared state. A file always can hold the state of one machine.
    ///
    /// # Errors
    ///
    /// An operation failed, or the store ignores conditions.
    pub async fn self_test(&self) -> Result<(), StateError> {
        match self {
            Self::File(_) => Ok(()),
            Self::Shared(shared) => Ok(shared.self_test().await?),
        }
    }

    /// Takes a lease away from its holder, which must have this epoch. Returns the holder.
    ///
    /// # Errors
    ///
    /// The holder has another epoch, or nobody holds the lease, or the state is in a file.
    pub async fn unlock(&self, organization: &str, set: &StateSet, epoch: u64) -> Result<LeaseHolder, StateError> {
        match self {
            Self::File(file) => Err(StateError::FileHasNoLease { path: file.path().display().to_string() }),
            Self::Shared(shared) => shared.unlock(organization, set, epoch).await,
        }
    }
}

/// A journal of a file covers capping and throttling; it is shown with its sandbox.
fn is_journal_of(journal: &Journal, set: &StateSet) -> bool {
    matches!(set, StateSet::Sandbox(sandbox) if journal.header.plan.sandbox == sandbox.as_str())
}

impl StateLocks {
    fn add(&mut self, lock: StateLock, sets: Vec<StateSet>) {
        let stored = lock.stored();
        for set in &sets {
            self.state.replace_part(set, &stored.state);
        }
        self.journals.extend(stored.journals.iter().cloned());
        self.locks.push((lock, sets));
    }

    /// The locked sets when the locks were taken. A file has all sets.
    pub const fn state(&self) -> &LimitsState {
        &self.state
    }

    /// The unfinished applies of these sets.
    pub fn journals(&self) -> &[Journal] {
        &self.journals
    }

    /// Writes the locked sets of this state, one after the other. A file is written as a whole.
    ///
    /// # Errors
    ///
    /// A set cannot be written, or a lease is lost. Earlier sets are written.
    pub async fn save(&self, state: &LimitsState, handling: JournalHandling) -> Result<(), StateError> {
        for (lock, sets) in &self.locks {
            match lock {
                StateLock::File(file) => file.save_all(state, handling)?,
                StateLock::Shared(shared) => {
                    // The other parts stay as they were read.
                    let mut own = shared.stored.state.clone();
                    for set in sets {
                        own.replace_part(set, state);
                    }
                    shared.save(&own, handling).await?;
                }
            }
        }
        Ok(())
    }

    /// Renews the leases until one is lost. Run this next to the work.
    pub async fn keep(&self) -> StateError {
        if self.locks.is_empty() {
            return std::future::pending().await;
        }
        select_all(self.locks.iter().map(|(lock, _)| lock.keep().boxed())).await.0
    }

    /// Releases the locks.
    pub async fn release(self) {
        for (lock, _) in self.locks.into_iter().rev() {
            lock.release().await;
        }
    }
}
