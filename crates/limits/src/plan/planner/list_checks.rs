//! Checks whether the lists of the service are complete and consistent.

use std::collections::BTreeSet;

use ajo_core::{Api, Uid};

use super::Planner;
use crate::{BlockReason, Blocker, ManagedConfig, PlanOptions};

/// The number of UIDs that a message names.
const MAX_NAMED_UIDS: usize = 5;

impl Planner<'_> {
    /// Refuses to continue if many managed configurations are missing: more likely, the sandbox or the service is wrong.
    pub(super) fn check_missing(&mut self, options: PlanOptions) {
        if self.observed.absent.is_empty() {
            return;
        }
        let sandbox = self.desired.sandbox.as_str();
        let all: Vec<_> = self.managed_by_uid.values().filter(|managed| managed.sandbox == sandbox).collect();
        let missing = all.iter().filter(|managed| self.observed.absent.contains(&managed.uid)).count();
        let (count, allowed) = (all.len(), options.max_allowed_deletes(all.len()));
        if missing > allowed {
            self.blockers.push(Blocker {
                reason: BlockReason::TooManyMissing,
                key: None,
                message: format!(
                    "{missing} of {count} managed configurations no longer exist, but at most {allowed} may be missing"
                ),
                hint: format!(
                    "check the sandbox and the organization; if they were deleted, pass `--max-deletes {missing}`"
                ),
                candidates: Vec::new(),
                location: None,
            });
        }
    }

    /// Plans nothing if the list is wrong: missing configurations would be created again.
    pub(super) fn check_list(&mut self) {
        let sandbox = self.desired.sandbox.as_str();
        let has_throttling = self.desired_keys.iter().any(|key| key.api == Api::Throttling);
        let is_read = |managed: &&&ManagedConfig| managed.sandbox == sandbox || has_throttling;
        let unproved = self.managed_by_uid.values().filter(is_read).map(|managed| &managed.uid);
        let unproved = unproved.filter(|uid| self.observed.get(uid).is_none() && !self.observed.absent.contains(*uid));
        let mut uids: BTreeSet<&Uid> = unproved.chain(&self.observed.unlisted).collect();
        let problem = if uids.is_empty() {
            uids.extend(&self.observed.contradictory);
            "the service lists these configurations twice, with different content"
        } else {
            "the service does not list these configurations, but they exist"
        };
        if uids.is_empty() {
            return;
        }
        let named: Vec<_> = uids.iter().take(MAX_NAMED_UIDS).map(|uid| uid.as_str()).collect();
        let more =
            if uids.len() > named.len() { format!(", and {} more", uids.len() - named.len()) } else { String::new() };
        self.blockers = vec![Blocker {
            reason: BlockReason::IncompleteList,
            key: None,
            message: format!("{problem}: {}{more}", named.join(", ")),
            hint: "nothing was planned, because a wrong list would lead to wrong changes; try again later".to_owned(),
            candidates: Vec::new(),
            location: None,
        }];
        self.changes.clear();
        self.unchanged = 0;
        self.replacements.unclear.clear();
        self.importable.clear();
        self.orphaned.clear();
        self.not_given.clear();
        self.normalized.clear();
        self.unknown_fields.clear();
        self.stale.clear();
        self.missing.clear();
    }
}
