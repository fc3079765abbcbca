//! The change of the live limit for one kind of caller.

use super::caller_limits::{ACTION, CallerLimits};
use crate::url_form::patterns_overlap;
use crate::{ConfigChange, ConfigKey, DeployState, LiveState};

/// The live limit of a configuration for one kind of caller, before and after a change; `None` without a limit.
pub(super) struct CallerLimitChange {
    before: Option<LiveCallerLimits>,
    after: Option<LiveCallerLimits>,
}

#[derive(PartialEq)]
struct LiveCallerLimits {
    key: ConfigKey,
    /// `None` if the service does not return the live definition.
    limits: Option<CallerLimits>,
}

/// Whether a change affects the live limit of custom actions.
pub(crate) fn changes_action_limit(change: &ConfigChange) -> bool {
    CallerLimitChange::new(change, ACTION).is_change()
}

impl CallerLimitChange {
    /// `service` is the field of a capping definition for the caller.
    pub(super) fn new(change: &ConfigChange, service: &str) -> Self {
        let find = |state: &Option<DeployState>| LiveCallerLimits::find(state.as_ref()?, service);
        Self { before: find(&change.before), after: find(&change.after) }
    }

    pub(super) fn is_change(&self) -> bool {
        self.before != self.after
    }

    /// Whether it changes the limit of this URL, which is in normal form.
    pub(super) fn is_change_for(&self, url: &str) -> bool {
        let mut limits = self.before.iter().chain(&self.after);
        self.is_change() && limits.any(|limit| patterns_overlap(&limit.key.url, url))
    }
}

impl LiveCallerLimits {
    fn find(state: &DeployState, service: &str) -> Option<Self> {
        let is_unknown = state.live == LiveState::Unknown;
        let definition = if is_unknown { &state.saved } else { state.live_definition()? };
        let limits = CallerLimits::find(definition, service)?;
        Some(Self { key: definition.key(), limits: (!is_unknown).then_some(limits) })
    }
}
