//! The plan for one sandbox, as data.

use std::collections::BTreeSet;

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Blocker, ConfigChange, ConfigSummary, DesiredConfig, Digest, ObservedConfig, ObservedLimits, PlanOptions};

/// The plan for one sandbox. It is plain data: this crate cannot apply it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The sandbox.
    pub sandbox: String,
    /// The options of the plan.
    pub options: PlanOptions,
    /// The desired configurations.
    pub desired: Vec<DesiredConfig>,
    /// The changes in file order, deletions last.
    pub changes: Vec<ConfigChange>,
    /// The reasons that prevent an apply.
    pub blockers: Vec<Blocker>,
    /// The number of configurations that are as the files describe them.
    pub unchanged: usize,
    /// Configurations that are as the files describe them but not managed yet.
    pub importable: Vec<ConfigSummary>,
    /// Managed configurations that are no longer in the files and are not deleted without `prune`.
    pub orphaned: Vec<ConfigSummary>,
    /// Configurations that are neither managed nor in the files; they are never modified.
    pub unmanaged: Vec<ConfigSummary>,
    /// Configurations that are as the files describe them but changed since the state was written.
    pub stale: Vec<ObservedConfig>,
    /// Managed configurations that no longer exist and are not recreated.
    #[schemars(with = "Vec<String>")]
    pub missing: Vec<Uid>,
    /// The digest of the desired configurations, the observed configurations they match, and the changes.
    pub digest: Digest,
}

impl Plan {
    /// Whether there is nothing to change and no blocker.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.blockers.is_empty()
    }

    /// The configurations of the service that the plan concerns.
    fn referenced_uids(&self) -> BTreeSet<&Uid> {
        let changed = self.changes.iter().filter_map(|change| change.uid.as_ref());
        let candidates = self.blockers.iter().flat_map(|blocker| &blocker.candidates);
        let candidates = candidates.chain(&self.importable).chain(&self.orphaned).map(|candidate| &candidate.uid);
        changed.chain(candidates).chain(self.stale.iter().map(|found| &found.uid)).collect()
    }

    /// The digest of the plan and of the observed configurations it depends on.
    pub(super) fn compute_digest(&self, observed: &ObservedLimits) -> Digest {
        // Positions in files do not affect the calls.
        let mut plan = self.clone();
        let desired = plan.desired.iter_mut().map(|desired| &mut desired.location);
        let changes = plan.changes.iter_mut().map(|change| &mut change.location);
        for location in desired.chain(changes).chain(plan.blockers.iter_mut().map(|blocker| &mut blocker.location)) {
            *location = None;
        }
        let uids = self.referenced_uids();
        let read: Vec<_> = observed.configs.iter().filter(|found| uids.contains(&found.uid)).collect();
        let Self { sandbox, options, desired, changes, blockers, .. } = &plan;
        Digest::compute(&(sandbox, options, desired, read, changes, blockers))
    }
}
