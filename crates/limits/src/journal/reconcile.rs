//! Reconciles a journal with the service: which calls were made, and the state that they leave.

use ajo_core::{Sandbox, Uid, Verb};

use crate::{Change, Entry, Found, Journal, Ledger, Observed, Owned, Standing, StepError, StepResult, StepState};

impl Journal {
    /// What became of every call of the plan, in the order of the plan.
    pub fn results(&self) -> Vec<StepResult> {
        self.progress().into_iter().flat_map(Progress::into_results).collect()
    }

    /// Enters into the ledger what this apply did, by what the service has now. What is unknown is decided by it: a configuration
    /// that stands as it would after the call was changed by it.
    ///
    /// What somebody else did since then is not hidden: the ledger is told how the apply left a configuration, so that the next
    /// plan sees who changed it. One that is settled changes nothing.
    pub fn settle(&self, observed: &Observed, ledger: &mut Ledger, sandbox: &Sandbox) {
        if self.is_settled() {
            return;
        }
        ledger.organization.get_or_insert_with(|| self.header.organization.clone());
        for found in &self.header.plan.settled {
            if observed.get(&found.uid).is_some_and(|now| now == found) {
                ledger.note(sandbox, found.key(), found);
            }
        }
        for uid in &self.header.plan.vanished {
            if observed.get(uid).is_none() {
                ledger.forget(uid);
            }
        }
        for progress in self.progress() {
            progress.settle(observed, ledger, sandbox);
        }
    }

    fn progress(&self) -> Vec<Progress<'_>> {
        let mut all: Vec<_> = self.header.plan.changes.iter().map(Progress::new).collect();
        for entry in &self.entries {
            let change = match entry {
                Entry::Begun { change, .. } | Entry::Ended { change, .. } => *change,
                Entry::Settled { .. } => continue,
            };
            // A journal was written for its plan; an index beyond that says nothing about it.
            if let Some(progress) = all.get_mut(change) {
                progress.see(entry);
            }
        }
        all
    }
}

/// How far one change has come.
struct Progress<'j> {
    change: &'j Change,
    uid: Option<&'j Uid>,
    steps: Vec<(StepState, Option<&'j StepError>)>,
}

impl<'j> Progress<'j> {
    fn new(change: &'j Change) -> Self {
        let steps = change.steps.iter().map(|_| (StepState::NotStarted, None)).collect();
        Self { change, uid: change.uid.as_ref(), steps }
    }

    fn see(&mut self, entry: &'j Entry) {
        let (step, seen) = match entry {
            Entry::Begun { step, .. } => (*step, (StepState::Unknown, None)),
            Entry::Ended { step, state, uid, error, .. } => {
                self.uid = uid.as_ref().or(self.uid);
                (*step, (*state, error.as_ref()))
            }
            Entry::Settled { .. } => return,
        };
        if let Some(index) = self.change.steps.iter().position(|planned| *planned == step) {
            self.steps[index] = seen;
        }
    }

    /// How the configuration stands by what was done, and how it stands if what is unknown was done too.
    fn standings(&self) -> (Option<Standing>, Option<Standing>) {
        let mut surely = self.change.before.clone();
        let mut perhaps = None;
        for (verb, (state, _)) in self.change.steps.iter().zip(&self.steps) {
            let after = || match (*verb, &surely) {
                (Verb::Delete, _) => None,
                (Verb::Create, _) => {
                    self.change.after.as_ref().map(|after| Standing::wanted(after.saved.clone(), false))
                }
                (verb, Some(now)) => {
                    Some(now.after(verb, self.change.after.as_ref().map_or(&now.saved, |after| &after.saved)))
                }
                (_, None) => None,
            };
            match state {
                StepState::Done => surely = after(),
                StepState::Unknown => perhaps = after(),
                StepState::Failed | StepState::NotStarted => {}
            }
        }
        (surely, perhaps)
    }

    fn settle(&self, observed: &Observed, ledger: &mut Ledger, sandbox: &Sandbox) {
        let touched = |(state, _): &(StepState, _)| matches!(state, StepState::Done | StepState::Unknown);
        if !self.steps.iter().any(touched) {
            return;
        }
        let (surely, perhaps) = self.standings();
        let key = || self.change.key.clone();
        let Some(uid) = self.uid else {
            // A creation whose answer is unknown, so nobody was told the uid.
            if let Some(found) = perhaps.and_then(|standing| self.created(&standing, observed, ledger)) {
                self.replaced(observed, ledger, sandbox);
                ledger.note(sandbox, key(), found);
            }
            return;
        };
        if self.change.uid.is_none() {
            self.replaced(observed, ledger, sandbox);
        }
        match observed.get(uid) {
            // Somebody has brought a ledger that is ahead of this journal.
            Some(found) if ledger.knows(found) => {}
            None if self.change.after.is_none() => ledger.forget(uid),
            Some(found) if [&surely, &perhaps].into_iter().flatten().any(|standing| *standing == found.standing) => {
                ledger.note(sandbox, key(), found);
            }
            // Somebody else changed or deleted it since.
            _ => {
                if let Some(standing) = surely {
                    ledger.enter(Owned {
                        sandbox: sandbox.to_string(),
                        key: key(),
                        uid: uid.clone(),
                        digest: standing.digest(),
                        last_modified_at: None,
                    });
                }
            }
        }
    }

    /// What was ours by this key and is gone, when something was created in its place.
    fn replaced(&self, observed: &Observed, ledger: &mut Ledger, sandbox: &Sandbox) {
        ledger.configurations.retain(|owned| {
            let same = owned.key == self.change.key && owned.sandbox == sandbox.as_str();
            !same || observed.get(&owned.uid).is_some()
        });
    }

    /// The one that a creation has left, if there is exactly one that it can be. There was none before it.
    fn created<'o>(&self, standing: &Standing, observed: &'o Observed, ledger: &Ledger) -> Option<&'o Found> {
        let owned = |uid: &Uid| ledger.configurations.iter().any(|owned| owned.uid == *uid);
        let mut candidates =
            observed.configs.iter().filter(|found| found.key() == self.change.key && !owned(&found.uid));
        let found = candidates.next()?;
        (candidates.next().is_none() && found.standing == *standing).then_some(found)
    }

    fn into_results(self) -> Vec<StepResult> {
        let Self { change, uid, steps } = self;
        let result = |(step, (state, error)): (&Verb, (StepState, Option<&StepError>))| StepResult {
            key: change.key.clone(),
            uid: uid.cloned(),
            step: *step,
            state,
            error: error.cloned(),
        };
        change.steps.iter().zip(steps).map(result).collect()
    }
}
