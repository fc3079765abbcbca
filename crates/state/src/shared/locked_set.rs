//! One set of objects whose lease this process holds.

use std::pin::pin;

use ajo_limits::{Digest, JournalHeader, LimitsState};
use futures_util::future::select;
use futures_util::stream::{self, StreamExt as _};

use super::lease_keeper::{LeaseKeeper, MAX_RELEASE_TIME};
use crate::protocol::{
    ConditionalWrite, Fenced, JournalDocument, OpenJournal, SealedJournal, StateDocument, WriteId, WriteOutcome,
};
use crate::{JournalHandling, ObjectVersion, PutCondition, StateError};

/// How many journal objects are deleted at a time (ours).
const DELETE_CONCURRENCY: usize = 16;

/// The state, lease, and journal of one set.
#[derive(Debug)]
pub(super) struct LockedSet {
    pub(super) lease: LeaseKeeper,
    stored: tokio::sync::Mutex<WrittenState>,
    /// The open journals of former holders. Nobody can extend them.
    pub(super) sealed: Vec<SealedJournal>,
}

/// The objects as this process wrote them last.
#[derive(Debug)]
struct WrittenState {
    document: StateDocument,
    version: ObjectVersion,
    /// The number of the next journal batch.
    next_batch: u64,
    /// Whether the outcome of the last write is unknown. It may still be processed, so nothing more can be written.
    is_uncertain: bool,
}

impl LockedSet {
    pub(super) fn new(lease: LeaseKeeper, Fenced { document, version, journals }: Fenced) -> Self {
        let stored = WrittenState { document, version, next_batch: 0, is_uncertain: false };
        Self { lease, stored: tokio::sync::Mutex::new(stored), sealed: journals }
    }

    /// The state of this set as it was read or written last.
    pub(super) async fn state(&self) -> LimitsState {
        self.stored.lock().await.document.state.clone()
    }

    /// Writes an object of this set under the lease. If this is dropped, nothing more can be written.
    async fn write(
        &self,
        stored: &mut WrittenState,
        (name, content, write_id): (String, Vec<u8>, WriteId),
        condition: PutCondition,
    ) -> Result<ObjectVersion, StateError> {
        if stored.is_uncertain {
            return Err(StateError::UncertainWrite { location: self.lease.bucket.url(&name) });
        }
        self.lease.permit_request().await?;
        stored.is_uncertain = true;
        let outcome = self.lease.run_write(ConditionalWrite::new(name, content, write_id, condition)).await;
        stored.is_uncertain = !matches!(outcome, WriteOutcome::Written { .. } | WriteOutcome::Rejected(_));
        match outcome {
            WriteOutcome::Written { version, .. } => Ok(version),
            WriteOutcome::Superseded(_) => Err(self.lease.superseded().await),
            WriteOutcome::Unknown(_) if self.lease.is_lost() => Err(self.lease.superseded().await),
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
        let write_id = self.lease.next_id();
        let document = StateDocument { write_id: write_id.clone(), open_journals, state, ..stored.document.clone() };
        let condition = PutCondition::Version(stored.version.clone());
        let object = (self.lease.names.state(), document.to_bytes(), write_id);
        stored.version = self.write(stored, object, condition).await?;
        stored.document = document;
        Ok(())
    }

    /// Starts the journal of this epoch and drops those of former holders, whose results the state includes.
    ///
    /// # Panics
    ///
    /// If it was started before: the batches of the first journal may be deleted, so a reader would not find the second one.
    pub(super) async fn start_journal(&self, header: JournalHeader) -> Result<(), StateError> {
        let mut stored = self.stored.lock().await;
        assert_eq!(stored.next_batch, 0, "one journal per lock");
        let state = stored.document.state.clone();
        let own = OpenJournal { epoch: stored.document.epoch, reconciled: None };
        self.write_state(&mut stored, state, vec![own]).await?;
        drop(stored);
        self.append_batch(|write_id| JournalDocument::entries(write_id, Some(header), Vec::new())).await
    }

    /// Creates the next object of the journal.
    pub(super) async fn append_batch(&self, batch: impl FnOnce(WriteId) -> JournalDocument) -> Result<(), StateError> {
        let mut stored = self.stored.lock().await;
        let write_id = self.lease.next_id();
        let name = self.lease.names.batch(stored.document.epoch, stored.next_batch);
        let object = (name, batch(write_id.clone()).to_bytes(), write_id);
        self.write(&mut stored, object, PutCondition::Absent).await?;
        stored.next_batch += 1;
        Ok(())
    }

    /// Deletes the batches of the journals that are not open any more. Two objects of each journal of a former holder stay, its
    /// last batch and the seal: the holder may still try to create them.
    async fn delete_closed_journals(&self) {
        let stored = self.stored.lock().await;
        let sealed =
            self.sealed.iter().map(|sealed| (sealed.open.epoch, (sealed.batches.len() as u64).saturating_sub(1)));
        let own = (stored.document.epoch, stored.next_batch);
        let is_open = |epoch: u64| stored.document.open_journals.iter().any(|open| open.epoch == epoch);
        let closed = sealed.chain([own]).filter(|(epoch, _)| !is_open(*epoch));
        let names = closed.flat_map(|(epoch, batches)| (0..batches).map(move |number| (epoch, number)));
        let LeaseKeeper { bucket, names: objects, .. } = &self.lease;
        let deleting = names.map(|(epoch, number)| async move {
            if !self.lease.is_lost() {
                // Nobody reads it any more, so a failure loses nothing.
                drop(bucket.delete(&objects.batch(epoch, number)).await);
            }
        });
        stream::iter(deleting).buffer_unordered(DELETE_CONCURRENCY).collect::<()>().await;
    }

    /// Cleans up and releases the lease, unless it is lost.
    pub(super) async fn release(&self) {
        let timer = || self.lease.clock.sleep(MAX_RELEASE_TIME);
        if !self.lease.is_lost() {
            select(pin!(self.delete_closed_journals()), timer()).await;
            // Without it, the next holder reads and seals the journal. A failure is harmless.
            select(pin!(self.drop_empty_journals()), timer()).await;
            self.lease.release().await;
        }
    }

    /// Drops the journals without entries from the state, so that commands without changes leave nothing behind.
    async fn drop_empty_journals(&self) -> Result<(), StateError> {
        let mut stored = self.stored.lock().await;
        let mut open = stored.document.open_journals.clone();
        let is_empty = |epoch: u64| {
            let is_sealed = self.sealed.iter().any(|sealed| sealed.open.epoch == epoch && sealed.batches.is_empty());
            is_sealed || (epoch == stored.document.epoch && stored.next_batch == 0)
        };
        open.retain(|journal| !is_empty(journal.epoch));
        let state = stored.document.state.clone();
        self.write_state(&mut stored, state, open).await
    }
}
