//! Runs machines on a bucket in memory, with planned faults and a manual clock.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use ajo_limits::{Digest, JOURNAL_VERSION, JournalHeader, LimitsState, ObservedLimits, PlanOptions, StateSet, plan};
use ajo_state::protocol::{
    AcquireLease, AcquireOutcome, ConditionalWrite, Fence, FenceOutcome, Fenced, HeldLease, JournalDocument,
    LeaseHolder, LeaseRequest, Machine, NextStep, ObjectNames, StoreRequest, StoreResponse, WriteId, WriteIds,
    WriteOutcome,
};
use ajo_state::{
    Bucket as _, BucketError, BucketErrorKind, BucketObject, MemoryBucket, ObjectVersion, PutCondition, PutError,
};
use futures_util::FutureExt as _;

pub(crate) const LEASE_TIME: Duration = Duration::from_secs(60);

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    LostRequest,
    LostResponse,
    Stale,
    FalseConflict,
    /// 503.
    Unavailable,
    /// 403.
    Denied,
}

/// The network of one machine. Several can share a store.
#[derive(Debug, Default)]
pub(crate) struct Network {
    pub(crate) store: Rc<MemoryBucket>,
    /// The faults of the next requests.
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) now: Duration,
    /// The time that each request takes.
    pub(crate) latency: Duration,
    pub(crate) requests: usize,
}

impl Network {
    /// Another machine with the same store and a clock of its own.
    pub(crate) fn other(&self, now: Duration) -> Self {
        Self { store: self.store.clone(), now, ..Self::default() }
    }

    pub(crate) fn with_faults(&mut self, faults: &[Fault]) -> &mut Self {
        self.faults = faults.iter().copied().collect();
        self
    }

    /// Runs the machine until it has an outcome.
    pub(crate) fn run<M: Machine>(&mut self, machine: &mut M) -> M::Outcome {
        loop {
            if let Some(outcome) = self.step(machine) {
                return outcome;
            }
        }
    }

    /// Waits and sends one request, unless the machine has an outcome.
    pub(crate) fn step<M: Machine>(&mut self, machine: &mut M) -> Option<M::Outcome> {
        loop {
            match machine.next_step(self.now) {
                NextStep::Finished(outcome) => return Some(outcome),
                NextStep::WaitUntil(time) => {
                    assert!(time > self.now, "it waits for the past");
                    self.now = time;
                }
                NextStep::Send(request) => {
                    let sent_at = self.now;
                    let response = self.send(request);
                    self.now += self.latency;
                    machine.receive(response, sent_at, self.now);
                    return None;
                }
            }
        }
    }

    fn send(&mut self, request: StoreRequest) -> StoreResponse {
        self.requests += 1;
        assert!(self.requests < 10_000, "the machine does not end");
        let fault = self.faults.pop_front().unwrap_or(Fault::None);
        let kind = match fault {
            Fault::Denied => BucketErrorKind::AccessDenied,
            Fault::Unavailable => BucketErrorKind::Other,
            _ => BucketErrorKind::Network,
        };
        let error = BucketError { kind, operation: "write", url: String::new(), message: format!("{fault:?}") };
        match request {
            StoreRequest::Get { name } => StoreResponse::Got(match fault {
                Fault::None | Fault::FalseConflict => Ok(self.read(&name)),
                Fault::Stale => Ok(self.store.read_previous(&name)),
                _ => Err(error),
            }),
            StoreRequest::Put { name, content, condition } => StoreResponse::Put(match fault {
                Fault::None | Fault::Stale => self.put(&name, content, condition),
                Fault::LostResponse => {
                    drop(self.put(&name, content, condition));
                    Err(PutError::Unknown(error))
                }
                Fault::LostRequest => Err(PutError::Unknown(error)),
                Fault::FalseConflict => Err(PutError::Conflict),
                Fault::Unavailable | Fault::Denied => Err(PutError::Rejected(error)),
            }),
        }
    }

    pub(crate) fn read(&self, name: &str) -> Option<BucketObject> {
        self.store.get(name).now_or_never().expect("ready").expect("no fault")
    }

    pub(crate) fn put(&self, name: &str, content: Vec<u8>, condition: PutCondition) -> Result<ObjectVersion, PutError> {
        self.store.put(name, content, condition).now_or_never().expect("ready")
    }

    /// Writes an object, whatever it contains now.
    pub(crate) fn overwrite(&self, name: &str, content: impl Into<Vec<u8>>) {
        let condition = self.read(name).map_or(PutCondition::Absent, |object| PutCondition::Version(object.version));
        self.put(name, content.into(), condition).expect("written");
    }

    pub(crate) fn acquire(&mut self, owner: u8) -> HeldLease {
        match self.run(&mut acquire(owner, Duration::MAX)) {
            AcquireOutcome::Acquired { lease, .. } => lease,
            outcome => panic!("{outcome:?}"),
        }
    }

    pub(crate) fn fence(&mut self, lease: &HeldLease) -> Fenced {
        match self.run(&mut fence(lease)) {
            FenceOutcome::Fenced(fenced) => fenced,
            outcome => panic!("{outcome:?}"),
        }
    }

    /// Acquires and fences.
    pub(crate) fn lock(&mut self, owner: u8) -> (HeldLease, Fenced) {
        let lease = self.acquire(owner);
        let fenced = self.fence(&lease);
        (lease, fenced)
    }

    pub(crate) fn release(&mut self, lease: &HeldLease) {
        let outcome = self.run(&mut lease.release(id()));
        assert!(matches!(outcome, WriteOutcome::Written { .. }), "{outcome:?}");
    }
}

pub(crate) fn names() -> ObjectNames {
    ObjectNames::new("A1@AdobeOrg", &StateSet::Sandbox("prod".parse().expect("a name")))
}

/// An id that nobody else has.
pub(crate) fn id() -> WriteId {
    ids().next_id()
}

pub(crate) fn ids() -> WriteIds {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    WriteIds::new(COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed).into())
}

pub(crate) fn acquire(owner: u8, give_up_at: Duration) -> AcquireLease {
    let owner = format!("runner {owner}");
    let holder = LeaseHolder { owner, process: 1, run_url: None, since: "2026-11-26T00:00:00Z".to_owned() };
    AcquireLease::new(LeaseRequest { names: names(), holder, lease_time: LEASE_TIME, give_up_at }, ids())
}

pub(crate) fn fence(lease: &HeldLease) -> Fence {
    Fence::new(names(), lease.epoch(), ids())
}

pub(crate) fn header() -> JournalHeader {
    let desired =
        ajo_limits::DesiredLimits { sandbox: "prod".parse().expect("a name"), configs: Vec::new(), files: Vec::new() };
    let plan = plan(&desired, &ObservedLimits::default(), &LimitsState::default(), PlanOptions::default());
    serde_json::from_value(serde_json::json!({
        "version": JOURNAL_VERSION,
        "organization": "A1@AdobeOrg",
        "startedAt": "2026-11-26T00:00:00Z",
        "stateDigest": Digest::compute(&""),
        "plan": plan,
    }))
    .expect("a header")
}

/// A batch without entries.
pub(crate) fn batch(epoch: u64, number: u64) -> (JournalDocument, ConditionalWrite) {
    let id = id();
    let document = JournalDocument::entries(id.clone(), (number == 0).then(header), Vec::new());
    let name = names().batch(epoch, number);
    let write = ConditionalWrite::new(name, document.to_bytes(), id, PutCondition::Absent);
    (document, write)
}
