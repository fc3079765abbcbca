//! A writer: takes the lease, fences, and makes its requests, each after its journal entry.

use std::sync::LazyLock;
use std::time::Duration;

use ajo_limits::{Digest, JOURNAL_VERSION, JournalHeader, LimitsState, ObservedLimits, PlanOptions, plan};
use ajo_state::protocol::{
    AcquireLease, AcquireOutcome, ConditionalWrite, Fence, FenceOutcome, HeldLease, JournalDocument, LeaseHolder,
    LeaseRequest, Machine, NextStep, OpenJournal, RequestPermit, StateDocument, StoreRequest, StoreResponse, WriteId,
    WriteIds, WriteOutcome,
};
use ajo_state::{ObjectVersion, PutCondition};

use crate::fingerprint::CLOCK_STARTS;
use crate::mutation::Mutation;
use crate::world::{LEASE_TICKS, TICK, World, names};

/// The rules of a run that do not change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The number of requests of each writer.
    pub(crate) steps: u64,
    /// The number of renewals of each writer. Then it waits until the lease is lost.
    pub(crate) renewals: [u32; 2],
    /// Whether a writer may be suspended between its check and its request.
    pub(crate) suspends: bool,
    pub(crate) mutation: Mutation,
}

#[derive(Clone, Debug, Hash)]
pub(crate) struct Writer {
    index: usize,
    ids: WriteIds,
    phase: Phase,
    /// The request that the writer waits for.
    pub(crate) request: Option<Request>,
    /// The content of the last write that was sent, and when it was first sent.
    first_sent: Option<(Vec<u8>, Duration)>,
    /// Requests that were started without holding the lease.
    late_requests: u32,
}

#[derive(Clone, Debug, Hash)]
pub(crate) enum Request {
    Sent(StoreRequest, Duration),
    Answered(StoreResponse, Duration),
}

#[derive(Clone, Debug, Hash)]
enum Phase {
    Acquire(Box<AcquireLease>),
    Fence(Box<HeldLease>, Box<Fence>),
    Work(Box<Session>, Operation),
    Stopped(StopReason),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StopReason {
    Done,
    Lost,
    Failed,
}

/// The writer after its fence.
#[derive(Clone, Debug, Hash)]
struct Session {
    lease: HeldLease,
    document: StateDocument,
    version: ObjectVersion,
    /// The former journals, and how many batches each has.
    former: Vec<(u64, u64)>,
    confirmed: u64,
    requests: u64,
    renewals: u32,
    is_final: bool,
    has_failed: bool,
    had_conflict: bool,
}

#[derive(Clone, Debug, Hash)]
enum Operation {
    Idle,
    /// The check before a request has passed.
    Checked,
    Write(WriteKind, WriteId, Box<ConditionalWrite>),
}

#[derive(Clone, Debug, Hash)]
enum WriteKind {
    Renewal,
    State(Box<StateDocument>),
    Batch,
    Release,
}

impl WriteKind {
    /// Whether it matters when the write was sent. The others get a clock that stands still, which saves states.
    const fn is_timed(&self) -> bool {
        matches!(self, Self::Renewal)
    }
}

/// The next step of a machine that waits for nothing but responses.
fn next_untimed_step<M: Machine>(machine: &mut M) -> NextStep<M::Outcome> {
    let mut now = Duration::ZERO;
    loop {
        match machine.next_step(now) {
            NextStep::WaitUntil(time) => now = time,
            next => return next,
        }
    }
}

fn sends_next(machine: &(impl Machine + Clone), response: &StoreResponse) -> bool {
    let mut machine = machine.clone();
    machine.receive(response.clone(), Duration::ZERO, Duration::ZERO);
    matches!(next_untimed_step(&mut machine), NextStep::Send(_))
}

fn without_outcome<T>(next: NextStep<T>) -> NextStep<()> {
    match next {
        NextStep::Send(request) => NextStep::Send(request),
        NextStep::WaitUntil(time) => NextStep::WaitUntil(time),
        NextStep::Finished(_) => NextStep::Finished(()),
    }
}

static HEADER: LazyLock<JournalHeader> = LazyLock::new(|| {
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
});

impl Writer {
    pub(crate) fn new(index: usize) -> Self {
        let holder = LeaseHolder { owner: format!("writer {index}"), process: 1, run_url: None, since: String::new() };
        let request =
            LeaseRequest { names: names().clone(), holder, lease_time: TICK * LEASE_TICKS, give_up_at: Duration::MAX };
        let acquire = AcquireLease::new(request, WriteIds::new(index as u128 * 3));
        Self {
            index,
            ids: WriteIds::new(index as u128 * 3 + 1),
            phase: Phase::Acquire(Box::new(acquire)),
            request: None,
            first_sent: None,
            late_requests: 0,
        }
    }

    /// The clock of this writer. The two clocks have nothing in common but their speed.
    fn now(&self, ticks: u64) -> Duration {
        Duration::from_secs(CLOCK_STARTS[self.index] + ticks)
    }

    pub(crate) fn is_acquiring(&self) -> bool {
        matches!(self.phase, Phase::Acquire(_))
    }

    pub(crate) fn stop_reason(&self) -> Option<StopReason> {
        if let Phase::Stopped(reason) = self.phase { Some(reason) } else { None }
    }

    /// Whether the response to a read leads to the next request of a machine that does not look at the time.
    pub(crate) fn is_next_step_untimed(&self) -> bool {
        let Some(Request::Answered(response @ StoreResponse::Got(_), _)) = &self.request else { return false };
        match &self.phase {
            Phase::Fence(_, machine) => sends_next(&**machine, response),
            Phase::Work(_, Operation::Write(kind, _, write)) => !kind.is_timed() && sends_next(&**write, response),
            _ => false,
        }
    }

    pub(crate) fn is_fencing(&self) -> bool {
        matches!(self.phase, Phase::Fence(..))
    }

    /// When the current write was first sent.
    pub(crate) fn first_sent_at(&self) -> Duration {
        self.first_sent.as_ref().expect("a write").1
    }

    /// Receives the response to the current request.
    pub(crate) fn receive(&mut self, ticks: u64) {
        let now = self.now(ticks);
        let Some(Request::Answered(response, sent_at)) = self.request.take() else { panic!("no response") };
        match &mut self.phase {
            Phase::Acquire(machine) => machine.receive(response, sent_at, now),
            Phase::Fence(_, machine) => machine.receive(response, sent_at, Duration::ZERO),
            Phase::Work(_, Operation::Write(kind, _, write)) => {
                write.receive(response, sent_at, if kind.is_timed() { now } else { Duration::ZERO });
            }
            Phase::Work(..) | Phase::Stopped(_) => panic!("no request"),
        }
    }

    /// Continues until the writer sends a request or waits.
    pub(crate) fn step(&mut self, ticks: u64, world: &mut World, rules: &Rules) -> Result<(), String> {
        let now = self.now(ticks);
        loop {
            let phase = std::mem::replace(&mut self.phase, Phase::Stopped(StopReason::Failed));
            let (phase, next) = match phase {
                Phase::Stopped(reason) => {
                    self.phase = Phase::Stopped(reason);
                    self.first_sent = None;
                    world.renewal_starts[self.index] = Duration::ZERO;
                    return Ok(());
                }
                Phase::Acquire(mut machine) => match machine.next_step(now) {
                    NextStep::Finished(outcome) => (self.start_fence(outcome), None),
                    next => (Phase::Acquire(machine), Some(without_outcome(next))),
                },
                Phase::Fence(lease, mut machine) => match next_untimed_step(&mut *machine) {
                    NextStep::Finished(outcome) => (start_work(*lease, outcome, world), None),
                    next => (Phase::Fence(lease, machine), Some(without_outcome(next))),
                },
                Phase::Work(session, Operation::Write(kind, id, mut write)) => {
                    let next = if kind.is_timed() { write.next_step(now) } else { next_untimed_step(&mut *write) };
                    match next {
                        NextStep::Finished(outcome) => {
                            (finish_write(session, kind, id, outcome, now, world, rules)?, None)
                        }
                        next => (Phase::Work(session, Operation::Write(kind, id, write)), Some(without_outcome(next))),
                    }
                }
                Phase::Work(mut session, Operation::Checked) => {
                    self.start_request(&mut session, now, world, rules)?;
                    (Phase::Work(session, Operation::Idle), None)
                }
                Phase::Work(session, Operation::Idle) => {
                    let phase = self.choose(session, now, rules);
                    let is_suspended = rules.suspends && matches!(phase, Phase::Work(_, Operation::Checked));
                    (phase, is_suspended.then_some(NextStep::WaitUntil(now)))
                }
            };
            self.phase = phase;
            match next {
                None => {}
                Some(NextStep::Send(request)) => {
                    self.send(request, now);
                    return Ok(());
                }
                Some(NextStep::WaitUntil(_) | NextStep::Finished(())) => return Ok(()),
            }
        }
    }

    fn send(&mut self, request: StoreRequest, now: Duration) {
        let is_timed = match &self.phase {
            Phase::Acquire(_) => matches!(request, StoreRequest::Put { .. }),
            Phase::Work(_, Operation::Write(kind, ..)) => kind.is_timed(),
            _ => false,
        };
        let now = if is_timed { now } else { Duration::ZERO };
        if let StoreRequest::Put { content, .. } = &request
            && self.first_sent.as_ref().is_none_or(|(first, _)| first != content)
        {
            self.first_sent = Some((content.clone(), now));
        }
        self.request = Some(Request::Sent(request, now));
    }

    fn start_fence(&self, outcome: AcquireOutcome) -> Phase {
        let AcquireOutcome::Acquired { lease, .. } = outcome else { return Phase::Stopped(StopReason::Failed) };
        let fence = Fence::new(names().clone(), lease.epoch(), WriteIds::new(self.index as u128 * 3 + 2));
        Phase::Fence(Box::new(lease), Box::new(fence))
    }

    /// The next operation of a writer that has nothing under way.
    fn choose(&mut self, mut session: Box<Session>, now: Duration, rules: &Rules) -> Phase {
        let id = self.ids.next_id();
        match session.lease.permit(now) {
            _ if rules.mutation == Mutation::NoPermit || session.had_conflict => {}
            RequestPermit::Lost => return Phase::Stopped(StopReason::Lost),
            RequestPermit::RenewFirst if session.renewals == rules.renewals[self.index] => {
                return Phase::Stopped(StopReason::Lost);
            }
            RequestPermit::RenewFirst => {
                session.renewals += 1;
                let renewal = session.lease.renewal(id.clone());
                return Phase::Work(session, Operation::Write(WriteKind::Renewal, id, Box::new(renewal)));
            }
            RequestPermit::Until(_) => {}
        }
        let epoch = session.lease.epoch();
        let needed = session.requests + u64::from(rules.mutation != Mutation::RequestBeforeBatch);
        let operation = if session.has_failed || session.is_final {
            let release = session.lease.release(id.clone());
            Operation::Write(WriteKind::Release, id, Box::new(release))
        } else if session.document.open_journals.len() > 1 {
            // The state includes the results of the former journals.
            session.write_state(id, vec![OpenJournal { epoch, reconciled: None }])
        } else if session.requests == rules.steps {
            session.former.push((epoch, session.confirmed));
            session.write_state(id, Vec::new())
        } else if session.confirmed < needed {
            let header = (session.confirmed == 0).then(|| HEADER.clone());
            let batch = JournalDocument::entries(id.clone(), header, Vec::new());
            let name = names().batch(epoch, session.confirmed);
            let write = ConditionalWrite::new(name, batch.to_bytes(), id.clone(), PutCondition::Absent);
            Operation::Write(WriteKind::Batch, id, Box::new(write))
        } else {
            Operation::Checked
        };
        Phase::Work(session, operation)
    }

    fn start_request(
        &mut self,
        session: &mut Session,
        now: Duration,
        world: &mut World,
        rules: &Rules,
    ) -> Result<(), String> {
        let index = self.index;
        let rest = session.lease.stops_at().saturating_sub(now);
        let is_holder = world.start_request(session.lease.epoch(), (session.requests, session.confirmed), rest)?;
        session.requests += 1;
        if rules.suspends {
            self.late_requests += u32::from(!is_holder);
            if self.late_requests > 1 {
                return Err(format!("suspension: writer {index} starts a second request without the lease"));
            }
            return Ok(());
        }
        let ends_at = world.renewal_starts[index] + TICK * (LEASE_TICKS - crate::world::MARGIN_TICKS);
        if now >= ends_at {
            return Err(format!(
                "deadline: writer {index} starts a request at {now:?}, its lease ended at {ends_at:?}"
            ));
        }
        if !is_holder {
            return Err(format!("mutual exclusion: writer {index} starts a request without the lease"));
        }
        Ok(())
    }
}

impl Session {
    /// A write of the state that includes the results of all former journals.
    fn write_state(&self, id: WriteId, open_journals: Vec<OpenJournal>) -> Operation {
        let results: Vec<String> = self.former.iter().map(|(epoch, batches)| format!("{epoch}:{batches}")).collect();
        let state = LimitsState { organization: Some(results.join(",")), ..self.document.state.clone() };
        let document = StateDocument { write_id: id.clone(), open_journals, state, ..self.document.clone() };
        let condition = PutCondition::Version(self.version.clone());
        let write = ConditionalWrite::new(names().state(), document.to_bytes(), id.clone(), condition);
        Operation::Write(WriteKind::State(Box::new(document)), id, Box::new(write))
    }
}

fn start_work(lease: HeldLease, outcome: FenceOutcome, world: &mut World) -> Phase {
    let fenced = match outcome {
        FenceOutcome::Fenced(fenced) => fenced,
        FenceOutcome::Lost { .. } => return Phase::Stopped(StopReason::Lost),
        FenceOutcome::Failed(_) => return Phase::Stopped(StopReason::Failed),
        FenceOutcome::Invalid(error) => panic!("{error}"),
    };
    world.finish_fence(lease.epoch());
    let former = fenced.journals.iter().map(|sealed| (sealed.open.epoch, sealed.batches.len() as u64)).collect();
    let session = Session {
        lease,
        document: fenced.document,
        version: fenced.version,
        former,
        confirmed: 0,
        requests: 0,
        renewals: 0,
        is_final: false,
        has_failed: false,
        had_conflict: false,
    };
    Phase::Work(Box::new(session), Operation::Idle)
}

fn finish_write(
    mut session: Box<Session>,
    kind: WriteKind,
    id: WriteId,
    mut outcome: WriteOutcome,
    now: Duration,
    world: &mut World,
    rules: &Rules,
) -> Result<Phase, String> {
    if let (Mutation::ConflictIgnored, WriteOutcome::Superseded(Some(object))) = (rules.mutation, &outcome) {
        outcome = WriteOutcome::Written { version: object.version.clone(), sent_at: now };
    }
    match (kind, outcome) {
        (WriteKind::Renewal, WriteOutcome::Written { version, .. })
            if rules.mutation == Mutation::RenewalFromResponse =>
        {
            session.lease.renewed(id, &WriteOutcome::Written { version, sent_at: now });
        }
        (WriteKind::Renewal, outcome) => session.lease.renewed(id, &outcome),
        (WriteKind::Release, _) => {
            if rules.mutation == Mutation::LeaseDeleted {
                world.delete_lease();
            }
            let reason = if session.has_failed { StopReason::Failed } else { StopReason::Done };
            return Ok(Phase::Stopped(reason));
        }
        (WriteKind::State(document), WriteOutcome::Written { version, .. }) => {
            session.is_final = document.open_journals.is_empty();
            session.document = *document;
            session.version = version;
        }
        (WriteKind::Batch, WriteOutcome::Written { .. }) => {
            world.check_confirmed(session.lease.epoch(), session.confirmed)?;
            session.confirmed += 1;
        }
        (WriteKind::Batch, WriteOutcome::Superseded(_)) if rules.mutation == Mutation::JournalAfterConflict => {
            session.had_conflict = true;
            session.confirmed += 1;
        }
        (WriteKind::State(_) | WriteKind::Batch, _) => session.has_failed = true,
    }
    Ok(Phase::Work(session, Operation::Idle))
}
