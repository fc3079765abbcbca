//! The leases of a command.

use std::sync::Arc;

use ajo_core::Api;
use ajo_limits::{Digest, Journal, JournalEntry, JournalHeader, LimitsState, StateSet};
use futures_util::future::select_all;

use super::LeaseClock;
use super::bucket_journal::BucketJournal;
use super::locked_set::LockedSet;
use crate::protocol::{JournalDocument, RequestPermit};
use crate::{JournalHandling, RequestWindow, StateError, StateScope, StoredState};

/// The leases of a sandbox and, if needed, of the organization's throttling.
#[derive(Debug)]
pub struct SharedLock {
    clock: Arc<dyn LeaseClock>,
    scope: StateScope,
    sandbox: Arc<LockedSet>,
    throttling: Option<Arc<LockedSet>>,
    pub(crate) stored: StoredState,
}

/// The throttling of an organization, with or without its lease.
pub(super) enum LockedThrottling {
    Held(Arc<LockedSet>),
    ReadOnly(LimitsState),
}

impl SharedLock {
    pub(super) async fn new(
        clock: Arc<dyn LeaseClock>,
        scope: StateScope,
        sandbox: LockedSet,
        throttling: LockedThrottling,
    ) -> Self {
        let mut stored = StoredState { state: sandbox.state().await, ..StoredState::default() };
        stored.journals.extend(sealed_journals(&sandbox));
        let throttling = match throttling {
            LockedThrottling::Held(set) => {
                stored.state.replace_part(&StateSet::Throttling, &set.state().await);
                stored.journals.extend(sealed_journals(&set));
                Some(set)
            }
            LockedThrottling::ReadOnly(state) => {
                stored.state.replace_part(&StateSet::Throttling, &state);
                None
            }
        };
        Self { clock, scope, sandbox: Arc::new(sandbox), throttling, stored }
    }

    fn sets(&self) -> impl Iterator<Item = &Arc<LockedSet>> {
        [Some(&self.sandbox), self.throttling.as_ref()].into_iter().flatten()
    }

    pub(crate) async fn save(&self, state: &LimitsState, handling: JournalHandling) -> Result<(), StateError> {
        let name = self.scope.sandbox.as_str();
        let throttling = state.part(&StateSet::Throttling);
        if self.throttling.is_none() && throttling.configs != self.stored.state.part(&StateSet::Throttling).configs {
            return Err(StateError::ThrottlingNotLocked);
        }
        // Each journal has the digest of its own part: the process may end between the two writes.
        let sandbox = state.part(&StateSet::Sandbox(self.scope.sandbox.clone()));
        let digest = sandbox.sandbox_digest(name);
        self.sandbox.save(sandbox, handling, &digest).await?;
        if let Some(set) = &self.throttling {
            let digest = throttling.sandbox_digest(name);
            set.save(throttling, handling, &digest).await?;
        }
        Ok(())
    }

    /// Starts a journal in each set.
    pub(crate) async fn start_journal(&self, header: &JournalHeader) -> Result<BucketJournal, StateError> {
        if self.throttling.is_none() && header.plan.changes.iter().any(|change| change.key.api == Api::Throttling) {
            return Err(StateError::ThrottlingNotLocked);
        }
        let sets = [(Api::Capping, Some(&self.sandbox)), (Api::Throttling, self.throttling.as_ref())];
        let mut parts = Vec::new();
        for (api, set) in sets {
            let Some(set) = set else { continue };
            let state_digest = set.state().await.sandbox_digest(self.scope.sandbox.as_str());
            set.start_journal(JournalHeader { api: Some(api), state_digest, ..header.clone() }).await?;
            parts.push((api, set.clone()));
        }
        Ok(BucketJournal::new(parts))
    }

    /// Waits until a request may be sent.
    pub(crate) async fn permit_request(&self) -> Result<RequestWindow, StateError> {
        loop {
            for set in self.sets() {
                set.lease.permit_request().await?;
            }
            let permits = self.sets().map(|set| match set.lease.permit() {
                RequestPermit::Until(stops_at) => Some(stops_at),
                RequestPermit::RenewFirst | RequestPermit::Lost => None,
            });
            // The permit of the first lease may have ended while the second one was renewed.
            let Some(stops_at) = permits.collect::<Option<Vec<_>>>() else { continue };
            let rest = stops_at.into_iter().min().map(|stops_at| stops_at.saturating_sub(self.clock.now()));
            return Ok(RequestWindow { rest, renewal: self.sets().map(|set| set.lease.renew_at()).max() });
        }
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.sets().any(|set| set.lease.is_lost())
    }

    /// Renews the leases until one is lost.
    pub(crate) async fn keep(&self) -> StateError {
        let keeping = self.sets().map(|set| Box::pin(set.lease.keep()));
        select_all(keeping).await.0
    }

    pub(crate) async fn release(&self) {
        // In the opposite order.
        if let Some(set) = &self.throttling {
            set.release().await;
        }
        self.sandbox.release().await;
    }
}

/// The journals of former holders.
fn sealed_journals(set: &LockedSet) -> impl Iterator<Item = Journal> {
    set.sealed.iter().filter_map(|sealed| join_journal(sealed.batches.clone(), sealed.open.reconciled.as_ref()))
}

/// The journal in these batches, unless the apply ended before it wrote the first one.
pub(super) fn join_journal(batches: Vec<JournalDocument>, reconciled: Option<&Digest>) -> Option<Journal> {
    let mut journal = JournalDocument::join(batches)?;
    if let Some(digest) = reconciled {
        journal.push(JournalEntry::Reconciled { state_digest: digest.clone() });
    }
    Some(journal)
}
