//! The live definitions of a sandbox, and the ones that limit an endpoint.

use std::collections::BTreeMap;

use super::caller_limits::{ACTION, CallCap, CallerLimits};
use crate::url_form::patterns_overlap;
use crate::{DeployState, LiveState, ObservedLimits, Plan};

/// The live definitions with limits for custom actions.
pub(super) struct LiveDefinitions(Vec<LiveDefinition>);

struct LiveDefinition {
    /// The URL pattern in normal form.
    url: String,
    /// `None` if the service does not return the live definition.
    limits: Option<CallerLimits>,
}

/// The definitions that limit one endpoint, by their indexes. Endpoints share their limits if these are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MatchingDefinitions {
    capping: Option<usize>,
    throttling: Option<usize>,
    /// Whether another live definition may limit the endpoint, too.
    is_unknown: bool,
}

impl LiveDefinitions {
    /// The definitions that are live now.
    pub(super) fn before(observed: &ObservedLimits) -> Self {
        Self(observed.configs.iter().filter_map(|found| LiveDefinition::new(&found.deploy_state)).collect())
    }

    /// The definitions that are live after a plan.
    pub(super) fn after(plan: &Plan, observed: &ObservedLimits) -> Self {
        let changes = || plan.changes.iter();
        let by_uid: BTreeMap<_, _> = changes().filter_map(|change| Some((change.uid.as_ref()?, change))).collect();
        let existing = observed.configs.iter().filter_map(|found| match by_uid.get(&found.uid) {
            Some(change) => change.after.as_ref(),
            None => Some(&found.deploy_state),
        });
        let created = changes().filter(|change| change.uid.is_none()).filter_map(|change| change.after.as_ref());
        Self(existing.chain(created).filter_map(LiveDefinition::new).collect())
    }

    /// The definitions that limit calls to a URL in normal form; of several for one API, the one with the lowest limit.
    pub(super) fn find(&self, url: &str) -> MatchingDefinitions {
        let mut found = MatchingDefinitions::default();
        for (index, definition) in self.0.iter().enumerate().filter(|(_, it)| patterns_overlap(&it.url, url)) {
            let Some(limits) = definition.limits else {
                found.is_unknown = true;
                continue;
            };
            if let Some(cap) = limits.capping
                && self.cap(found).is_none_or(|lowest| cap.is_lower_than(lowest))
            {
                found.capping = Some(index);
            }
            if limits.throttling.is_some_and(|calls| self.throttling(found).is_none_or(|lowest| calls < lowest)) {
                found.throttling = Some(index);
            }
        }
        found
    }

    /// The limits; `None` if they are not known.
    pub(super) fn limits(&self, found: MatchingDefinitions) -> Option<CallerLimits> {
        let limits = CallerLimits { capping: self.cap(found), throttling: self.throttling(found) };
        (!found.is_unknown).then_some(limits)
    }

    fn cap(&self, found: MatchingDefinitions) -> Option<CallCap> {
        self.0[found.capping?].limits?.capping
    }

    fn throttling(&self, found: MatchingDefinitions) -> Option<i64> {
        self.0[found.throttling?].limits?.throttling
    }
}

impl LiveDefinition {
    /// `None` if nothing is live that limits custom actions.
    fn new(state: &DeployState) -> Option<Self> {
        if state.live == LiveState::Unknown {
            return Some(Self { url: state.saved.key().url, limits: None });
        }
        let live = state.live_definition()?;
        let limits = CallerLimits::find(live, ACTION)?;
        Some(Self { url: live.key().url, limits: Some(limits) })
    }
}
