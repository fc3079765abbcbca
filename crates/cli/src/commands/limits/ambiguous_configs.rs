//! Desired configurations that match several configurations at the service.

use ajo_limits::{BlockReason, Blocker, DesiredLimits, LimitsState, ObservedLimits, PlanOptions, plan};

use super::plan::duplicate_notes;

/// Configurations with several matches, or whose throttling slot is taken by an unmanaged configuration.
pub(crate) struct AmbiguousConfigs {
    blockers: Vec<Blocker>,
    duplicates: Vec<String>,
}

impl AmbiguousConfigs {
    pub(crate) fn find(desired: &DesiredLimits, observed: &ObservedLimits, state: &LimitsState) -> Self {
        let plan = plan(desired, observed, state, PlanOptions::default());
        let duplicates = duplicate_notes(&plan);
        let ambiguous = |blocker: &Blocker| {
            matches!(
                blocker.reason,
                BlockReason::Ambiguous | BlockReason::MultipleThrottling | BlockReason::IncompleteList
            )
        };
        Self { blockers: plan.blockers.into_iter().filter(ambiguous).collect(), duplicates }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blockers.is_empty()
    }

    /// A note for each blocker, and for each unmanaged duplicate of a configuration in the files.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.blockers.iter().map(blocker_line).chain(self.duplicates.iter().cloned()).collect()
    }
}

/// Formats a blocker on one line.
fn blocker_line(blocker: &Blocker) -> String {
    let candidates: Vec<_> = blocker.candidates.iter().map(|candidate| candidate.uid.to_string()).collect();
    let candidates = (!candidates.is_empty()).then(|| candidates.join(", "));
    let key = blocker.key.as_ref().map(ToString::to_string);
    let parts: Vec<_> = key.into_iter().chain([blocker.message.clone()]).chain(candidates).collect();
    format!("{}; {}", parts.join(": "), blocker.hint)
}
