//! The late creates of a state.

use std::collections::BTreeSet;

use ajo_core::Uid;

use crate::{ConfigKey, DesiredConfig, DesiredLimits, LateCreate, LimitsState, ManagedConfig, ObservedLimits, Plan};

impl LimitsState {
    /// Adds a late create, or replaces the one with the same sandbox and key.
    pub(crate) fn record_late_create(&mut self, late: LateCreate) {
        self.remove_late_create(&late.sandbox, &late.key);
        self.late_creates.push(late);
    }

    pub(crate) fn remove_late_create(&mut self, sandbox: &str, key: &ConfigKey) {
        self.late_creates.retain(|late| late.sandbox != sandbox || late.key != *key);
    }

    /// Removes the late creates of the plan's sandbox whose keys are neither in the files nor managed.
    pub fn drop_unused_late_creates(&mut self, plan: &Plan) {
        let managed = self.configs.iter().filter(|managed| managed.sandbox == plan.sandbox).map(|it| it.key.clone());
        let used: BTreeSet<_> = plan.desired.iter().map(DesiredConfig::key).chain(managed).collect();
        self.late_creates.retain(|late| late.sandbox != plan.sandbox || used.contains(&late.key));
    }

    /// Manages the configurations that late creates left, if no managed configuration has their keys. The configuration must be
    /// the only unmanaged one with its key.
    pub fn adopt_late_creates(&mut self, desired: &DesiredLimits, observed: &ObservedLimits) {
        for wanted in &desired.configs {
            let key = wanted.key();
            let is_own = |late: &&LateCreate| late.sandbox == desired.sandbox.as_str() && late.key == key;
            let Some(late) = self.late_creates.iter().find(is_own) else { continue };
            let is_taken = |managed: &ManagedConfig| managed.sandbox == late.sandbox && managed.key == key;
            let is_managed = |uid: &Uid| self.configs.iter().any(|managed| managed.uid == *uid);
            let mut others = observed.configs.iter().filter(|found| found.key() == key && !is_managed(&found.uid));
            let (Some(found), None) = (others.next(), others.next()) else { continue };
            if self.configs.iter().any(is_taken) || !late.matches(found) {
                continue;
            }
            let entry = if wanted.matches(&found.deploy_state_for(&wanted.definition)) {
                ManagedConfig::settled(&desired.sandbox, wanted, found)
            } else {
                let found = found.clone().with_salt(late.salt());
                ManagedConfig::unsettled(&desired.sandbox, key.clone(), wanted.file.clone(), &found)
            };
            self.record(entry);
            self.remove_late_create(desired.sandbox.as_str(), &key);
        }
    }
}
