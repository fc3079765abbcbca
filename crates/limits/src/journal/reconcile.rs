//! Reconciles a journal with the service: determines which calls were made and updates the state.

use std::collections::BTreeMap;

use ajo_core::{Api, LiveLimit, SandboxName, Uid, Verb};

use super::live_limit::report_live_limit;
use crate::{
    ChangeReason, ConfigChange, ConfigKey, DeployState, DesiredConfig, Journal, JournalEntry, LateCreate, LimitsState,
    ManagedConfig, ObservedConfig, ObservedLimits, StepError, StepResult, StepState,
};

impl Journal {
    /// The result of every call, in plan order.
    pub fn results(&self) -> Vec<StepResult> {
        self.replay().into_iter().flat_map(ReplayedChange::into_results).collect()
    }

    /// Records in the state what this apply did. The service decides unknown calls: if a configuration is as it would be after
    /// the call, the call was made. The responses to our own calls become the new baseline.
    ///
    /// The state records how the apply left a configuration, not later edits by others, so the next plan reports those. A
    /// reconciled journal changes nothing.
    pub fn reconcile(&self, observed: &ObservedLimits, state: &mut LimitsState, sandbox: &SandboxName) {
        if self.is_reconciled() {
            return;
        }
        state.organization.get_or_insert_with(|| self.header.organization.clone());
        for found in self.header.plan.stale.iter().filter(|found| self.covers(found.key.api)) {
            let unedited = |now: &ObservedConfig| now.last_modified_at == found.last_modified_at;
            if observed.get(&found.uid).is_some_and(|now| unedited(now) && found.is_unchanged(now)) {
                state.record(found.clone());
            }
        }
        for uid in &self.header.plan.missing {
            if observed.absent.contains(uid) {
                state.remove(uid);
            }
        }
        state.mark_orphaned(&self.header.plan);
        let desired = self.desired_by_key();
        for progress in self.replay() {
            progress.reconcile(
                &Reconciler { wanted: desired.get(&progress.change.key).copied(), observed, sandbox },
                state,
            );
        }
        if self.covers(Api::Capping) {
            state.drop_unused_late_creates(&self.header.plan);
        }
    }

    /// The configurations that this apply may have changed and that are not as it left them, according to `observed`: a list
    /// can lag behind, so read them.
    pub fn unexpected_configs(&self, observed: &ObservedLimits) -> Vec<(Api, Uid)> {
        let desired = self.desired_by_key();
        let is_unexpected = |progress: &ReplayedChange<'_>, uid: &Uid| {
            let wanted = desired.get(&progress.change.key).copied();
            let (confirmed, _) = progress.possible_states(wanted);
            let found = observed.get(uid).map(|found| deploy_state_for(wanted, found));
            found != confirmed
        };
        let changed = self.replay().into_iter().filter(ReplayedChange::was_sent);
        let unexpected = changed.filter_map(|progress| {
            let uid = progress.uid.filter(|uid| is_unexpected(&progress, uid))?;
            Some((progress.change.key.api, uid.clone()))
        });
        unexpected.collect()
    }

    /// The keys of configurations that may exist although the response to `create` was lost.
    pub fn unknown_creates(&self) -> Vec<&ConfigKey> {
        let is_unknown = |progress: &ReplayedChange<'_>| {
            let mut steps = progress.verbs.iter().zip(&progress.steps);
            progress.uid.is_none()
                && steps.any(|(verb, step)| *verb == Verb::Create && step.state == StepState::Unknown)
        };
        self.replay().iter().filter(|progress| is_unknown(progress)).map(|progress| &progress.change.key).collect()
    }

    fn desired_by_key(&self) -> BTreeMap<ConfigKey, &DesiredConfig> {
        self.header.plan.desired.iter().map(|wanted| (wanted.key(), wanted)).collect()
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
        all.retain(|progress| self.covers(progress.change.key.api));
        all
    }

    /// Whether this journal has the calls of this API.
    fn covers(&self, api: Api) -> bool {
        self.header.api.is_none_or(|own| own == api)
    }
}

/// The progress of one change.
struct ReplayedChange<'j> {
    change: &'j ConfigChange,
    uid: Option<&'j Uid>,
    /// The calls of the plan, and an undeploy if a redeploy needed one.
    verbs: Vec<Verb>,
    steps: Vec<ReplayedStep<'j>>,
}

/// The progress of one call.
#[derive(Clone, Copy)]
struct ReplayedStep<'j> {
    state: StepState,
    error: Option<&'j StepError>,
    response: Option<&'j ObservedConfig>,
    live: Option<LiveLimit>,
}

impl ReplayedStep<'_> {
    fn new(state: StepState) -> Self {
        Self { state, error: None, response: None, live: None }
    }
}

/// The basis of a comparison.
struct Reconciler<'r> {
    /// The configuration in the files; none for a deletion.
    wanted: Option<&'r DesiredConfig>,
    observed: &'r ObservedLimits,
    sandbox: &'r SandboxName,
}

/// The deploy state at the service, as the file describes it.
fn deploy_state_for(wanted: Option<&DesiredConfig>, found: &ObservedConfig) -> DeployState {
    let wanted = wanted.map(|wanted| found.deploy_state_for(&wanted.definition).into_owned());
    wanted.unwrap_or_else(|| found.deploy_state.clone())
}

impl<'j> ReplayedChange<'j> {
    fn new(change: &'j ConfigChange) -> Self {
        let steps = vec![ReplayedStep::new(StepState::NotStarted); change.steps.len()];
        Self { change, uid: change.uid.as_ref(), verbs: change.steps.clone(), steps }
    }

    fn record(&mut self, entry: &'j JournalEntry) {
        let (step, result) = match entry {
            JournalEntry::Started { step, .. } => (*step, ReplayedStep::new(StepState::Unknown)),
            JournalEntry::Finished { step, state, uid, error, response, live, .. } => {
                self.uid = uid.as_ref().or(self.uid);
                let (error, response) = (error.as_ref(), response.as_deref());
                (*step, ReplayedStep { state: *state, error, response, live: *live })
            }
            JournalEntry::Reconciled { .. } => return,
        };
        let mut index = self.verbs.iter().position(|known| *known == step);
        if index.is_none() && step == Verb::Undeploy && self.change.is_redeployed() {
            // The service refused the deploy, so the configuration is undeployed and deployed again.
            index = self.verbs.iter().position(|known| *known == Verb::Deploy);
            let before = index.expect("a redeploy deploys");
            self.verbs.insert(before, step);
            self.steps.insert(before, ReplayedStep::new(StepState::NotStarted));
        }
        let Some(index) = index else { return };
        self.steps[index] = result;
        let is_undeployed = matches!(result.state, StepState::Done | StepState::Unknown) && step == Verb::Undeploy;
        if is_undeployed && self.change.is_redeployed() && matches!(entry, JournalEntry::Finished { .. }) {
            self.steps[index + 1] = ReplayedStep::new(StepState::NotStarted);
        }
    }

    fn was_sent(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.state, StepState::Done | StepState::Unknown))
    }

    fn is_done(&self) -> bool {
        self.steps.iter().all(|step| step.state == StepState::Done)
    }

    /// The deploy state after the confirmed calls, and the one if the unknown call was made too.
    fn possible_states(&self, wanted: Option<&DesiredConfig>) -> (Option<DeployState>, Option<DeployState>) {
        let mut confirmed = self.change.before.clone();
        let mut possible = None;
        for (verb, step) in self.verbs.iter().zip(&self.steps) {
            let after = || match (*verb, &confirmed, step.response) {
                (Verb::Delete, ..) => None,
                (_, _, Some(response)) => Some(deploy_state_for(wanted, response)),
                (Verb::Create, ..) => {
                    self.change.after.as_ref().map(|after| DeployState::from_desired(after.saved.clone(), false))
                }
                (verb, Some(now), _) => {
                    Some(now.after_call(verb, self.change.after.as_ref().map_or(&now.saved, |after| &after.saved)))
                }
                (_, None, _) => None,
            };
            match step.state {
                StepState::Done => confirmed = after(),
                StepState::Unknown => possible = after(),
                StepState::Failed | StepState::NotStarted => {}
            }
        }
        (confirmed, possible)
    }

    fn reconcile(&self, reconciler: &Reconciler<'_>, state: &mut LimitsState) {
        if !self.was_sent() {
            return;
        }
        let observed = reconciler.observed;
        let (confirmed, possible) = self.possible_states(reconciler.wanted);
        let Some(uid) = self.uid else {
            // The response to the create call was lost, so the UID is unknown.
            let Some(created) = possible else { return };
            if let Some(found) = self.find_created(&created, reconciler, state) {
                self.forget_replaced(reconciler, state);
                state.record(self.entry(found, reconciler, state));
            } else if self.change.key.api == Api::Capping {
                let late = LateCreate::new(reconciler.sandbox, &created.saved);
                let is_shown = self.candidates(reconciler, state).any(|found| late.matches(found));
                // The state is newer than this journal if it has the configuration.
                let is_managed = |found: &ObservedConfig| {
                    found.key() == late.key && state.get(&found.uid).is_some_and(|it| it.key == late.key)
                };
                if !is_shown && !observed.configs.iter().any(is_managed) {
                    state.record_late_create(late);
                }
            }
            return;
        };
        if self.change.reason == ChangeReason::LateCreate {
            if self.is_done() || observed.absent.contains(uid) {
                state.remove_late_create(reconciler.sandbox.as_str(), &self.change.key);
            }
            return;
        }
        if self.change.uid.is_none() {
            self.forget_replaced(reconciler, state);
        }
        if self.change.after.is_none() && (self.is_done() || observed.absent.contains(uid)) {
            state.remove(uid);
            return;
        }
        let is_expected = |found: &ObservedConfig| {
            let now = deploy_state_for(reconciler.wanted, found);
            [&confirmed, &possible].into_iter().flatten().any(|possible| *possible == now)
        };
        match observed.get(uid) {
            Some(found) if is_expected(found) => state.record(self.entry(found, reconciler, state)),
            // The state file is newer than this journal.
            Some(found) if state.get(uid).is_some_and(|managed| managed.is_unchanged(found)) => {}
            // Someone else changed or deleted it in the meantime.
            _ => {
                if let Some(deploy_state) = confirmed {
                    state.record(self.confirmed_entry(uid, &deploy_state, reconciler, state));
                }
            }
        }
    }

    /// The state's entry for a configuration as this apply left it.
    fn entry(&self, found: &ObservedConfig, reconciler: &Reconciler<'_>, state: &LimitsState) -> ManagedConfig {
        match reconciler.wanted {
            Some(wanted) if self.is_done() || deploy_state_for(reconciler.wanted, found) == wanted.deploy_state() => {
                ManagedConfig::settled(reconciler.sandbox, wanted, found)
            }
            wanted => {
                let file = wanted.map_or_else(|| state.get(&found.uid)?.file.clone(), |wanted| wanted.file.clone());
                let salt = wanted.map_or_else(|| state.get(&found.uid)?.salt(), |wanted| wanted.definition.salt());
                let found = found.clone().with_salt(salt);
                let entry = ManagedConfig::unsettled(reconciler.sandbox, self.change.key.clone(), file, &found);
                ManagedConfig { orphaned: wanted.is_none(), ..entry }
            }
        }
    }

    /// The state's entry for a configuration that someone else changed after the confirmed calls.
    fn confirmed_entry(
        &self,
        uid: &Uid,
        confirmed: &DeployState,
        reconciler: &Reconciler<'_>,
        state: &LimitsState,
    ) -> ManagedConfig {
        let wanted = reconciler.wanted;
        let digest = wanted.filter(|_| self.is_done()).map(|wanted| wanted.deploy_state().digest());
        let service_digest = Some(confirmed.digest()).filter(|confirmed| digest.as_ref() != Some(confirmed));
        ManagedConfig {
            sandbox: reconciler.sandbox.to_string(),
            file: wanted.map_or_else(|| state.get(uid)?.file.clone(), |wanted| wanted.file.clone()),
            key: self.change.key.clone(),
            uid: uid.clone(),
            digest,
            service_digest,
            extra: wanted.map(|wanted| wanted.definition.extra_paths()).unwrap_or_default(),
            secrets: confirmed.saved.secret_hmacs(),
            orphaned: wanted.is_none(),
            last_modified_at: None,
        }
    }

    /// Removes the managed configuration that a created one replaces, if it no longer exists.
    fn forget_replaced(&self, reconciler: &Reconciler<'_>, state: &mut LimitsState) {
        state.configs.retain(|managed| {
            let same = managed.key == self.change.key && managed.sandbox == reconciler.sandbox.as_str();
            !same || !reconciler.observed.absent.contains(&managed.uid)
        });
    }

    /// The configuration that the create call left, if exactly one matches. Before the call there was none.
    fn find_created<'o>(
        &self,
        deploy_state: &DeployState,
        reconciler: &Reconciler<'o>,
        state: &LimitsState,
    ) -> Option<&'o ObservedConfig> {
        let mut candidates = self.candidates(reconciler, state);
        let found = candidates.next()?;
        (candidates.next().is_none() && deploy_state_for(reconciler.wanted, found) == *deploy_state).then_some(found)
    }

    /// The unmanaged configurations with the key of this change.
    fn candidates<'o>(
        &self,
        reconciler: &Reconciler<'o>,
        state: &LimitsState,
    ) -> impl Iterator<Item = &'o ObservedConfig> {
        let is_managed = |uid: &Uid| state.configs.iter().any(|managed| managed.uid == *uid);
        let configs = reconciler.observed.configs.iter();
        configs.filter(move |found| found.key() == self.change.key && !is_managed(&found.uid))
    }

    fn into_results(self) -> Vec<StepResult> {
        let Self { change, uid, verbs, steps } = self;
        let result = |(verb, step): (Verb, ReplayedStep<'_>)| StepResult {
            key: change.key.clone(),
            uid: uid.cloned(),
            step: verb,
            state: step.state,
            error: step.error.cloned(),
            live: step.live,
        };
        let mut results: Vec<_> = verbs.into_iter().zip(steps).map(result).collect();
        if change.is_redeployed() {
            report_live_limit(&mut results);
        }
        results
    }
}
