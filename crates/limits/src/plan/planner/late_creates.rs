//! Configurations that an interrupted apply created late.

use super::Planner;
use crate::{ChangeReason, ConfigChange, LimitsState, PlanOptions};

impl Planner<'_> {
    /// Deletes the configuration that a late create left next to a managed one. Of several equal configurations, none: at most one
    /// is from the late create, and it is unknown which.
    pub(super) fn delete_late_creates(&mut self, state: &LimitsState, options: PlanOptions) {
        let matched = self.desired.configs.iter().zip(&self.matches);
        let is_managed = |uid| self.managed_by_uid.contains_key(uid);
        let managed = matched.filter(|(_, found)| found.is_some_and(|found| is_managed(&found.uid)));
        let mut deletions = Vec::new();
        for key in managed.map(|(wanted, _)| wanted.key()) {
            let is_own = |sandbox: &str| sandbox == self.desired.sandbox.as_str();
            let late = state.late_creates.iter().find(|late| is_own(&late.sandbox) && late.key == key);
            let Some(late) = late else { continue };
            let others = self.unmanaged_with_key(&key);
            let mut created = others.into_iter().filter(|found| late.matches(found));
            if let (Some(found), None) = (created.next(), created.next()) {
                deletions.push((found, late.salt()));
            }
        }
        for (found, salt) in deletions {
            self.referenced_uids.insert(&found.uid);
            let found = found.clone().with_salt(salt);
            self.changes.push(ConfigChange::deletion(&found, ChangeReason::LateCreate, options));
        }
    }
}
