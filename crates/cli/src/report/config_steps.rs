//! Groups the calls of a report by configuration.

use ajo_core::{LiveLimit, Uid, Verb};
use ajo_limits::{ConfigKey, StepResult, StepState};

/// The calls for one configuration, in order.
pub(super) struct ConfigSteps<'r> {
    pub(super) key: &'r ConfigKey,
    /// Unknown until the create call succeeds.
    pub(super) uid: Option<&'r Uid>,
    pub(super) steps: Vec<&'r StepResult>,
}

/// The outcome for a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConfigOutcome {
    /// All calls succeeded.
    Done,
    /// Some calls succeeded; the rest was not started.
    Partial,
    /// No call was started.
    NotStarted,
    /// The outcome of a call is unknown.
    Unknown,
    /// A call failed.
    Failed,
}

impl<'r> ConfigSteps<'r> {
    /// Groups calls by configuration, in order of first appearance. Merges the phases of an apply.
    pub(super) fn group_by_config(results: &'r [StepResult]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let mut by_key: std::collections::BTreeMap<&ConfigKey, Vec<usize>> = std::collections::BTreeMap::new();
        for result in results {
            let uid = result.uid.as_ref();
            let indexes = by_key.entry(&result.key).or_default();
            let same = |index: &usize| all[*index].uid.is_none() || uid.is_none() || all[*index].uid == uid;
            if let Some(index) = indexes.iter().copied().find(same) {
                all[index].uid = all[index].uid.or(uid);
                all[index].steps.push(result);
            } else {
                indexes.push(all.len());
                all.push(Self { key: &result.key, uid, steps: vec![result] });
            }
        }
        all
    }

    pub(super) fn outcome(&self) -> ConfigOutcome {
        let is = |state| self.steps.iter().any(|call| call.state == state);
        if is(StepState::Failed) {
            ConfigOutcome::Failed
        } else if is(StepState::Unknown) {
            ConfigOutcome::Unknown
        } else if !is(StepState::NotStarted) {
            ConfigOutcome::Done
        } else if is(StepState::Done) {
            ConfigOutcome::Partial
        } else {
            ConfigOutcome::NotStarted
        }
    }

    /// The calls in this state.
    pub(super) fn verbs_in_state(&self, state: StepState) -> Vec<&'r Verb> {
        self.steps.iter().filter(|call| call.state == state).map(|call| &call.step).collect()
    }

    /// Which limit is live, if a redeploy did not finish.
    pub(super) fn live_limit(&self) -> Option<LiveLimit> {
        self.steps.iter().find_map(|call| call.live)
    }

    /// The calls that failed or have an unknown outcome.
    pub(super) fn failed_or_unknown(&self) -> impl Iterator<Item = &'r StepResult> {
        self.steps.iter().copied().filter(|call| matches!(call.state, StepState::Failed | StepState::Unknown))
    }
}

impl ConfigOutcome {
    /// All outcomes, in the order of the summary.
    pub(super) const ALL: [Self; 5] = [Self::Done, Self::Failed, Self::Unknown, Self::Partial, Self::NotStarted];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partial => "partly done",
            Self::NotStarted => "not started",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}
