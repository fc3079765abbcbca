//! Excludes former holders: rewrites the state under the new epoch, then seals the open journals.

use std::time::Duration;

use ajo_limits::LimitsState;

use super::read_retries::{READ_DELAY, ReadRetries};
use super::{
    ConditionalWrite, DocumentError, JournalDocument, Machine, NextStep, ObjectNames, OpenJournal,
    STATE_DOCUMENT_VERSION, StateDocument, StoreRequest, StoreResponse, WriteIds, WriteOutcome,
};
use crate::{BucketError, BucketObject, ObjectVersion, PutCondition};

/// Rewrites the state of a set under `epoch` and seals its open journals. Afterwards the store accepts no write of an older
/// epoch to the state or to a journal.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Fence {
    names: ObjectNames,
    epoch: u64,
    ids: WriteIds,
    retries: ReadRetries,
    not_before: Duration,
    step: Step,
    fenced: Option<Fenced>,
}

#[derive(Clone, Debug, PartialEq, Hash)]
enum Step {
    ReadState,
    WriteState { write: Box<ConditionalWrite>, document: Box<StateDocument>, open: Vec<OpenJournal> },
    ReadBatch(Sealing),
    WriteSeal { sealing: Sealing, write: Box<ConditionalWrite> },
    Finished(Box<FenceOutcome>),
}

/// The journal that is read and sealed, and the ones after it.
#[derive(Clone, Debug, PartialEq, Hash)]
struct Sealing {
    journal: OpenJournal,
    batches: Vec<JournalDocument>,
    rest: Vec<OpenJournal>,
}

/// The state and the journals, which no former holder can change.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Fenced {
    pub document: StateDocument,
    pub version: ObjectVersion,
    pub journals: Vec<SealedJournal>,
}

/// A journal that nobody can extend.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct SealedJournal {
    pub open: OpenJournal,
    pub batches: Vec<JournalDocument>,
}

/// The result of fencing.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum FenceOutcome {
    Fenced(Fenced),
    /// A later holder has rewritten the state.
    Lost {
        epoch: u64,
    },
    Failed(BucketError),
    Invalid(DocumentError),
}

impl Fence {
    /// Fences the set for the holder with this epoch.
    pub const fn new(names: ObjectNames, epoch: u64, ids: WriteIds) -> Self {
        let (retries, not_before) = (ReadRetries::new(), Duration::ZERO);
        Self { names, epoch, ids, retries, not_before, step: Step::ReadState, fenced: None }
    }

    fn finish(&mut self, outcome: FenceOutcome) {
        self.step = Step::Finished(Box::new(outcome));
    }

    fn rewrite_state(&mut self, found: Option<BucketObject>) {
        let name = self.names.state();
        let (state, mut open, condition) = match found {
            None => (LimitsState::default(), Vec::new(), PutCondition::Absent),
            Some(object) => match StateDocument::parse(&name, &object.content) {
                Ok(document) if document.epoch > self.epoch => {
                    return self.finish(FenceOutcome::Lost { epoch: document.epoch });
                }
                Ok(document) => (document.state, document.open_journals, PutCondition::Version(object.version)),
                Err(error) => return self.finish(FenceOutcome::Invalid(error)),
            },
        };
        open.retain(|journal| journal.epoch != self.epoch);
        let own = OpenJournal { epoch: self.epoch, reconciled: None };
        let write_id = self.ids.next_id();
        let document = StateDocument {
            version: STATE_DOCUMENT_VERSION,
            epoch: self.epoch,
            write_id: write_id.clone(),
            open_journals: open.iter().cloned().chain([own]).collect(),
            state,
        };
        let write = Box::new(ConditionalWrite::new(name, document.to_bytes(), write_id, condition));
        self.step = Step::WriteState { write, document: Box::new(document), open };
    }

    /// Continues with the next open journal.
    fn seal_next(&mut self, mut open: Vec<OpenJournal>) {
        if open.is_empty() {
            let fenced = self.fenced.take().expect("the state was rewritten");
            return self.finish(FenceOutcome::Fenced(fenced));
        }
        let journal = open.remove(0);
        self.step = Step::ReadBatch(Sealing { journal, batches: Vec::new(), rest: open });
    }

    fn finish_journal(&mut self, Sealing { journal, batches, rest }: Sealing) {
        let fenced = self.fenced.as_mut().expect("the state was rewritten");
        fenced.journals.push(SealedJournal { open: journal, batches });
        self.seal_next(rest);
    }

    /// Adds a batch, or ends with the seal of an earlier holder.
    fn add_batch(&mut self, mut sealing: Sealing, object: &BucketObject) {
        let number = sealing.batches.len() as u64;
        match JournalDocument::parse(&self.names.batch(sealing.journal.epoch, number), &object.content) {
            Ok(batch) if batch.sealed_by.is_some() => self.finish_journal(sealing),
            Ok(batch) => {
                sealing.batches.push(batch);
                self.step = Step::ReadBatch(sealing);
            }
            Err(error) => self.finish(FenceOutcome::Invalid(error)),
        }
    }

    fn write_seal(&mut self, sealing: Sealing) {
        let write_id = self.ids.next_id();
        let name = self.names.batch(sealing.journal.epoch, sealing.batches.len() as u64);
        let seal = JournalDocument::seal(write_id.clone(), self.epoch).to_bytes();
        let write = Box::new(ConditionalWrite::new(name, seal, write_id, PutCondition::Absent));
        self.step = Step::WriteSeal { sealing, write };
    }

    fn finish_write(&mut self, outcome: WriteOutcome) {
        let step = std::mem::replace(&mut self.step, Step::ReadState);
        match (outcome, step) {
            (WriteOutcome::Written { version, .. }, Step::WriteState { document, open, .. }) => {
                self.fenced = Some(Fenced { document: *document, version, journals: Vec::new() });
                self.seal_next(open);
            }
            (WriteOutcome::Written { .. }, Step::WriteSeal { sealing, .. }) => self.finish_journal(sealing),
            (WriteOutcome::Written { .. }, _) => unreachable!("only these two steps write"),
            // The former holder was faster; its batch belongs to the journal.
            (WriteOutcome::Superseded(Some(object)), Step::WriteSeal { sealing, .. }) => {
                self.add_batch(sealing, &object);
            }
            (WriteOutcome::Superseded(None), Step::WriteSeal { sealing, .. }) => self.write_seal(sealing),
            // The former holder was faster; read its state.
            (WriteOutcome::Superseded(_), _) => self.step = Step::ReadState,
            (WriteOutcome::Unknown(error) | WriteOutcome::Rejected(error), _) => {
                self.finish(FenceOutcome::Failed(error));
            }
        }
    }
}

impl Machine for Fence {
    type Outcome = FenceOutcome;

    fn next_step(&mut self, now: Duration) -> NextStep<FenceOutcome> {
        if now < self.not_before && !matches!(self.step, Step::Finished(_)) {
            return NextStep::WaitUntil(self.not_before);
        }
        loop {
            let write = match &mut self.step {
                Step::Finished(outcome) => return NextStep::Finished((**outcome).clone()),
                Step::ReadState => return NextStep::Send(StoreRequest::Get { name: self.names.state() }),
                Step::ReadBatch(sealing) => {
                    let name = self.names.batch(sealing.journal.epoch, sealing.batches.len() as u64);
                    return NextStep::Send(StoreRequest::Get { name });
                }
                Step::WriteState { write, .. } | Step::WriteSeal { write, .. } => write,
            };
            match write.next_step(now) {
                NextStep::Finished(outcome) => self.finish_write(outcome),
                NextStep::Send(request) => return NextStep::Send(request),
                NextStep::WaitUntil(time) => return NextStep::WaitUntil(time),
            }
        }
    }

    fn receive(&mut self, response: StoreResponse, sent_at: Duration, now: Duration) {
        if let Step::WriteState { write, .. } | Step::WriteSeal { write, .. } = &mut self.step {
            return write.receive(response, sent_at, now);
        }
        match response {
            StoreResponse::Got(Ok(found)) => {
                self.retries.reset();
                match (std::mem::replace(&mut self.step, Step::ReadState), found) {
                    (Step::ReadBatch(sealing), Some(object)) => self.add_batch(sealing, &object),
                    (Step::ReadBatch(sealing), None) => self.write_seal(sealing),
                    (_, found) => self.rewrite_state(found),
                }
            }
            StoreResponse::Got(Err(error)) => {
                self.not_before = now + READ_DELAY;
                if !self.retries.may_retry(&error) {
                    self.finish(FenceOutcome::Failed(error));
                }
            }
            StoreResponse::Put(_) => unreachable!("the last request was a get"),
        }
    }
}
