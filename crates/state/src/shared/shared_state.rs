//! Reads and locks the state in a bucket.

use std::sync::Arc;
use std::time::Duration;

use ajo_limits::{Journal, LimitsState, StateSet};

use super::lease_keeper::LeaseKeeper;
use super::locked_set::LockedSet;
use super::run_machine::run_machine;
use super::shared_lock::{LockedThrottling, SharedLock, join_journal};
use super::{LeaseClock, SystemClock};
use crate::protocol::{
    AcquireLease, AcquireOutcome, DocumentError, Fence, FenceOutcome, HeldLease, JournalDocument, LeaseDocument,
    LeaseHolder, LeaseRequest, ObjectNames, StateDocument, WriteIds,
};
use crate::{Bucket, LeaseTerms, StateError, StateScope, StoredState};

/// How long a lease lasts without a renewal (ours).
pub const DEFAULT_LEASE_TIME: Duration = Duration::from_secs(60);

/// State in a bucket.
#[derive(Clone, Debug)]
pub struct SharedState {
    pub(super) bucket: Arc<dyn Bucket>,
    pub(super) clock: Arc<dyn LeaseClock>,
    lease_time: Duration,
}

impl SharedState {
    /// The state in this bucket.
    pub fn new(bucket: Arc<dyn Bucket>) -> Self {
        Self { bucket, clock: Arc::new(SystemClock), lease_time: DEFAULT_LEASE_TIME }
    }

    /// With another lease time. All machines may have different ones.
    #[must_use]
    pub fn with_lease_time(self, lease_time: Duration) -> Self {
        Self { lease_time, ..self }
    }

    /// With another clock, for tests.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn LeaseClock>) -> Self {
        Self { clock, ..self }
    }

    pub(crate) fn location(&self) -> String {
        self.bucket.url("").trim_end_matches('/').to_owned()
    }

    pub(super) fn document_error(&self, error: DocumentError) -> StateError {
        StateError::Document { location: self.location(), error }
    }

    /// Reads the state and the journals without a lease. An apply may be running.
    pub(crate) async fn read(&self, scope: &StateScope) -> Result<StoredState, StateError> {
        let names = ObjectNames::new(&scope.organization, &StateSet::Sandbox(scope.sandbox.clone()));
        let mut stored = StoredState { holder: self.read_holder(&names).await?, ..StoredState::default() };
        stored.state = self.read_set(&names, &mut stored.journals).await?;
        let throttling = self.read_throttling(scope, &mut stored.journals).await?;
        stored.state.replace_part(&StateSet::Throttling, &throttling);
        Ok(stored)
    }

    /// Reads the throttling state of the organization without a lease.
    async fn read_throttling(
        &self,
        scope: &StateScope,
        journals: &mut Vec<Journal>,
    ) -> Result<LimitsState, StateError> {
        self.read_set(&ObjectNames::new(&scope.organization, &StateSet::Throttling), journals).await
    }

    /// Whether the throttling state or an unfinished apply of it belongs to this sandbox.
    pub(crate) async fn has_throttling(&self, scope: &StateScope) -> Result<bool, StateError> {
        let mut journals = Vec::new();
        let state = self.read_throttling(scope, &mut journals).await?;
        let sandbox = scope.sandbox.as_str();
        Ok(state.configs.iter().any(|managed| managed.sandbox == sandbox)
            || journals.iter().any(|journal| journal.header.plan.sandbox == sandbox))
    }

    pub(super) async fn read_set(
        &self,
        names: &ObjectNames,
        journals: &mut Vec<Journal>,
    ) -> Result<LimitsState, StateError> {
        let name = names.state();
        let Some(object) = self.bucket.get(&name).await? else { return Ok(LimitsState::default()) };
        let document = StateDocument::parse(&name, &object.content).map_err(|error| self.document_error(error))?;
        for open in &document.open_journals {
            let mut batches = Vec::new();
            loop {
                let name = names.batch(open.epoch, batches.len() as u64);
                let Some(object) = self.bucket.get(&name).await? else { break };
                let batch =
                    JournalDocument::parse(&name, &object.content).map_err(|error| self.document_error(error))?;
                if batch.sealed_by.is_some() {
                    break;
                }
                batches.push(batch);
            }
            journals.extend(join_journal(batches, open.reconciled.as_ref()));
        }
        Ok(document.state)
    }

    async fn read_holder(&self, names: &ObjectNames) -> Result<Option<LeaseHolder>, StateError> {
        Ok(self.read_lease(names).await?.and_then(|lease| lease.holder))
    }

    pub(super) async fn read_lease(&self, names: &ObjectNames) -> Result<Option<LeaseDocument>, StateError> {
        let name = names.lease();
        let Some(object) = self.bucket.get(&name).await? else { return Ok(None) };
        LeaseDocument::parse(&name, &object.content).map(Some).map_err(|error| self.document_error(error))
    }

    /// Takes the lease of the sandbox, then that of the organization's throttling if `throttling` is set.
    pub(crate) async fn lock(
        &self,
        scope: &StateScope,
        throttling: bool,
        holder: LeaseHolder,
        timeout: Duration,
    ) -> Result<SharedLock, StateError> {
        let give_up_at = self.clock.now().saturating_add(timeout);
        let sandbox = self.lock_set(scope, &StateSet::Sandbox(scope.sandbox.clone()), &holder, give_up_at).await?;
        // This may wait for another holder, longer than the first lease lasts.
        let locking = sandbox.lease.keep_during(async {
            if throttling {
                let set = self.lock_set(scope, &StateSet::Throttling, &holder, give_up_at).await?;
                Ok(LockedThrottling::Held(Arc::new(set)))
            } else {
                // Its journals are not ours: another apply may be running.
                self.read_throttling(scope, &mut Vec::new()).await.map(LockedThrottling::ReadOnly)
            }
        });
        match locking.await {
            Ok(throttling) => Ok(SharedLock::new(self.clock.clone(), scope.clone(), sandbox, throttling).await),
            Err(error) => {
                sandbox.release().await;
                Err(error)
            }
        }
    }

    async fn lock_set(
        &self,
        scope: &StateScope,
        set: &StateSet,
        holder: &LeaseHolder,
        give_up_at: Duration,
    ) -> Result<LockedSet, StateError> {
        let names = ObjectNames::new(&scope.organization, set);
        let request =
            LeaseRequest { names: names.clone(), holder: holder.clone(), lease_time: self.lease_time, give_up_at };
        let acquire = AcquireLease::new(request, random_ids()?);
        let lease: HeldLease = match run_machine(&*self.bucket, &*self.clock, acquire).await {
            AcquireOutcome::Acquired { lease, .. } => lease,
            AcquireOutcome::Busy(lease) => {
                let terms = LeaseTerms { set: set.clone(), epoch: lease.epoch, seconds: lease.lease_ms.div_ceil(1000) };
                return Err(StateError::Held { holder: lease.holder, lease: Some(terms) });
            }
            AcquireOutcome::Failed(error) => return Err(error.into()),
            AcquireOutcome::Invalid(error) => return Err(self.document_error(error)),
        };
        let fence = Fence::new(names.clone(), lease.epoch(), random_ids()?);
        let lease = LeaseKeeper::new((self.bucket.clone(), self.clock.clone()), names, (lease, random_ids()?));
        let fencing = async {
            match run_machine(&*self.bucket, &*self.clock, fence).await {
                FenceOutcome::Fenced(fenced) => Ok(fenced),
                FenceOutcome::Lost { .. } => Err(lease.superseded().await),
                FenceOutcome::Failed(error) => Err(error.into()),
                FenceOutcome::Invalid(error) => Err(self.document_error(error)),
            }
        };
        match lease.keep_during(fencing).await {
            Ok(fenced) => Ok(LockedSet::new(lease, fenced)),
            Err(error) => {
                lease.release().await;
                Err(error)
            }
        }
    }
}

pub(super) fn random_ids() -> Result<WriteIds, StateError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| StateError::NoRandomNumbers(error.to_string()))?;
    Ok(WriteIds::new(u128::from_ne_bytes(bytes)))
}
