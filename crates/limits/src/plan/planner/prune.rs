//! Managed configurations that are in no file.

use super::{Planner, remote_change_reason};
use crate::{BlockReason, Blocker, ChangeReason, ConfigChange, NotGivenConfig, PlanOptions};

impl Planner<'_> {
    /// Handles managed configurations that are in no file.
    pub(super) fn prune(&mut self, options: PlanOptions) {
        let sandbox = self.desired.sandbox.as_str();
        let all: Vec<_> = self.managed_by_uid.values().copied().filter(|managed| managed.sandbox == sandbox).collect();
        let mut deletes = 0;
        for managed in all.iter().filter(|managed| !self.referenced_uids.contains(&managed.uid)) {
            let Some(found) = self.observed.get(&managed.uid) else {
                self.missing.push(managed.uid.clone());
                continue;
            };
            if managed.file.as_ref().is_none_or(|file| !self.desired.files.contains(file)) {
                self.not_given.push(NotGivenConfig { config: found.into(), file: managed.file.clone() });
            } else if !options.prune {
                self.orphaned.push(found.into());
            } else if managed.is_unchanged(found) {
                deletes += 1;
                let found = found.clone().with_salt(managed.salt());
                self.changes.push(ConfigChange::deletion(&found, ChangeReason::RemovedFromFiles, options));
            } else {
                let reason = remote_change_reason(managed, found);
                self.blockers.push(Blocker {
                    reason: BlockReason::Conflict,
                    key: Some(found.key()),
                    message: format!("it was removed from the files, and {reason}, since the last apply"),
                    hint: "add it to a file to keep it; to delete it, run `ajo import --uid UID` and plan again"
                        .to_owned(),
                    candidates: vec![found.into()],
                    location: None,
                });
            }
        }
        let allowed = options.max_allowed_deletes(all.len());
        if deletes > allowed {
            self.blockers.push(Blocker {
                reason: BlockReason::TooManyDeletes,
                key: None,
                message: format!(
                    "{deletes} of {} configurations would be deleted, but at most {allowed} may be",
                    all.len()
                ),
                hint: format!("to allow this, pass `--max-deletes {deletes}`"),
                candidates: Vec::new(),
                location: None,
            });
        }
    }
}
