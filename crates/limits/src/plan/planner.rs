//! Compares the limits files with the service and the state file, and decides on each configuration.

mod late_creates;
mod list_checks;
mod prune;

use std::collections::{BTreeMap, BTreeSet};

use ajo_core::{Api, Uid};

use super::replacement::{self, Replacements};
use crate::{
    BlockReason, Blocker, ChangeReason, ConfigChange, ConfigKey, ConfigSummary, DesiredConfig, DesiredLimits, Digest,
    LimitsState, ManagedConfig, NormalizedConfig, NotGivenConfig, ObservedConfig, ObservedLimits, Plan, PlanOptions,
    UnknownFields, UnmanagedCount,
};

/// Compares the desired limits with the service and the state, and plans the changes. A pure function.
pub fn plan(desired: &DesiredLimits, observed: &ObservedLimits, state: &LimitsState, options: PlanOptions) -> Plan {
    let mut planner = Planner::new(desired, observed, state);
    for wanted in &desired.configs {
        planner.plan_config(wanted);
    }
    planner.prune(options);
    planner.delete_late_creates(state, options);
    planner.check_missing(options);
    planner.check_list();
    planner.finish(options, state.sandbox_digest(desired.sandbox.as_str()))
}

/// The matching configuration of the service for each desired configuration, in file order. `None` if none or several match.
pub fn match_configs<'o>(
    desired: &'o DesiredLimits,
    observed: &'o ObservedLimits,
    state: &'o LimitsState,
) -> Vec<Option<&'o ObservedConfig>> {
    let mut planner = Planner::new(desired, observed, state);
    for wanted in &desired.configs {
        planner.plan_config(wanted);
    }
    planner.matches
}

/// The reason for a remote change. The last editor is named only if the edit time has changed, because deploying and
/// undeploying do not update it.
fn remote_change_reason(managed: &ManagedConfig, found: &ObservedConfig) -> ChangeReason {
    let is_edited = found.last_modified_at != managed.last_modified_at;
    ChangeReason::ChangedRemotely {
        by: found.last_modified_by.clone().filter(|_| is_edited),
        at: found.last_modified_at.clone().filter(|_| is_edited),
    }
}

/// Builds a plan.
struct Planner<'p> {
    desired: &'p DesiredLimits,
    observed: &'p ObservedLimits,
    observed_by_key: BTreeMap<ConfigKey, Vec<&'p ObservedConfig>>,
    managed_by_key: BTreeMap<&'p ConfigKey, Vec<&'p ManagedConfig>>,
    managed_by_uid: BTreeMap<&'p Uid, &'p ManagedConfig>,
    desired_keys: BTreeSet<ConfigKey>,
    /// The UIDs, in service or state, that match a desired configuration.
    referenced_uids: BTreeSet<&'p Uid>,
    /// The result of [`match_configs`].
    matches: Vec<Option<&'p ObservedConfig>>,
    changes: Vec<ConfigChange>,
    blockers: Vec<Blocker>,
    unchanged: usize,
    replacements: Replacements<'p>,
    importable: Vec<ConfigSummary>,
    orphaned: Vec<ConfigSummary>,
    not_given: Vec<NotGivenConfig>,
    normalized: Vec<NormalizedConfig>,
    unknown_fields: Vec<UnknownFields>,
    stale: Vec<ManagedConfig>,
    missing: Vec<Uid>,
}

impl<'p> Planner<'p> {
    fn new(desired: &'p DesiredLimits, observed: &'p ObservedLimits, state: &'p LimitsState) -> Self {
        let mut observed_by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for found in &observed.configs {
            observed_by_key.entry(found.key()).or_default().push(found);
        }
        let mut managed_by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut managed_by_uid = BTreeMap::new();
        for entry in state.for_sandbox(&desired.sandbox) {
            managed_by_key.entry(&entry.key).or_default().push(entry);
            managed_by_uid.insert(&entry.uid, entry);
        }
        let mut planner = Self {
            desired,
            observed,
            observed_by_key,
            managed_by_key,
            managed_by_uid,
            desired_keys: desired.configs.iter().map(DesiredConfig::key).collect(),
            referenced_uids: BTreeSet::new(),
            matches: Vec::new(),
            changes: Vec::new(),
            blockers: Vec::new(),
            unchanged: 0,
            replacements: Replacements::default(),
            importable: Vec::new(),
            orphaned: Vec::new(),
            not_given: Vec::new(),
            normalized: Vec::new(),
            unknown_fields: Vec::new(),
            stale: Vec::new(),
            missing: Vec::new(),
        };
        planner.replacements = planner.find_replacements();
        planner
    }

    /// Pairs managed configurations whose entries disappeared with entries that would be created. There is only one
    /// throttling configuration, so [`Self::create`] handles it.
    fn find_replacements(&self) -> Replacements<'p> {
        let sandbox = self.desired.sandbox.as_str();
        let disappeared = self.managed_by_uid.values().copied().filter_map(|managed| {
            let is_gone = |key: &ConfigKey| !self.desired_keys.contains(key);
            if managed.key.api != Api::Capping
                || managed.orphaned
                || managed.sandbox != sandbox
                || !is_gone(&managed.key)
            {
                return None;
            }
            let found = self.observed.get(&managed.uid)?;
            is_gone(&found.key()).then_some((managed, found))
        });
        let disappeared: Vec<_> = disappeared.collect();
        if disappeared.is_empty() {
            return Replacements::default();
        }
        let is_new = |key: &ConfigKey| {
            key.api == Api::Capping && !self.managed_by_key.contains_key(key) && !self.observed_by_key.contains_key(key)
        };
        replacement::find_replacements(
            self.desired.configs.iter().filter(|wanted| is_new(&wanted.key())).collect(),
            disappeared,
        )
    }

    /// Finds the matching configuration and plans its change.
    fn plan_config(&mut self, wanted: &DesiredConfig) {
        let key = wanted.key();
        let mut managed = self.managed_by_key.get(&key).cloned().unwrap_or_default();
        managed.extend(self.rekeyed_to(&key));
        managed.extend(self.replacements.by_key.get(&key));
        self.referenced_uids.extend(managed.iter().map(|managed| &managed.uid));
        let present: Vec<_> =
            managed.iter().filter_map(|managed| Some((*managed, self.observed.get(&managed.uid)?))).collect();
        let others = self.unmanaged_with_key(&key);
        self.matches.push(match (&present[..], &others[..]) {
            ([(_, found)], _) | ([], [found]) => Some(found),
            ([], []) => self.existing_throttling(&key).filter(|found| self.managed_by_uid.contains_key(&found.uid)),
            _ => None,
        });
        match (&present[..], &managed[..], &others[..]) {
            ([(entry, found)], ..) => {
                self.compare_three_way(&key, wanted, entry, found);
                let deleted = managed.iter().filter(|other| self.observed.absent.contains(&other.uid));
                self.missing.extend(deleted.map(|other| other.uid.clone()));
            }
            ([_, _, ..], ..) => {
                let candidates: Vec<_> = present.iter().map(|(_, found)| *found).collect();
                let message = "the state file lists several configurations with this URL and these methods";
                self.block_ambiguous(wanted, message, &candidates);
            }
            ([], [], []) => self.create(wanted),
            ([], [_, ..], []) if self.existing_throttling(&key).is_some() => self.create(wanted),
            ([], [managed, ..], []) => self.recreate(wanted, managed),
            ([], _, [found]) if wanted.matches(&found.deploy_state_for(&wanted.definition)) => {
                self.referenced_uids.insert(&found.uid);
                self.unchanged += 1;
                self.importable.push(ConfigSummary::from(*found));
            }
            ([], _, [found]) => {
                self.referenced_uids.insert(&found.uid);
                let difference = wanted.describe_difference(found);
                self.add_blocker(
                    wanted,
                    BlockReason::Unmanaged,
                    format!("it already exists, {difference}, and is not managed by `ajo`"),
                    "run `ajo import` to manage it, then `ajo plan` to see the changes",
                    &[found],
                );
            }
            ([], _, candidates) => {
                let message = "several configurations at the service have this URL and these methods";
                self.block_ambiguous(wanted, message, candidates);
            }
        }
    }

    /// Managed configurations that were given this key at the service and whose former key is in no file.
    fn rekeyed_to(&self, key: &ConfigKey) -> Vec<&'p ManagedConfig> {
        let found = self.observed_by_key.get(key).into_iter().flatten();
        let managed = found.filter_map(|found| self.managed_by_uid.get(&found.uid).copied());
        managed.filter(|managed| managed.key != *key && !self.desired_keys.contains(&managed.key)).collect()
    }

    /// Unmanaged configurations of the service with this key.
    fn unmanaged_with_key(&self, key: &ConfigKey) -> Vec<&'p ObservedConfig> {
        let found = self.observed_by_key.get(key).into_iter().flatten();
        found.filter(|found| !self.managed_by_uid.contains_key(&found.uid)).copied().collect()
    }

    /// A configuration in both the state and the service, compared three ways:
    ///
    /// | file | service | |
    /// |---|---|---|
    /// | equals the service | | nothing to do |
    /// | unchanged | unchanged | nothing to do: the service normalized the definition; but if another definition, or none, is live, an update |
    /// | changed | unchanged | an update |
    /// | unchanged | changed | someone else changed it, so it is changed back |
    /// | changed | changed | a conflict; but if the file has the edit already, and only the live definition is old, an update |
    ///
    /// After an import or apply that left a difference, there is no digest of the file: neither changed, and it is an update.
    fn compare_three_way(
        &mut self,
        key: &ConfigKey,
        wanted: &DesiredConfig,
        managed: &ManagedConfig,
        found: &'p ObservedConfig,
    ) {
        let found_state = found.deploy_state_for(&wanted.definition);
        self.referenced_uids.insert(&found.uid);
        self.unknown_fields.extend(UnknownFields::find(wanted, found));
        if wanted.matches(&found_state) {
            self.keep(key, wanted, managed, found);
            return;
        }
        let is_file_unchanged = managed.is_file_unchanged(wanted);
        let is_only_live_old =
            || wanted.deployed && found_state.is_deployed() && found_state.saved == wanted.definition;
        match (is_file_unchanged, managed.is_unchanged(found)) {
            (Some(true), true) if found_state.is_live_as_saved(wanted.deployed) => {
                self.normalized.push(NormalizedConfig::new(wanted, found, &found_state));
                self.keep(key, wanted, managed, found);
            }
            (Some(false), true) => self.add_change(wanted, Some((managed, found)), ChangeReason::FileChanged),
            (None | Some(true), true) => self.add_change(wanted, Some((managed, found)), ChangeReason::Unsettled),
            (file, false) if file == Some(true) || is_only_live_old() => {
                self.add_change(wanted, Some((managed, found)), remote_change_reason(managed, found));
            }
            (file, false) => {
                let reason = remote_change_reason(managed, found);
                let message = if file.is_none() {
                    format!("{}, and {reason} since", ChangeReason::Unsettled)
                } else {
                    format!("the file changed, and {reason}, since the last apply")
                };
                let hint = "to keep the change made at the service, run `ajo accept`; to overwrite it, run `ajo import` and plan again";
                self.add_blocker(wanted, BlockReason::Conflict, message, hint, &[found]);
            }
        }
    }

    /// A configuration that needs no change. Its entry in the state may.
    fn keep(&mut self, key: &ConfigKey, wanted: &DesiredConfig, managed: &ManagedConfig, found: &ObservedConfig) {
        self.unchanged += 1;
        if !managed.is_settled(key, wanted, found) {
            let sandbox = managed.sandbox.clone();
            let settled = ManagedConfig::settled(&self.desired.sandbox, wanted, found);
            self.stale.push(ManagedConfig { sandbox, ..settled });
        }
    }

    /// A managed configuration that no longer exists.
    fn recreate(&mut self, wanted: &DesiredConfig, managed: &ManagedConfig) {
        if managed.is_file_unchanged(wanted) == Some(true) {
            self.add_change(wanted, None, ChangeReason::DeletedRemotely);
        } else {
            self.add_blocker(
                wanted,
                BlockReason::Conflict,
                format!("the file changed, and someone else deleted the configuration ({})", managed.uid),
                "remove it from the file to keep it deleted; to create it again, run `ajo import` and plan again",
                &[],
            );
        }
    }

    /// A configuration in neither the state nor the service. Throttling may exist under another key.
    fn create(&mut self, wanted: &DesiredConfig) {
        match self.existing_throttling(&wanted.key()) {
            None => self.add_change(wanted, None, ChangeReason::New),
            Some(found) => match self.managed_by_uid.get(&found.uid).copied() {
                Some(managed) => {
                    self.referenced_uids.insert(&managed.uid);
                    self.compare_three_way(&wanted.key(), wanted, managed, found);
                }
                None => self.add_blocker(
                    wanted,
                    BlockReason::MultipleThrottling,
                    "an organization has only one throttling configuration, and another one already exists".to_owned(),
                    "copy it into the file; to replace it, run `ajo import --uid UID` and plan again",
                    &[found],
                ),
            },
        }
    }

    /// The organization's only throttling configuration, if `key` is a throttling key.
    fn existing_throttling(&self, key: &ConfigKey) -> Option<&'p ObservedConfig> {
        let mut all = self.observed.configs.iter();
        all.find(|found| key.api == Api::Throttling && found.deploy_state.saved.api() == Api::Throttling)
    }

    fn add_change(
        &mut self,
        wanted: &DesiredConfig,
        managed: Option<(&ManagedConfig, &ObservedConfig)>,
        reason: ChangeReason,
    ) {
        let Some(change) = ConfigChange::from_desired(wanted, managed.map(|(_, found)| found), reason) else {
            // No call can remove the difference.
            self.unchanged += 1;
            return;
        };
        // A key that the service normalized is not another key.
        let is_normalized = |(managed, found): (&ManagedConfig, &ObservedConfig)| {
            managed.key == change.key && (managed.is_unchanged(found) || found.key().equals_without_slash(&change.key))
        };
        let previous_key = managed.filter(|pair| !is_normalized(*pair)).map(|(_, found)| found.key());
        let previous_key = previous_key.filter(|previous| *previous != change.key);
        self.changes.push(ConfigChange { previous_key, ..change });
    }

    fn block_ambiguous(&mut self, wanted: &DesiredConfig, message: &str, candidates: &[&'p ObservedConfig]) {
        self.referenced_uids.extend(candidates.iter().map(|found| &found.uid));
        self.add_blocker(
            wanted,
            BlockReason::Ambiguous,
            message.to_owned(),
            "select one with `ajo import --uid UID`, or delete the others",
            candidates,
        );
    }

    fn add_blocker(
        &mut self,
        wanted: &DesiredConfig,
        reason: BlockReason,
        message: String,
        hint: &str,
        candidates: &[&ObservedConfig],
    ) {
        self.blockers.push(Blocker {
            reason,
            key: Some(wanted.key()),
            message,
            hint: hint.to_owned(),
            candidates: candidates.iter().map(|found| ConfigSummary::from(*found)).collect(),
            location: wanted.location.clone(),
        });
    }

    fn finish(self, options: PlanOptions, state_digest: Digest) -> Plan {
        let is_known = |found: &&ObservedConfig| {
            self.referenced_uids.contains(&found.uid) || self.managed_by_uid.contains_key(&found.uid)
        };
        let unmanaged = self.observed.configs.iter().filter(|found| !is_known(found)).cloned().collect::<Vec<_>>();
        let is_deployed = |found: &&ObservedConfig| found.deploy_state.is_deployed();
        let mut plan = Plan {
            sandbox: self.desired.sandbox.to_string(),
            options,
            files: self.desired.files.clone(),
            desired: self.desired.configs.clone(),
            changes: self.changes,
            blockers: self.blockers,
            unchanged: self.unchanged,
            importable: self.importable,
            orphaned: self.orphaned,
            not_given: self.not_given,
            normalized: self.normalized,
            unknown_fields: self.unknown_fields,
            unclear_replacements: self.replacements.unclear,
            unmanaged_count: UnmanagedCount {
                deployed: unmanaged.iter().filter(is_deployed).count(),
                not_deployed: unmanaged.iter().filter(|found| !is_deployed(found)).count(),
            },
            unmanaged,
            stale: self.stale,
            missing: self.missing,
            observed_traffic: None,
            state_digest,
            observed_digest: Digest::compute(&()),
            digest: Digest::compute(&()),
        };
        plan.observed_digest = plan.digest_observed(self.observed);
        plan.digest = plan.digest_for(&());
        plan
    }
}
