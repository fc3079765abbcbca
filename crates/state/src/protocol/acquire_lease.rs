//! Takes the lease: at once if nobody holds it, or after its holder has not renewed it for a full lease time.

use std::time::Duration;

use super::{
    ConditionalWrite, DocumentError, HeldLease, LEASE_VERSION, LeaseDocument, LeaseHolder, Machine, NextStep,
    StoreRequest, StoreResponse, WriteId, WriteIds, WriteOutcome,
};
use crate::{BucketError, BucketObject, ObjectVersion, PutCondition};

/// How many failed reads in a row a wait survives (ours).
const MAX_READ_FAILURES: u32 = 5;

/// The lease to take.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LeaseRequest {
    /// The name of the lease object.
    pub name: String,
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
    read_failures: u32,
    state: State,
}

/// The version of a lease that another holder has, and since when we have seen no other version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct WatchedLease {
    version: ObjectVersion,
    since: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum State {
    Reading,
    Waiting { until: Duration },
    Writing { write: Box<ConditionalWrite>, document: LeaseDocument, taken_over_from: Option<LeaseHolder> },
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
        Self { request, ids, own_writes: Vec::new(), watched: None, read_failures: 0, state: State::Reading }
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
        let write = ConditionalWrite::new(self.request.name.clone(), document.to_bytes(), write_id, condition);
        self.state = State::Writing { write: Box::new(write), document, taken_over_from };
    }

    fn decide(&mut self, found: Option<BucketObject>, now: Duration) {
        let Some(object) = found else { return self.write(1, PutCondition::Absent, None) };
        let lease = match LeaseDocument::parse(&self.request.name, &object.content) {
            Ok(lease) => lease,
            Err(error) => {
                self.state = State::Finished(AcquireOutcome::Invalid(error));
                return;
            }
        };
        let own = self.own_writes.iter().find(|(id, _)| *id == lease.write_id);
        if let Some((_, sent_at)) = own {
            let lease = HeldLease::new(self.request.name.clone(), lease, object.version, *sent_at);
            self.state = State::Finished(AcquireOutcome::Acquired { lease, taken_over_from: None });
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
            self.state = State::Finished(AcquireOutcome::Busy(lease));
            return;
        }
        let until = (now + self.poll_interval()).min(expires_at).min(self.request.give_up_at);
        self.state = State::Waiting { until };
    }
}

impl Machine for AcquireLease {
    type Outcome = AcquireOutcome;

    fn next_step(&mut self, now: Duration) -> NextStep<AcquireOutcome> {
        if let State::Writing { write, document, taken_over_from } = &mut self.state {
            let outcome = match write.next_step(now) {
                NextStep::Finished(outcome) => outcome,
                NextStep::Send(request) => return NextStep::Send(request),
                NextStep::WaitUntil(time) => return NextStep::WaitUntil(time),
            };
            self.state = match outcome {
                WriteOutcome::Written { version, sent_at } => {
                    let lease = HeldLease::new(self.request.name.clone(), document.clone(), version, sent_at);
                    let taken_over_from = taken_over_from.take();
                    State::Finished(AcquireOutcome::Acquired { lease, taken_over_from })
                }
                WriteOutcome::Superseded(_) => State::Reading,
                WriteOutcome::Unknown(error) | WriteOutcome::Rejected(error) => {
                    State::Finished(AcquireOutcome::Failed(error))
                }
            };
        }
        match &self.state {
            State::Finished(outcome) => NextStep::Finished(outcome.clone()),
            State::Waiting { until } if now < *until => NextStep::WaitUntil(*until),
            _ => {
                self.state = State::Reading;
                NextStep::Send(StoreRequest::Get { name: self.request.name.clone() })
            }
        }
    }

    fn receive(&mut self, response: StoreResponse, sent_at: Duration, now: Duration) {
        if let State::Writing { write, document, .. } = &mut self.state {
            if self.own_writes.last().is_none_or(|(id, _)| *id != document.write_id) {
                self.own_writes.push((document.write_id.clone(), sent_at));
            }
            return write.receive(response, sent_at, now);
        }
        match response {
            StoreResponse::Got(Ok(found)) => {
                self.read_failures = 0;
                self.decide(found, now);
            }
            StoreResponse::Got(Err(error)) => {
                self.read_failures += 1;
                self.state = if self.read_failures > MAX_READ_FAILURES {
                    State::Finished(AcquireOutcome::Failed(error))
                } else {
                    State::Waiting { until: now + self.poll_interval() }
                };
            }
            StoreResponse::Put(_) => unreachable!("the last request was a get"),
        }
    }
}
