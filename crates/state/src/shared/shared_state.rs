//! Reads and locks the state in a bucket.

use std::sync::Arc;
use std::time::Duration;

use ajo_limits::{Journal, LimitsState, StateSet};

use super::lease_keeper::LeaseKeeper;
use super::locked_set::LockedSet;
use super::run_machine::run_machine;
use super::shared_lock::{LockedThrottling, SharedLock, join_journal};
use super::{LeaseClock, SystemClock};
use crate::protocol::read_retries::{READ_DELAY, ReadRetries};
use crate::protocol::{
    AcquireLease, AcquireOutcome, DocumentError, Fence, FenceOutcome, HeldLease, JournalDocument, LeaseDocument,
    LeaseHolder, LeaseRequest, ObjectNames, StateDocument, WriteIds,
};
use crate::{Bucket, BucketObject, LeaseTerms, StateError, StateScope, StoredState};

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
        let url = self.bucket.url("");
        url.strip_suffix('/').unwrap_or(&url).to_owned()
    }

    pub(super) fn document_error(&self, error: DocumentError) -> StateError {
        StateError::Document { location: self.location(), error }
    }

    /// Reads the state and the journals without a lease. An apply may be running.
    pub(crate) async fn read(&self, scope: &StateScope) -> Result<StoredState, StateError> {
        let names = ObjectNames::new(&scope.organization, &StateSet::Sandbox(scope.sandbox.clone()));
        let holder = self.read_lease(&names).await?.and_then(|lease| lease.holder);
        let (state, journals) = self.read_set(&names).await?;
        let mut stored = StoredState { state, journals, holder };
        let (throttling, journals) = self.read_throttling(scope).await?;
        stored.state.replace_part(&StateSet::Throttling, &throttling);
        stored.journals.extend(journals);
        Ok(stored)
    }

    /// Reads the throttling of the organization without a lease.
    async fn read_throttling(&self, scope: &StateScope) -> Result<(LimitsState, Vec<Journal>), StateError> {
        self.read_set(&ObjectNames::new(&scope.organization, &StateSet::Throttling)).await
    }

    /// Reads the state of a set and its journals, as they were at one time.
    pub(super) async fn read_set(&self, names: &ObjectNames) -> Result<(LimitsState, Vec<Journal>), StateError> {
        let name = names.state();
        let mut object = self.get(&name).await?;
        loop {
            let Some(BucketObject { content, version }) = object else {
                return Ok((LimitsState::default(), Vec::new()));
            };
            let document = StateDocument::parse(&name, &content).map_err(|error| self.document_error(error))?;
            let mut journals = Vec::new();
            for open in &document.open_journals {
                journals.extend(join_journal(self.read_batches(names, open.epoch).await?, open.reconciled.as_ref()));
            }
            if document.open_journals.is_empty() {
                return Ok((document.state, journals));
            }
            // Another command may have included the journals in the state and deleted them.
            object = self.get(&name).await?;
            if object.as_ref().is_some_and(|now| now.version == version) {
                return Ok((document.state, journals));
            }
        }
    }

    async fn read_batches(&self, names: &ObjectNames, epoch: u64) -> Result<Vec<JournalDocument>, StateError> {
        let mut batches = Vec::new();
        loop {
            let name = names.batch(epoch, batches.len() as u64);
            let Some(object) = self.get(&name).await? else { return Ok(batches) };
            let batch = JournalDocument::parse(&name, &object.content).map_err(|error| self.document_error(error))?;
            if batch.sealed_by.is_some() {
                return Ok(batches);
            }
            batches.push(batch);
        }
    }

    pub(super) async fn read_lease(&self, names: &ObjectNames) -> Result<Option<LeaseDocument>, StateError> {
        let name = names.lease();
        let Some(object) = self.get(&name).await? else { return Ok(None) };
        LeaseDocument::parse(&name, &object.content).map(Some).map_err(|error| self.document_error(error))
    }

    /// Reads an object, again if the store fails temporarily.
    async fn get(&self, name: &str) -> Result<Option<BucketObject>, StateError> {
        let mut retries = ReadRetries::new();
        loop {
            match self.bucket.get(name).await {
                Err(error) if retries.may_retry(&error) => self.clock.sleep(READ_DELAY).await,
                read => return Ok(read?),
            }
        }
    }

    /// Takes the lease of the sandbox. Then takes that of the organization's throttling if `throttling` is set, or if an apply of
    /// this sandbox has changed it. Only a holder of the sandbox can make such a change, so it must be held first.
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
            if !throttling {
                let (state, journals) = self.read_throttling(scope).await?;
                let is_own = |sandbox: &str| sandbox == scope.sandbox.as_str();
                let is_changed = state.configs.iter().any(|managed| is_own(&managed.sandbox))
                    || journals.iter().any(|journal| is_own(&journal.header.plan.sandbox));
                if !is_changed {
                    return Ok(LockedThrottling::ReadOnly(state));
                }
            }
            let set = self.lock_set(scope, &StateSet::Throttling, &holder, give_up_at).await?;
            Ok(LockedThrottling::Held(Arc::new(set)))
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
                let seconds = lease.lease_ms.div_ceil(1000);
                let terms = LeaseTerms { location: self.location(), set: set.clone(), epoch: lease.epoch, seconds };
                return Err(StateError::Held { holder: lease.holder, lease: Some(Box::new(terms)) });
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
