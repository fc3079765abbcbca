//! The leases of a command.

use std::sync::Arc;

use ajo_core::Api;
use ajo_limits::{JournalHeader, LimitsState, StateSet};

use super::bucket_journal::BucketJournal;
use super::locked_set::LockedSet;
use super::{LeaseClock, SharedState};
use crate::protocol::JournalDocument;
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

impl SharedLock {
    pub(super) async fn new(
        shared: &SharedState,
        scope: &StateScope,
        sandbox: LockedSet,
        throttling: Option<LockedSet>,
    ) -> Result<Self, StateError> {
        let mut stored = StoredState::default();
        stored.state = sandbox.state().await;
        let throttling_state = match &throttling {
            Some(set) => set.state().await,
            None => shared.read_throttling(scope, &mut stored.journals).await?,
        };
        for set in [Some(&sandbox), throttling.as_ref()].into_iter().flatten() {
            for sealed in &set.sealed {
                stored.journals.extend(join_journal(sealed.batches.clone(), sealed.open.reconciled.as_ref()));
            }
        }
        stored.state.replace_part(&StateSet::Throttling, &throttling_state);
        Ok(Self {
            clock: shared.clock.clone(),
            scope: scope.clone(),
            sandbox: Arc::new(sandbox),
            throttling: throttling.map(Arc::new),
            stored,
        })
    }

    fn sets(&self) -> impl Iterator<Item = &Arc<LockedSet>> {
        [Some(&self.sandbox), self.throttling.as_ref()].into_iter().flatten()
    }

    pub(crate) async fn save(&self, state: &LimitsState, handling: JournalHandling) -> Result<(), StateError> {
        let digest = state.sandbox_digest(self.scope.sandbox.as_str());
        let capping = state.part(&StateSet::Sandbox(self.scope.sandbox.clone()));
        self.sandbox.save(capping, handling, &digest).await?;
        if let Some(set) = &self.throttling {
            set.save(state.part(&StateSet::Throttling), handling, &digest).await?;
        }
        if handling == JournalHandling::Close {
            for set in self.sets() {
                set.delete_closed_journals().await;
            }
        }
        Ok(())
    }

    /// Starts a journal in each set that the plan changes.
    pub(crate) async fn start_journal(&self, header: &JournalHeader) -> Result<BucketJournal, StateError> {
        let sets = [(Api::Capping, Some(&self.sandbox)), (Api::Throttling, self.throttling.as_ref())];
        let mut parts = Vec::new();
        for (api, set) in sets {
            let Some(set) = set else { continue };
            set.start_journal(JournalHeader { api: Some(api), ..header.clone() }).await?;
            parts.push((api, set.clone()));
        }
        Ok(BucketJournal::new(parts))
    }

    /// Waits until a request may be sent.
    pub(crate) async fn permit_request(&self) -> Result<RequestWindow, StateError> {
        let mut until = None;
        for set in self.sets() {
            let stops_at = set.permit_request().await?;
            until = Some(until.map_or(stops_at, |other: std::time::Duration| other.min(stops_at)));
        }
        let now = self.clock.now();
        let renewals = self.sets().map(|set| set.renew_at()).max();
        Ok(RequestWindow { rest: until.map(|until| until.saturating_sub(now)), renewal: renewals })
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.sets().any(|set| set.is_lost())
    }

    /// Renews the leases until one is lost.
    pub(crate) async fn keep(&self) -> StateError {
        loop {
            let next = self.sets().map(|set| set.renew_at()).min().unwrap_or_default();
            self.clock.sleep(next.saturating_sub(self.clock.now())).await;
            for set in self.sets() {
                if let Err(error) = set.renew().await {
                    return error;
                }
            }
        }
    }

    pub(crate) async fn release(&self) {
        // In the opposite order.
        if let Some(set) = &self.throttling {
            set.release().await;
        }
        self.sandbox.release().await;
    }
}

/// The journal in these batches, unless the apply ended before it wrote the first one.
pub(super) fn join_journal(
    batches: Vec<JournalDocument>,
    reconciled: Option<&ajo_limits::Digest>,
) -> Option<ajo_limits::Journal> {
    let mut journal = JournalDocument::join(batches)?;
    if let Some(digest) = reconciled {
        journal.push(ajo_limits::JournalEntry::Reconciled { state_digest: digest.clone() });
    }
    Some(journal)
}
