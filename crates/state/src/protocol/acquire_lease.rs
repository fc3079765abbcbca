//! Takes the lease: at once if nobody holds it, or after its holder has not renewed it for a full lease time.

use std::time::Duration;

use super::read_retries::{READ_DELAY, ReadRetries};
use super::{
    ConditionalWrite, DocumentError, HeldLease, LEASE_VERSION, LeaseDocument, LeaseHolder, Machine, NextStep,
    ObjectNames, StateDocument, StoreRequest, StoreResponse, WriteId, WriteIds, WriteOutcome,
};
use crate::{BucketError, BucketObject, ObjectVersion, PutCondition};

/// The lease to take.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LeaseRequest {
    /// The objects of the set.
    pub names: ObjectNames,
    pub holder: LeaseHolder,
    /// How long the lease lasts without a renewal.
    pub lease_time: Duration,
    /// Until when to wait for another holder.
    pub give_up_at: Duration,
}

/// Takes the lease.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AcquireLease {
    request: LeaseRequest,
    ids: WriteIds,
    /// Our writes, and when each was first sent. A read that shows one of them means success.
    own_writes: Vec<(WriteId, Duration)>,
    watched: Option<WatchedLease>,
    retries: ReadRetries,
    step: Step,
}

/// The version of a lease that another holder has, and since when we have seen no other version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct WatchedLease {
    version: ObjectVersion,
    since: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    ReadLease,
    /// There is no lease object. If someone deleted it, the state has the last epoch.
    ReadState,
    Wait {
        until: Duration,
    },
    WriteLease {
        write: Box<ConditionalWrite>,
        document: LeaseDocument,
        taken_over_from: Option<LeaseHolder>,
    },
    Finished(AcquireOutcome),
}

/// The result of taking the lease.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AcquireOutcome {
    Acquired {
        lease: HeldLease,
        /// The holder whose lease expired.
        taken_over_from: Option<LeaseHolder>,
    },
    /// Someone else holds it.
    Busy(LeaseDocument),
    Failed(BucketError),
    Invalid(DocumentError),
}

impl AcquireLease {
    pub const fn new(request: LeaseRequest, ids: WriteIds) -> Self {
        let retries = ReadRetries::new();
        Self { request, ids, own_writes: Vec::new(), watched: None, retries, step: Step::ReadLease }
    }

    /// How often to read a lease that someone else holds.
    fn poll_interval(&self) -> Duration {
        (self.request.lease_time / 10).clamp(Duration::from_millis(20), Duration::from_secs(1))
    }

    fn write(&mut self, epoch: u64, condition: PutCondition, taken_over_from: Option<LeaseHolder>) {
        let write_id = self.ids.next_id();
        let document = LeaseDocument {
            version: LEASE_VERSION,
            epoch,
            write_id: write_id.clone(),
            lease_ms: u64::try_from(self.request.lease_time.as_millis()).unwrap_or(u64::MAX),
            holder: Some(self.request.holder.clone()),
        };
        let write = ConditionalWrite::new(self.request.names.lease(), document.to_bytes(), write_id, condition);
        self.step = Step::WriteLease { write: Box::new(write), document, taken_over_from };
    }

    /// Creates the lease object, with an epoch that no holder had.
    fn create(&mut self, state: Option<BucketObject>) {
        let last_epoch = match state.map(|object| StateDocument::parse(&self.request.names.state(), &object.content)) {
            None => 0,
            Some(Ok(document)) => document.epoch,
            Some(Err(error)) => {
                self.step = Step::Finished(AcquireOutcome::Invalid(error));
                return;
            }
        };
        self.write(last_epoch + 1, PutCondition::Absent, None);
    }

    fn decide(&mut self, found: Option<BucketObject>, now: Duration) {
        let Some(object) = found else {
            self.step = Step::ReadState;
            return;
        };
        let lease = match LeaseDocument::parse(&self.request.names.lease(), &object.content) {
            Ok(lease) => lease,
            Err(error) => {
                self.step = Step::Finished(AcquireOutcome::Invalid(error));
                return;
            }
        };
        let own = self.own_writes.iter().find(|(id, _)| *id == lease.write_id);
        if let Some((_, sent_at)) = own {
            let lease = HeldLease::new(self.request.names.lease(), lease, object.version, *sent_at);
            self.step = Step::Finished(AcquireOutcome::Acquired { lease, taken_over_from: None });
            return;
        }
        let condition = PutCondition::Version(object.version.clone());
        let Some(holder) = &lease.holder else { return self.write(lease.epoch + 1, condition, None) };
        let watched = match &self.watched {
            Some(watched) if watched.version == object.version => watched.clone(),
            _ => WatchedLease { version: object.version, since: now },
        };
        let expires_at = watched.since + lease.lease_time();
        self.watched = Some(watched);
        if now >= expires_at {
            let holder = holder.clone();
            return self.write(lease.epoch + 1, condition, Some(holder));
        }
        if now >= self.request.give_up_at {
            self.step = Step::Finished(AcquireOutcome::Busy(lease));
            return;
        }
        let until = (now + self.poll_interval()).min(expires_at).min(self.request.give_up_at);
        self.step = Step::Wait { until };
    }
}

impl Machine for AcquireLease {
    type Outcome = AcquireOutcome;

    fn next_step(&mut self, now: Duration) -> NextStep<AcquireOutcome> {
        if let Step::WriteLease { write, document, taken_over_from } = &mut self.step {
            let outcome = match write.next_step(now) {
                NextStep::Finished(outcome) => outcome,
                NextStep::Send(request) => return NextStep::Send(request),
                NextStep::WaitUntil(time) => return NextStep::WaitUntil(time),
            };
            self.step = match outcome {
                WriteOutcome::Written { version, sent_at } => {
                    let lease = HeldLease::new(self.request.names.lease(), document.clone(), version, sent_at);
                    let taken_over_from = taken_over_from.take();
                    Step::Finished(AcquireOutcome::Acquired { lease, taken_over_from })
                }
                WriteOutcome::Superseded(_) => Step::ReadLease,
                WriteOutcome::Unknown(error) | WriteOutcome::Rejected(error) => {
                    Step::Finished(AcquireOutcome::Failed(error))
                }
            };
        }
        match &self.step {
            Step::Finished(outcome) => NextStep::Finished(outcome.clone()),
            Step::Wait { until } if now < *until => NextStep::WaitUntil(*until),
            Step::ReadState => NextStep::Send(StoreRequest::Get { name: self.request.names.state() }),
            _ => {
                self.step = Step::ReadLease;
                NextStep::Send(StoreRequest::Get { name: self.request.names.lease() })
            }
        }
    }

    fn receive(&mut self, response: StoreResponse, sent_at: Duration, now: Duration) {
        if let Step::WriteLease { write, document, .. } = &mut self.step {
            if self.own_writes.last().is_none_or(|(id, _)| *id != document.write_id) {
                self.own_writes.push((document.write_id.clone(), sent_at));
            }
            return write.receive(response, sent_at, now);
        }
        match response {
            StoreResponse::Got(Ok(found)) => {
                self.retries.reset();
                match self.step {
                    Step::ReadState => self.create(found),
                    _ => self.decide(found, now),
                }
            }
            StoreResponse::Got(Err(error)) => {
                self.step = if self.retries.may_retry(&error) {
                    Step::Wait { until: now + READ_DELAY }
                } else {
                    Step::Finished(AcquireOutcome::Failed(error))
                };
            }
            StoreResponse::Put(_) => unreachable!("the last request was a get"),
        }
    }
}
