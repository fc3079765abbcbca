//! Keeps one lease: permits requests, renews the lease, and runs writes that end with it.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};

use super::LeaseClock;
use super::run_machine::run_machine;
use crate::protocol::{
    ConditionalWrite, HeldLease, LeaseDocument, LeaseHolder, ObjectNames, RequestPermit, WriteId, WriteIds,
    WriteOutcome,
};
use crate::{Bucket, BucketError, BucketErrorKind, StateError};

/// The wait after a renewal without a result (ours).
const RENEWAL_DELAY: Duration = Duration::from_millis(200);

/// How long each write of a release may take (ours). Without it, the lease expires.
pub(super) const MAX_RELEASE_TIME: Duration = Duration::from_secs(5);

/// A lease of this process.
#[derive(Debug)]
pub(super) struct LeaseKeeper {
    pub(super) bucket: Arc<dyn Bucket>,
    pub(super) clock: Arc<dyn LeaseClock>,
    pub(super) names: ObjectNames,
    lease: Mutex<HeldLease>,
    ids: Mutex<WriteIds>,
    /// Held during a renewal, so that there is one at a time.
    renewal: tokio::sync::Mutex<()>,
}

/// A renewal in progress. If it is dropped, its outcome is unknown.
struct PendingRenewal<'k> {
    keeper: &'k LeaseKeeper,
    write_id: WriteId,
    outcome: Option<WriteOutcome>,
}

impl Drop for PendingRenewal<'_> {
    fn drop(&mut self) {
        let outcome = self.outcome.take().unwrap_or_else(|| WriteOutcome::Unknown(self.keeper.no_response()));
        self.keeper.lease().renewed(self.write_id.clone(), &outcome);
    }
}

impl LeaseKeeper {
    pub(super) fn new(
        (bucket, clock): (Arc<dyn Bucket>, Arc<dyn LeaseClock>),
        names: ObjectNames,
        (lease, ids): (HeldLease, WriteIds),
    ) -> Self {
        let (lease, ids) = (Mutex::new(lease), Mutex::new(ids));
        Self { bucket, clock, names, lease, ids, renewal: tokio::sync::Mutex::default() }
    }

    fn lease(&self) -> MutexGuard<'_, HeldLease> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_id(&self) -> WriteId {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).next_id()
    }

    /// When the lease must be renewed.
    pub(super) fn renew_at(&self) -> Duration {
        self.lease().renew_at()
    }

    /// Whether a request may be sent now.
    pub(super) fn permit(&self) -> RequestPermit {
        self.lease().permit(self.clock.now())
    }

    /// Whether the lease is lost, according to the last renewal and the clock.
    pub(super) fn is_lost(&self) -> bool {
        self.permit() == RequestPermit::Lost
    }

    /// Waits until a request may be sent.
    pub(super) async fn permit_request(&self) -> Result<(), StateError> {
        while !matches!(self.permit(), RequestPermit::Until(_)) {
            self.renew().await?;
        }
        Ok(())
    }

    /// Renews the lease, unless another task just did. Fails if it is lost.
    async fn renew(&self) -> Result<(), StateError> {
        let _one_at_a_time = self.renewal.lock().await;
        match self.permit() {
            RequestPermit::Until(_) => return Ok(()),
            RequestPermit::Lost => return Err(self.lost().await),
            RequestPermit::RenewFirst => {}
        }
        let mut pending = PendingRenewal { keeper: self, write_id: self.next_id(), outcome: None };
        let renewal = self.lease().renewal(pending.write_id.clone());
        let outcome = self.run_write(renewal).await;
        let is_renewed = matches!(outcome, WriteOutcome::Written { .. });
        pending.outcome = Some(outcome);
        drop(pending);
        if self.is_lost() {
            return Err(self.lost().await);
        }
        if !is_renewed {
            // The store did not answer. Try again until the lease expires.
            self.clock.sleep(RENEWAL_DELAY).await;
        }
        Ok(())
    }

    /// Renews the lease until it is lost.
    pub(super) async fn keep(&self) -> StateError {
        loop {
            self.clock.sleep(self.renew_at().saturating_sub(self.clock.now())).await;
            if let Err(error) = self.renew().await {
                return error;
            }
        }
    }

    /// Does `work` while it keeps the lease.
    pub(super) async fn keep_during<T>(
        &self,
        work: impl Future<Output = Result<T, StateError>>,
    ) -> Result<T, StateError> {
        match select(pin!(work), pin!(self.keep())).await {
            Either::Left((result, _)) => result,
            Either::Right((error, _)) => Err(error),
        }
    }

    /// Runs a write until the lease expires. Dropping this leaves the outcome unknown.
    pub(super) async fn run_write(&self, write: ConditionalWrite) -> WriteOutcome {
        let mut writing = pin!(run_machine(&*self.bucket, &*self.clock, write));
        loop {
            let rest = self.lease().stops_at().saturating_sub(self.clock.now());
            match select(writing, self.clock.sleep(rest)).await {
                Either::Left((outcome, _)) => return outcome,
                // A renewal may have extended the lease meanwhile.
                Either::Right(((), unfinished)) => writing = unfinished,
            }
            if self.is_lost() {
                return WriteOutcome::Unknown(self.no_response());
            }
        }
    }

    fn no_response(&self) -> BucketError {
        BucketError {
            kind: BucketErrorKind::Network,
            operation: "write",
            url: self.bucket.url(&self.names.lease()),
            message: "no response before the lease expired".to_owned(),
        }
    }

    /// Records that the store rejected a write because someone else has taken the lease.
    pub(super) async fn superseded(&self) -> StateError {
        self.lease().mark_lost();
        self.lost().await
    }

    /// The error for a lost lease, with the new holder if the store answers soon.
    async fn lost(&self) -> StateError {
        let wait = self.lease().document().lease_time() / 10;
        let taken_by = match select(pin!(self.new_holder()), self.clock.sleep(wait)).await {
            Either::Left((holder, _)) => holder,
            Either::Right(_) => None,
        };
        StateError::LeaseLost { taken_by }
    }

    async fn new_holder(&self) -> Option<LeaseHolder> {
        let name = self.names.lease();
        let object = self.bucket.get(&name).await.ok()??;
        let found = LeaseDocument::parse(&name, &object.content).ok()?;
        found.holder.filter(|_| found.epoch > self.lease().epoch())
    }

    /// Releases the lease, unless it is lost. A failure is harmless: the lease expires.
    pub(super) async fn release(&self) {
        let _one_at_a_time = self.renewal.lock().await;
        let releasing = async {
            while !self.is_lost() {
                let write_id = self.next_id();
                let release = self.lease().release(write_id.clone());
                match self.run_write(release).await {
                    // If it was an earlier renewal of ours, the lease has its version now.
                    outcome @ WriteOutcome::Superseded(_) => self.lease().renewed(write_id, &outcome),
                    _ => return,
                }
            }
        };
        select(pin!(releasing), self.clock.sleep(MAX_RELEASE_TIME)).await;
    }
}
