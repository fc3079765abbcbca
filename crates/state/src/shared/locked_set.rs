//! One set of objects whose lease this process holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_limits::{Digest, JournalHeader, LimitsState};

use super::LeaseClock;
use super::run_machine::run_machine;
use crate::protocol::{
    ConditionalWrite, Fenced, HeldLease, JournalDocument, LeaseDocument, Machine as _, NextStep, ObjectNames,
    OpenJournal, RequestPermit, SealedJournal, StateDocument, WriteId, WriteIds, WriteOutcome,
};
use crate::{Bucket, JournalHandling, ObjectVersion, PutCondition, StateError};

/// The state, lease, and journal of one set.
#[derive(Debug)]
pub(super) struct LockedSet {
    bucket: Arc<dyn Bucket>,
    clock: Arc<dyn LeaseClock>,
    names: ObjectNames,
    lease: Mutex<HeldLease>,
    ids: Mutex<WriteIds>,
    /// Held during a renewal, so that there is one at a time.
    renewal: tokio::sync::Mutex<()>,
    stored: tokio::sync::Mutex<WrittenState>,
    /// The open journals of former holders. Nobody can extend them.
    pub(super) sealed: Vec<SealedJournal>,
}

/// The state object as this process wrote it last.
#[derive(Debug)]
struct WrittenState {
    document: StateDocument,
    version: ObjectVersion,
    /// The number of the next journal batch.
    next_batch: u64,
}

impl LockedSet {
    pub(super) fn new(
        (bucket, clock): (Arc<dyn Bucket>, Arc<dyn LeaseClock>),
        names: ObjectNames,
        (lease, ids): (HeldLease, WriteIds),
        Fenced { document, version, journals }: Fenced,
    ) -> Self {
        Self {
            bucket,
            clock,
            names,
            lease: Mutex::new(lease),
            ids: Mutex::new(ids),
            renewal: tokio::sync::Mutex::default(),
            stored: tokio::sync::Mutex::new(WrittenState { document, version, next_batch: 0 }),
            sealed: journals,
        }
    }

    fn lease(&self) -> MutexGuard<'_, HeldLease> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_id(&self) -> WriteId {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).next_id()
    }

    /// The state of this set as it was read or written last.
    pub(super) async fn state(&self) -> LimitsState {
        self.stored.lock().await.document.state.clone()
    }

    /// When the keeper must renew the lease.
    pub(super) fn renew_at(&self) -> Duration {
        self.lease().renew_at()
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lease().permit(self.clock.now()) == RequestPermit::Lost
    }

    /// Waits until a request may be sent, and returns until when it may be.
    pub(super) async fn permit_request(&self) -> Result<Duration, StateError> {
        loop {
            let permit = self.lease().permit(self.clock.now());
            match permit {
                RequestPermit::Until(stops_at) => return Ok(stops_at),
                RequestPermit::RenewFirst => self.renew().await?,
                RequestPermit::Lost => return Err(self.lost().await),
            }
        }
    }

    /// Renews the lease, unless another task just did. Fails if it is lost.
    pub(super) async fn renew(&self) -> Result<(), StateError> {
        let _one_at_a_time = self.renewal.lock().await;
        let permit = self.lease().permit(self.clock.now());
        match permit {
            RequestPermit::Until(_) => return Ok(()),
            RequestPermit::Lost => return Err(self.lost().await),
            RequestPermit::RenewFirst => {}
        }
        let write_id = self.next_id();
        let (renewal, stops_at) = {
            let lease = self.lease();
            (lease.renewal(write_id.clone()), lease.stops_at())
        };
        let outcome = self.run_until(renewal, stops_at).await;
        self.lease().renewed(write_id, &outcome);
        if self.lease().is_lost() {
            return Err(self.lost().await);
        }
        if !matches!(outcome, WriteOutcome::Written { .. }) {
            // The store did not answer. Try again until the lease expires.
            self.clock.sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// Runs a write, at most until `stops_at`.
    async fn run_until(&self, write: ConditionalWrite, stops_at: Duration) -> WriteOutcome {
        let rest = stops_at.saturating_sub(self.clock.now());
        let writing = run_machine(&*self.bucket, &*self.clock, write);
        tokio::select! {
            outcome = writing => outcome,
            () = self.clock.sleep(rest) => WriteOutcome::Unknown(crate::BucketError {
                kind: crate::BucketErrorKind::Network,
                operation: "write",
                url: self.bucket.url(&self.names.lease()),
                message: "no response before the lease expired".to_owned(),
            }),
        }
    }

    /// The error for a lost lease, with the new holder.
    async fn lost(&self) -> StateError {
        let name = self.names.lease();
        let epoch = self.lease().epoch();
        let found = self.bucket.get(&name).await.ok().flatten();
        let found = found.and_then(|object| LeaseDocument::parse(&name, &object.content).ok());
        StateError::LeaseLost { taken_by: found.filter(|lease| lease.epoch > epoch).and_then(|lease| lease.holder) }
    }

    /// Writes an object of this set under the lease.
    async fn write(
        &self,
        name: String,
        content: Vec<u8>,
        write_id: WriteId,
        condition: PutCondition,
    ) -> Result<ObjectVersion, StateError> {
        let stops_at = self.permit_request().await?;
        let write = ConditionalWrite::new(name, content, write_id, condition);
        match self.run_until(write, stops_at).await {
            WriteOutcome::Written { version, .. } => Ok(version),
            WriteOutcome::Superseded(_) => Err(self.lost().await),
            WriteOutcome::Unknown(error) | WriteOutcome::Rejected(error) => Err(error.into()),
        }
    }

    /// Writes the state. `reconciled` is the digest of the sandbox's state if journals stay open.
    pub(super) async fn save(
        &self,
        mut state: LimitsState,
        handling: JournalHandling,
        reconciled: &Digest,
    ) -> Result<(), StateError> {
        let mut stored = self.stored.lock().await;
        let open_journals = match handling {
            JournalHandling::Close => Vec::new(),
            JournalHandling::Keep => {
                let open = stored.document.open_journals.iter().cloned();
                open.map(|journal| OpenJournal { reconciled: Some(reconciled.clone()), ..journal }).collect()
            }
        };
        state.advance_serials(&stored.document.state);
        self.write_state(&mut stored, state, open_journals).await
    }

    async fn write_state(
        &self,
        stored: &mut WrittenState,
        state: LimitsState,
        open_journals: Vec<OpenJournal>,
    ) -> Result<(), StateError> {
        if stored.document.state == state && stored.document.open_journals == open_journals {
            return Ok(());
        }
        let write_id = self.next_id();
        let document = StateDocument { write_id: write_id.clone(), open_journals, state, ..stored.document.clone() };
        let condition = PutCondition::Version(stored.version.clone());
        stored.version = self.write(self.names.state(), document.to_bytes(), write_id, condition).await?;
        stored.document = document;
        Ok(())
    }

    /// Starts the journal of this epoch and drops those of former holders, whose results the state includes.
    pub(super) async fn start_journal(&self, header: JournalHeader) -> Result<(), StateError> {
        let mut stored = self.stored.lock().await;
        let state = stored.document.state.clone();
        let own = OpenJournal { epoch: stored.document.epoch, reconciled: None };
        self.write_state(&mut stored, state, vec![own]).await?;
        drop(stored);
        self.append_batch(|write_id| JournalDocument::entries(write_id, Some(header), Vec::new())).await
    }

    /// Creates the next object of the journal.
    pub(super) async fn append_batch(&self, batch: impl FnOnce(WriteId) -> JournalDocument) -> Result<(), StateError> {
        let mut stored = self.stored.lock().await;
        let write_id = self.next_id();
        let name = self.names.batch(stored.document.epoch, stored.next_batch);
        self.write(name, batch(write_id.clone()).to_bytes(), write_id, PutCondition::Absent).await?;
        stored.next_batch += 1;
        Ok(())
    }

    /// Deletes the batches of the journals that are not open any more. Seals stay, because they exclude former holders.
    pub(super) async fn delete_closed_journals(&self) {
        let stored = self.stored.lock().await;
        let is_open = |epoch: u64| stored.document.open_journals.iter().any(|open| open.epoch == epoch);
        let sealed = self.sealed.iter().map(|sealed| (sealed.open.epoch, sealed.batches.len() as u64));
        let own = (stored.document.epoch, stored.next_batch);
        for (epoch, batches) in sealed.chain([own]).filter(|(epoch, _)| !is_open(*epoch)) {
            for number in 0..batches {
                // Nobody reads it any more, so a failure loses nothing.
                drop(self.bucket.delete(&self.names.batch(epoch, number)).await);
            }
        }
    }

    /// Releases the lease, unless it is lost. A failure is harmless: the lease expires.
    pub(super) async fn release(&self) {
        let _one_at_a_time = self.renewal.lock().await;
        let (release, stops_at) = {
            let mut lease = self.lease();
            if lease.permit(self.clock.now()) == RequestPermit::Lost {
                return;
            }
            (lease.release(self.next_id()), lease.stops_at())
        };
        let mut release = release;
        if let NextStep::Send(_) = release.next_step(self.clock.now()) {
            self.run_until(release, stops_at).await;
        }
    }
}
