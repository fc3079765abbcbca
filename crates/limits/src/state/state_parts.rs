//! The parts of a state: one for each set.

use std::collections::BTreeSet;

use ajo_core::Api;

use crate::{LateCreate, LimitsState, ManagedConfig, StateSerials, StateSet};

/// How a set relates to the same set of another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOrder {
    /// It has the same entries.
    Same,
    /// It was changed after the other one.
    Newer,
    /// The other one was changed after it.
    Older,
    /// Both were changed independently.
    Diverged,
}

impl LimitsState {
    /// The sets that have an entry now or had one, the sandboxes first.
    pub fn sets(&self) -> BTreeSet<StateSet> {
        let sandboxes = self.configs.iter().filter(|managed| managed.key.api == Api::Capping);
        let sandboxes = sandboxes.map(|managed| managed.sandbox.as_str());
        let sandboxes = sandboxes.chain(self.late_creates.iter().map(|late| late.sandbox.as_str()));
        // `parse` accepts only valid names.
        let sandboxes =
            sandboxes.chain(self.serials.sandboxes.keys().map(String::as_str)).filter_map(|it| it.parse().ok());
        let has_throttling = self.serials.throttling > 0 || self.has_entries(&StateSet::Throttling);
        sandboxes.map(StateSet::Sandbox).chain(has_throttling.then_some(StateSet::Throttling)).collect()
    }

    /// The state with this set only.
    #[must_use]
    pub fn part(&self, set: &StateSet) -> Self {
        let mut serials = StateSerials::default();
        serials.set(set, self.serials.get(set));
        let configs = self.configs.iter().filter(|managed| set.contains(managed)).cloned().collect();
        let late_creates = self.late_creates.iter().filter(|late| set.contains_late_create(late)).cloned().collect();
        Self { serials, configs, late_creates, ..self.clone() }
    }

    /// Replaces a set with that of another state.
    pub fn replace_part(&mut self, set: &StateSet, other: &Self) {
        self.organization = self.organization.take().or_else(|| other.organization.clone());
        self.serials.set(set, other.serials.get(set));
        self.configs.retain(|managed| !set.contains(managed));
        self.configs.extend(other.configs.iter().filter(|managed| set.contains(managed)).cloned());
        self.late_creates.retain(|late| !set.contains_late_create(late));
        self.late_creates.extend(other.late_creates.iter().filter(|late| set.contains_late_create(late)).cloned());
    }

    /// Sets the serials for a save that replaces `saved`: each set that it changes gets a greater one.
    pub fn advance_serials(&mut self, saved: &Self) {
        for set in self.sets().union(&saved.sets()) {
            let (own, before) = (self.serials.get(set), saved.serials.get(set));
            let changed = u64::from(self.entries(set) != saved.entries(set));
            self.serials.set(set, own.max(before + changed));
        }
    }

    /// How a set relates to the same set of `other`.
    pub fn compare_set(&self, other: &Self, set: &StateSet) -> SetOrder {
        let (own, others) = (self.serials.get(set), other.serials.get(set));
        let is_unused = others == 0 && !other.has_entries(set);
        match own.cmp(&others) {
            _ if self.entries(set) == other.entries(set) => SetOrder::Same,
            std::cmp::Ordering::Less => SetOrder::Older,
            std::cmp::Ordering::Equal if !is_unused => SetOrder::Diverged,
            _ => SetOrder::Newer,
        }
    }

    fn has_entries(&self, set: &StateSet) -> bool {
        self.entries(set) != (Vec::new(), Vec::new())
    }

    fn entries(&self, set: &StateSet) -> (Vec<&ManagedConfig>, Vec<&LateCreate>) {
        let mut configs: Vec<_> = self.configs.iter().filter(|managed| set.contains(managed)).collect();
        configs.sort_by(|one, other| one.uid.cmp(&other.uid));
        let mut late: Vec<_> = self.late_creates.iter().filter(|late| set.contains_late_create(late)).collect();
        late.sort_by(|one, other| one.key.cmp(&other.key));
        (configs, late)
    }
}
