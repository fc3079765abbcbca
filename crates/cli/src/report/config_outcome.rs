//! What became of each configuration, from what became of each call.

use ajo_core::{Uid, Verb};
use ajo_limits::{Key, StepResult, StepState};

/// The calls for one configuration, in their order.
pub(super) struct Configuration<'r> {
    pub(super) key: &'r Key,
    /// Its identifier, which a configuration that is created has from its first call on.
    pub(super) uid: Option<&'r Uid>,
    pub(super) calls: Vec<&'r StepResult>,
}

/// What became of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConfigOutcome {
    /// All of it was done.
    Done,
    /// Some of it was done, the rest was not tried.
    Partly,
    /// Nothing of it was tried.
    NotStarted,
    /// Whether a call was done is not known.
    Unknown,
    /// A call failed.
    Failed,
}

impl<'r> Configuration<'r> {
    /// One for each configuration, in the order in which they appear. Calls of several phases are brought together.
    pub(super) fn all(results: &'r [StepResult]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let mut by_key: std::collections::BTreeMap<&Key, Vec<usize>> = std::collections::BTreeMap::new();
        for result in results {
            let uid = result.uid.as_ref();
            let indexes = by_key.entry(&result.key).or_default();
            let same = |index: &usize| all[*index].uid.is_none() || uid.is_none() || all[*index].uid == uid;
            if let Some(index) = indexes.iter().copied().find(same) {
                all[index].uid = all[index].uid.or(uid);
                all[index].calls.push(result);
            } else {
                indexes.push(all.len());
                all.push(Self { key: &result.key, uid, calls: vec![result] });
            }
        }
        all
    }

    pub(super) fn outcome(&self) -> ConfigOutcome {
        let is = |state| self.calls.iter().any(|call| call.state == state);
        if is(StepState::Failed) {
            ConfigOutcome::Failed
        } else if is(StepState::Unknown) {
            ConfigOutcome::Unknown
        } else if !is(StepState::NotStarted) {
            ConfigOutcome::Done
        } else if is(StepState::Done) {
            ConfigOutcome::Partly
        } else {
            ConfigOutcome::NotStarted
        }
    }

    /// The calls of which this became.
    pub(super) fn of(&self, state: StepState) -> Vec<&'r Verb> {
        self.calls.iter().filter(|call| call.state == state).map(|call| &call.step).collect()
    }

    /// The calls that failed, or of which nothing is known.
    pub(super) fn troubles(&self) -> impl Iterator<Item = &'r StepResult> {
        self.calls.iter().copied().filter(|call| matches!(call.state, StepState::Failed | StepState::Unknown))
    }
}

impl ConfigOutcome {
    /// Each, in the order in which they are counted.
    pub(super) const ALL: [Self; 5] = [Self::Done, Self::Failed, Self::Unknown, Self::Partly, Self::NotStarted];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly done",
            Self::NotStarted => "not started",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}
