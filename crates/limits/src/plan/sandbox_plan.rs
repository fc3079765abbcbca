//! The plan for one sandbox, as data.

use std::collections::BTreeSet;

use ajo_core::Uid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Blocker, ConfigChange, ConfigSummary, DesiredConfig, Digest, ManagedConfig, NormalizedConfig, NotGivenConfig,
    ObservedConfig, ObservedLimits, ObservedTraffic, PlanOptions, UnclearReplacement, UnknownFields,
};

/// The plan for one sandbox. It is plain data: this crate cannot apply it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The sandbox.
    pub sandbox: String,
    /// The options of the plan.
    pub options: PlanOptions,
    /// The limits files, relative to the directory of the state file.
    #[serde(default)]
    pub files: Vec<String>,
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
    /// Managed configurations whose limits file was not passed; they are never deleted.
    #[serde(default)]
    pub not_given: Vec<NotGivenConfig>,
    /// Configurations that are neither managed nor in the files; they are never modified.
    pub unmanaged: Vec<ObservedConfig>,
    /// The numbers of unmanaged configurations. They are no changes.
    pub unmanaged_count: UnmanagedCount,
    /// Configurations that the service stored differently from what we sent.
    #[serde(default)]
    pub normalized: Vec<NormalizedConfig>,
    /// Configurations with fields that are neither in the specification nor in the files. Updates preserve the fields.
    #[serde(default)]
    pub unknown_fields: Vec<UnknownFields>,
    /// Entries that may replace each other.
    #[serde(default)]
    pub unclear_replacements: Vec<UnclearReplacement>,
    /// The entries of configurations that need no change but whose state is out of date.
    pub stale: Vec<ManagedConfig>,
    /// Managed configurations that no longer exist and are not recreated.
    #[schemars(with = "Vec<String>")]
    pub missing: Vec<Uid>,
    /// The observed traffic from which the effects of the changes were computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_traffic: Option<ObservedTraffic>,
    /// The digest of the sandbox's entries in the state file.
    pub state_digest: Digest,
    /// The digest of the observed configurations that the plan depends on.
    pub observed_digest: Digest,
    /// The digest of the plan. In a [`CommandReport`](crate::CommandReport) it also covers where the plan applies; see
    /// [`CommandReport::seal_plan`](crate::CommandReport::seal_plan).
    pub digest: Digest,
}

/// Numbers of configurations that are neither managed nor in the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnmanagedCount {
    pub deployed: usize,
    pub not_deployed: usize,
}

impl Plan {
    /// Whether there is nothing to change and no blocker.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.blockers.is_empty()
    }

    /// Takes the effects of the changes from another plan. The digests of the two differ unless their changes are equal.
    pub fn copy_effects(&mut self, other: &Self) {
        self.observed_traffic.clone_from(&other.observed_traffic);
        for (change, other) in self.changes.iter_mut().zip(&other.changes) {
            change.traffic_effect.clone_from(&other.traffic_effect);
        }
    }

    /// The configurations of the service that the plan concerns.
    fn referenced_uids(&self) -> BTreeSet<&Uid> {
        let changed = self.changes.iter().filter_map(|change| change.uid.as_ref());
        let candidates = self.blockers.iter().flat_map(|blocker| &blocker.candidates);
        let not_given = self.not_given.iter().map(|other| &other.config);
        let candidates = candidates.chain(&self.importable).chain(&self.orphaned).chain(not_given);
        let normalized = self.normalized.iter().map(|normalized| &normalized.uid);
        let reported = normalized.chain(self.unknown_fields.iter().map(|unknown| &unknown.uid));
        let stale = self.stale.iter().map(|managed| &managed.uid);
        changed.chain(candidates.map(|candidate| &candidate.uid)).chain(reported).chain(stale).collect()
    }

    /// The digest of the observed configurations that the plan depends on.
    pub(super) fn digest_observed(&self, observed: &ObservedLimits) -> Digest {
        let uids = self.referenced_uids();
        Digest::compute(&observed.configs.iter().filter(|found| uids.contains(&found.uid)).collect::<Vec<_>>())
    }

    /// The digest of the plan and of a target. Excludes positions in files and unmanaged configurations: they do not affect
    /// the calls.
    pub(crate) fn digest_for(&self, target: &impl Serialize) -> Digest {
        let mut plan = self.clone();
        let desired = plan.desired.iter_mut().map(|desired| &mut desired.location);
        let changes = plan.changes.iter_mut().map(|change| &mut change.location);
        let normalized = plan.normalized.iter_mut().map(|normalized| &mut normalized.location);
        let blockers = plan.blockers.iter_mut().map(|blocker| &mut blocker.location);
        desired.chain(changes).chain(normalized).chain(blockers).for_each(|location| *location = None);
        let Self { sandbox, options, files, desired, changes, blockers, unchanged, .. } = &plan;
        let Self { importable, orphaned, not_given, normalized, unknown_fields, unclear_replacements, .. } = &plan;
        let Self { stale, missing, observed_traffic, state_digest, observed_digest, .. } = &plan;
        let notes = (unchanged, importable, orphaned, not_given, normalized, unknown_fields, unclear_replacements);
        let target = (target, sandbox, options, files, observed_traffic);
        Digest::compute(&(target, desired, changes, blockers, notes, stale, missing, state_digest, observed_digest))
    }
}
