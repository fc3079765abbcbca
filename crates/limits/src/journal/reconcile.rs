//! Reconciles a journal with the service: determines which calls were made and updates the state.

use ajo_core::{LiveLimit, SandboxName, Uid, Verb};

use super::live_limit::report_live_limit;
use crate::{
    ConfigChange, DeployState, Journal, JournalEntry, LimitsState, ManagedConfig, ObservedConfig, ObservedLimits,
    StepError, StepResult, StepState,
};

impl Journal {
    /// The result of every call, in plan order.
    pub fn results(&self) -> Vec<StepResult> {
        self.replay().into_iter().flat_map(ReplayedChange::into_results).collect()
    }

    /// Records in the state what this apply did. The service decides unknown calls: if a configuration is as it would be after
    /// the call, the call was made.
    ///
    /// The state records how the apply left a configuration, not later edits by others, so the next plan reports those. A
    /// reconciled journal changes nothing.
    pub fn reconcile(&self, observed: &ObservedLimits, state: &mut LimitsState, sandbox: &SandboxName) {
        if self.is_reconciled() {
            return;
        }
        state.organization.get_or_insert_with(|| self.header.organization.clone());
        for found in &self.header.plan.stale {
            if observed.get(&found.uid).is_some_and(|now| now == found) {
                state.record(sandbox, found.key(), found);
            }
        }
        for uid in &self.header.plan.missing {
            if observed.get(uid).is_none() {
                state.remove(uid);
            }
        }
        for progress in self.replay() {
            progress.reconcile(observed, state, sandbox);
        }
    }

    fn replay(&self) -> Vec<ReplayedChange<'_>> {
        let mut all: Vec<_> = self.header.plan.changes.iter().map(ReplayedChange::new).collect();
        for entry in &self.entries {
            let change = match entry {
                JournalEntry::Started { change, .. } | JournalEntry::Finished { change, .. } => *change,
                JournalEntry::Reconciled { .. } => continue,
            };
            // Ignore an index that is not in the plan.
            if let Some(progress) = all.get_mut(change) {
                progress.record(entry);
            }
        }
        all
    }
}

/// The progress of one change.
struct ReplayedChange<'j> {
    change: &'j ConfigChange,
    uid: Option<&'j Uid>,
    /// The calls: those of the plan, and an undeploy if a redeploy needed one.
    verbs: Vec<Verb>,
    steps: Vec<(StepState, Option<&'j StepError>, Option<LiveLimit>)>,
}

impl<'j> ReplayedChange<'j> {
    fn new(change: &'j ConfigChange) -> Self {
        let steps = change.steps.iter().map(|_| (StepState::NotStarted, None, None)).collect();
        Self { change, uid: change.uid.as_ref(), verbs: change.steps.clone(), steps }
    }

    fn record(&mut self, entry: &'j JournalEntry) {
        let (step, result) = match entry {
            JournalEntry::Started { step, .. } => (*step, (StepState::Unknown, None, None)),
            JournalEntry::Finished { step, state, uid, error, live, .. } => {
                self.uid = uid.as_ref().or(self.uid);
                (*step, (*state, error.as_ref(), *live))
            }
            JournalEntry::Reconciled { .. } => return,
        };
        let mut index = self.verbs.iter().position(|known| *known == step);
        if index.is_none() && step == Verb::Undeploy && self.change.is_redeployed() {
            // The service refused the deploy, so the configuration is undeployed and deployed again.
            index = self.verbs.iter().position(|known| *known == Verb::Deploy);
            let before = index.expect("a redeploy deploys");
            self.verbs.insert(before, step);
            self.steps.insert(before, (StepState::NotStarted, None, None));
        }
        let Some(index) = index else { return };
        self.steps[index] = result;
        let is_undeployed = matches!(result.0, StepState::Done | StepState::Unknown) && step == Verb::Undeploy;
        if is_undeployed && self.change.is_redeployed() && matches!(entry, JournalEntry::Finished { .. }) {
            self.steps[index + 1] = (StepState::NotStarted, None, None);
        }
    }

    /// The deploy state after the confirmed calls, and the one if the unknown call was made too.
    fn possible_states(&self) -> (Option<DeployState>, Option<DeployState>) {
        let mut confirmed = self.change.before.clone();
        let mut possible = None;
        for (verb, (state, ..)) in self.verbs.iter().zip(&self.steps) {
            let after = || match (*verb, &confirmed) {
                (Verb::Delete, _) => None,
                (Verb::Create, _) => {
                    self.change.after.as_ref().map(|after| DeployState::from_desired(after.saved.clone(), false))
                }
                (verb, Some(now)) => {
                    Some(now.after_call(verb, self.change.after.as_ref().map_or(&now.saved, |after| &after.saved)))
                }
                (_, None) => None,
            };
            match state {
                StepState::Done => confirmed = after(),
                StepState::Unknown => possible = after(),
                StepState::Failed | StepState::NotStarted => {}
            }
        }
        (confirmed, possible)
    }

    fn reconcile(&self, observed: &ObservedLimits, state: &mut LimitsState, sandbox: &SandboxName) {
        let was_sent = |(state, ..): &(StepState, _, _)| matches!(state, StepState::Done | StepState::Unknown);
        if !self.steps.iter().any(was_sent) {
            return;
        }
        let (confirmed, possible) = self.possible_states();
        let key = || self.change.key.clone();
        let Some(uid) = self.uid else {
            // The response to the create call was lost, so the UID is unknown.
            if let Some(found) = possible.and_then(|deploy_state| self.find_created(&deploy_state, observed, state)) {
                self.forget_replaced(observed, state, sandbox);
                state.record(sandbox, key(), found);
            }
            return;
        };
        if self.change.uid.is_none() {
            self.forget_replaced(observed, state, sandbox);
        }
        match observed.get(uid) {
            // The state file is newer than this journal.
            Some(found) if state.is_up_to_date(found) => {}
            None if self.change.after.is_none() => state.remove(uid),
            Some(found)
                if [&confirmed, &possible].into_iter().flatten().any(|possible| *possible == found.deploy_state) =>
            {
                state.record(sandbox, key(), found);
            }
            // Someone else changed or deleted it in the meantime.
            _ => {
                if let Some(deploy_state) = confirmed {
                    state.upsert(ManagedConfig {
                        sandbox: sandbox.to_string(),
                        key: key(),
                        uid: uid.clone(),
                        digest: deploy_state.digest(),
                        last_modified_at: None,
                    });
                }
            }
        }
    }

    /// Removes the managed configuration that a created one replaces, if it no longer exists.
    fn forget_replaced(&self, observed: &ObservedLimits, state: &mut LimitsState, sandbox: &SandboxName) {
        state.configs.retain(|managed| {
            let same = managed.key == self.change.key && managed.sandbox == sandbox.as_str();
            !same || observed.get(&managed.uid).is_some()
        });
    }

    /// The configuration that the create call left, if exactly one matches. Before the call there was none.
    fn find_created<'o>(
        &self,
        deploy_state: &DeployState,
        observed: &'o ObservedLimits,
        state: &LimitsState,
    ) -> Option<&'o ObservedConfig> {
        let is_managed = |uid: &Uid| state.configs.iter().any(|managed| managed.uid == *uid);
        let mut candidates =
            observed.configs.iter().filter(|found| found.key() == self.change.key && !is_managed(&found.uid));
        let found = candidates.next()?;
        (candidates.next().is_none() && found.deploy_state == *deploy_state).then_some(found)
    }

    fn into_results(self) -> Vec<StepResult> {
        let Self { change, uid, verbs, steps } = self;
        let result = |(step, (state, error, live)): (Verb, (StepState, Option<&StepError>, _))| StepResult {
            key: change.key.clone(),
            uid: uid.cloned(),
            step,
            state,
            error: error.cloned(),
            live,
        };
        let mut results: Vec<_> = verbs.into_iter().zip(steps).map(result).collect();
        if change.is_redeployed() {
            report_live_limit(&mut results);
        }
        results
    }
}
