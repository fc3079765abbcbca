//! Machines that share state in a bucket, and that can be killed after any request.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ajo_apply::{
    ApplyObserver, ApplyOutcome, PlanExecutor, ReconciledLimits, ServiceReader, check_unknown_creates, read_back,
    reconcile,
};
use ajo_core::{Client, SandboxName};
use ajo_emulator::{Emulator, EmulatorSettings, SandboxSettings};
use ajo_limits::{DesiredLimits, JOURNAL_VERSION, JournalHeader, ObservedLimits, Plan, PlanOptions, StepState, plan};
use ajo_state::{
    Bucket, BucketError, BucketObject, JournalHandling, LeaseClock, MemoryBucket, ObjectVersion, PutCondition,
    PutError, SharedState, StateBackend, StateError, StateLock, StateScope,
};
use ajo_tests::{ORG_ID, emulator_client};
use futures_util::future::{BoxFuture, FutureExt as _};

use crate::limits::fixture::{holder, never_cancelled};

pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// A clock that stands still, skips to the next timer if nothing else happens, or is advanced by the test.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestClock(Arc<Mutex<ClockState>>);

#[derive(Debug, Default)]
struct ClockState {
    now: Duration,
    is_skipping: bool,
    /// The ends of all pending sleeps.
    timers: Vec<Duration>,
}

/// A pending sleep.
struct Timer(TestClock, Duration);

impl Drop for Timer {
    fn drop(&mut self) {
        let timers = &mut self.0.state().timers;
        let index = timers.iter().position(|timer| *timer == self.1).expect("added before");
        timers.remove(index);
    }
}

impl TestClock {
    fn state(&self) -> MutexGuard<'_, ClockState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.state().now += time;
    }

    fn set_skipping(&self, is_skipping: bool) {
        self.state().is_skipping = is_skipping;
    }
}

impl LeaseClock for TestClock {
    fn now(&self) -> Duration {
        self.state().now
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        /// A request to the bucket needs fewer.
        const YIELDS: u32 = 20;
        let timer = Timer(self.clone(), self.now() + time);
        self.state().timers.push(timer.1);
        async move {
            let Timer(clock, end) = &timer;
            while clock.now() < *end {
                for _ in 0..YIELDS {
                    tokio::task::yield_now().await;
                }
                let mut state = clock.state();
                if state.is_skipping && state.timers.iter().all(|other| end <= other) {
                    state.now = *end;
                }
            }
        }
        .boxed()
    }
}

/// A bucket that counts its requests, and whose writes can take time on the clock of the machine.
#[derive(Debug)]
struct CountingBucket {
    memory: Arc<MemoryBucket>,
    requests: Arc<AtomicUsize>,
    clock: TestClock,
    slow_write: Arc<Mutex<Option<SlowWrite>>>,
}

/// The next write of an object whose name ends so takes this long.
#[derive(Debug)]
pub(crate) struct SlowWrite(pub(crate) &'static str, pub(crate) Duration);

impl CountingBucket {
    fn counted<'a, T: Send + 'a>(&'a self, request: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        async move {
            let response = request.await;
            self.requests.fetch_add(1, Ordering::Relaxed);
            // The machine may be killed before it reads the response.
            tokio::task::yield_now().await;
            response
        }
        .boxed()
    }
}

impl Bucket for CountingBucket {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>> {
        self.counted(self.memory.get(name))
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>> {
        let mut slow = self.slow_write.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(SlowWrite(_, time)) = slow.take_if(|slow| name.ends_with(slow.0)) {
            self.clock.advance(time);
        }
        self.counted(self.memory.put(name, content, condition))
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>> {
        self.counted(self.memory.list(prefix))
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), BucketError>> {
        self.counted(self.memory.delete(name))
    }

    fn url(&self, name: &str) -> String {
        self.memory.url(name)
    }
}

/// The service and the bucket.
pub(crate) struct SharedWorld {
    pub(crate) emulator: Emulator,
    memory: Arc<MemoryBucket>,
}

/// A process on a machine of its own. Nothing outlives it but the bucket and the service.
pub(crate) struct Machine<'w> {
    world: &'w SharedWorld,
    owner: &'static str,
    scope: StateScope,
    pub(crate) client: Client,
    backend: StateBackend,
    pub(crate) clock: TestClock,
    bucket_requests: Arc<AtomicUsize>,
    slow_write: Arc<Mutex<Option<SlowWrite>>>,
}

/// The limits of a machine, planned under the lock.
pub(crate) struct PlannedApply {
    pub(crate) lock: StateLock,
    pub(crate) plan: Plan,
    reconciled: ReconciledLimits,
}

impl SharedWorld {
    pub(crate) async fn start() -> Self {
        let sandbox = |name: &str| SandboxSettings { name: name.to_owned(), production: true };
        let settings =
            EmulatorSettings { sandboxes: vec![sandbox("prod"), sandbox("other")], ..EmulatorSettings::default() };
        let emulator = Emulator::builder().settings(settings).start().await.expect("an emulator");
        Self { emulator, memory: Arc::default() }
    }

    pub(crate) fn machine(&self, owner: &'static str, sandbox: &SandboxName) -> Machine<'_> {
        let (clock, bucket_requests) = (TestClock::default(), Arc::new(AtomicUsize::new(0)));
        let slow_write = Arc::default();
        let bucket = Arc::new(CountingBucket {
            memory: self.memory.clone(),
            requests: bucket_requests.clone(),
            clock: clock.clone(),
            slow_write: Arc::clone(&slow_write),
        });
        let state = SharedState::new(bucket).with_lease_time(LEASE).with_clock(Arc::new(clock.clone()));
        Machine {
            world: self,
            owner,
            scope: StateScope { organization: ORG_ID.to_owned(), sandbox: sandbox.clone() },
            client: emulator_client(&self.emulator, sandbox.as_str()),
            backend: StateBackend::Shared(state),
            clock,
            bucket_requests,
            slow_write,
        }
    }

    pub(crate) fn service_requests(&self) -> usize {
        let state = self.emulator.state();
        state.calls().last().map_or(0, |call| usize::try_from(call.number).expect("few calls"))
    }

    pub(crate) fn add_fault(&self, fault: &str) {
        self.emulator.state().add_fault(fault.parse().expect("a fault")).expect("room");
    }

    pub(crate) fn set_quirk(&self, name: &str, variant: &str) {
        self.emulator.state().quirks_mut().set(name, variant).expect("a variant");
    }
}

impl Machine<'_> {
    pub(crate) fn reader(&self) -> ServiceReader {
        ServiceReader::new(&self.client)
    }

    pub(crate) fn delay_write(&self, write: SlowWrite) {
        *self.slow_write.lock().unwrap_or_else(PoisonError::into_inner) = Some(write);
    }

    /// Takes the lock, waiting until a former holder's lease has expired.
    pub(crate) async fn lock(&self, desired: &DesiredLimits) -> Result<StateLock, StateError> {
        self.clock.set_skipping(true);
        let locked = self.backend.lock(&self.scope, desired.has_throttling(), holder(self.owner), LEASE * 10).await;
        self.clock.set_skipping(false);
        locked
    }

    /// Takes the lock, reconciles unfinished applies, and plans.
    pub(crate) async fn plan(&self, desired: &DesiredLimits) -> PlannedApply {
        let lock = self.lock(desired).await.expect("no living holder");
        let reader = self.reader();
        let reconciled = reconcile(&reader, ORG_ID, desired, lock.stored()).await.expect("the service responds");
        for journal in &reconciled.unsaved {
            check_unknown_creates(&reader, journal, &reconciled.observed).await.expect("reliable lists");
        }
        if !reconciled.unsaved.is_empty() {
            lock.save(&reconciled.state, JournalHandling::Keep).await.expect("held");
        }
        let options = PlanOptions { prune: true, ..PlanOptions::default() };
        let plan = plan(desired, &reconciled.observed, &reconciled.state, options);
        assert_eq!(plan.blockers, [], "{}: the plan is blocked", self.owner);
        PlannedApply { lock, plan, reconciled }
    }

    /// Makes the calls of the plan. The lock stays held.
    pub(crate) async fn run(&self, planned: &PlannedApply, observer: &dyn ApplyObserver) -> ApplyOutcome {
        let header = JournalHeader {
            version: JOURNAL_VERSION,
            organization: ORG_ID.to_owned(),
            started_at: "2026-11-26T00:00:00Z".to_owned(),
            files: Vec::new(),
            api: None,
            state_digest: planned.reconciled.state.sandbox_digest(&planned.plan.sandbox),
            plan: planned.plan.clone(),
        };
        let journal = planned.lock.start_journal(header).await.expect("held");
        let concurrency = NonZeroUsize::new(2).expect("not zero");
        PlanExecutor::new(&self.client, &planned.plan, &planned.lock, journal, observer).run(concurrency).await
    }

    /// Plans and applies as the command does.
    pub(crate) async fn apply(&self, desired: &DesiredLimits) -> Option<ApplyOutcome> {
        let planned = self.plan(desired).await;
        if planned.plan.is_empty() {
            planned.lock.save(&planned.reconciled.state, JournalHandling::Close).await.expect("held");
            planned.lock.release().await;
            return None;
        }
        let outcome = self.run(&planned, &never_cancelled()).await;
        assert!(outcome.error.is_none(), "{}: {:?}", self.owner, outcome.error);
        let mut state = planned.reconciled.state;
        read_back(&self.reader(), desired, &mut state, &outcome.journal).await.expect("the service responds");
        let all_done = outcome.journal.results().iter().all(|result| result.state == StepState::Done);
        let handling = if all_done { JournalHandling::Close } else { JournalHandling::Keep };
        planned.lock.save(&state, handling).await.expect("held");
        planned.lock.release().await;
        Some(outcome)
    }

    /// Applies until this machine has made so many requests to the bucket and to the service. Returns whether it was killed.
    pub(crate) async fn apply_until_killed(&self, desired: &DesiredLimits, requests: usize) -> bool {
        let before = self.world.service_requests();
        let made = || self.bucket_requests.load(Ordering::Relaxed) + self.world.service_requests() - before;
        let killed = async {
            while made() < requests {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = killed => true,
            _ = self.apply(desired) => false,
        }
    }

    /// All configurations that this machine's sandbox sees.
    pub(crate) async fn observe(&self) -> ObservedLimits {
        self.reader().observe(true, &[]).await.expect("the service responds")
    }
}
