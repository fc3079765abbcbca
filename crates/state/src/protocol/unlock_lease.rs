//! Releases the lease of a holder that is known to be dead.

use std::time::Duration;

use super::read_retries::{READ_DELAY, ReadRetries};
use super::{
    ConditionalWrite, DocumentError, LeaseDocument, LeaseHolder, Machine, NextStep, StoreRequest, StoreResponse,
    WriteIds, WriteOutcome,
};
use crate::{BucketError, BucketObject, PutCondition};

/// Removes the holder of one epoch from the lease, without waiting until the lease expires. The epoch stays.
///
/// The store then rejects the renewals and writes of that holder. It learns this at its next renewal, so until then it may send
/// requests to the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnlockLease {
    name: String,
    epoch: u64,
    ids: WriteIds,
    retries: ReadRetries,
    step: Step,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    ReadLease { not_before: Duration },
    WriteLease { write: Box<ConditionalWrite>, holder: LeaseHolder },
    Finished(UnlockOutcome),
}

/// The result of an unlock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UnlockOutcome {
    /// This holder has lost the lease.
    Unlocked(LeaseHolder),
    /// Nobody holds the lease.
    NotHeld,
    /// The holder has another epoch.
    Refused(LeaseDocument),
    Failed(BucketError),
    Invalid(DocumentError),
}

impl UnlockLease {
    /// Unlocks the lease object with this name if its holder has this epoch.
    pub const fn new(name: String, epoch: u64, ids: WriteIds) -> Self {
        let step = Step::ReadLease { not_before: Duration::ZERO };
        Self { name, epoch, ids, retries: ReadRetries::new(), step }
    }

    fn decide(&mut self, found: Option<BucketObject>) {
        let Some(object) = found else {
            self.step = Step::Finished(UnlockOutcome::NotHeld);
            return;
        };
        self.step = match LeaseDocument::parse(&self.name, &object.content) {
            Err(error) => Step::Finished(UnlockOutcome::Invalid(error)),
            Ok(LeaseDocument { holder: None, .. }) => Step::Finished(UnlockOutcome::NotHeld),
            Ok(lease) if lease.epoch != self.epoch => Step::Finished(UnlockOutcome::Refused(lease)),
            Ok(LeaseDocument { holder: Some(holder), version, epoch, lease_ms, .. }) => {
                let write_id = self.ids.next_id();
                let free = LeaseDocument { version, epoch, write_id: write_id.clone(), lease_ms, holder: None };
                let condition = PutCondition::Version(object.version);
                let write = ConditionalWrite::new(self.name.clone(), free.to_bytes(), write_id, condition);
                Step::WriteLease { write: Box::new(write), holder }
            }
        };
    }
}

impl Machine for UnlockLease {
    type Outcome = UnlockOutcome;

    fn next_step(&mut self, now: Duration) -> NextStep<UnlockOutcome> {
        if let Step::WriteLease { write, holder } = &mut self.step {
            let outcome = match write.next_step(now) {
                NextStep::Finished(outcome) => outcome,
                NextStep::Send(request) => return NextStep::Send(request),
                NextStep::WaitUntil(time) => return NextStep::WaitUntil(time),
            };
            self.step = match outcome {
                WriteOutcome::Written { .. } => Step::Finished(UnlockOutcome::Unlocked(holder.clone())),
                // The holder renewed the lease, or someone else was faster.
                WriteOutcome::Superseded(_) => Step::ReadLease { not_before: now },
                WriteOutcome::Unknown(error) | WriteOutcome::Rejected(error) => {
                    Step::Finished(UnlockOutcome::Failed(error))
                }
            };
        }
        match &self.step {
            Step::Finished(outcome) => NextStep::Finished(outcome.clone()),
            Step::ReadLease { not_before } if now < *not_before => NextStep::WaitUntil(*not_before),
            _ => NextStep::Send(StoreRequest::Get { name: self.name.clone() }),
        }
    }

    fn receive(&mut self, response: StoreResponse, sent_at: Duration, now: Duration) {
        if let Step::WriteLease { write, .. } = &mut self.step {
            return write.receive(response, sent_at, now);
        }
        match response {
            StoreResponse::Got(Ok(found)) => {
                self.retries.reset();
                self.decide(found);
            }
            StoreResponse::Got(Err(error)) => {
                self.step = if self.retries.may_retry(&error) {
                    Step::ReadLease { not_before: now + READ_DELAY }
                } else {
                    Step::Finished(UnlockOutcome::Failed(error))
                };
            }
            StoreResponse::Put(_) => unreachable!("the last request was a get"),
        }
    }
}
