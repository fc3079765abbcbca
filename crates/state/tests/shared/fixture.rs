//! A bucket whose requests can fail, and machines that share it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ajo_limits::file::{SourceFile, SourceSet, parse_limits};
use ajo_limits::{JOURNAL_VERSION, JournalEntry, JournalHeader, LimitsState, ObservedLimits, PlanOptions, plan};
use ajo_state::protocol::{LeaseDocument, LeaseHolder, StateDocument};
use ajo_state::{
    Bucket, BucketError, BucketErrorKind, BucketObject, LeaseClock, MemoryBucket, ObjectVersion, PutCondition,
    PutError, SharedState, StateBackend, StateError, StateLock, StateScope,
};
use futures_util::future::{BoxFuture, FutureExt as _};

pub(crate) const ORGANIZATION: &str = "A1B2@AdobeOrg";
pub(crate) const LEASE: Duration = Duration::from_secs(60);
/// The lease time without the margin.
pub(crate) const PERMIT: Duration = Duration::from_secs(48);
pub(crate) const SANDBOX_FOLDER: &str = "A1B2@AdobeOrg/sandboxes/prod";

/// The paused clock of tokio.
#[derive(Debug)]
struct PausedClock(tokio::time::Instant);

impl LeaseClock for PausedClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It is not sent, and there is no response.
    Hang,
    /// It is processed, and there is no response.
    HangAfter,
    /// The store refuses it.
    Refuse,
    /// The store is overloaded.
    Unavailable,
    /// The response takes this long.
    Delay(Duration),
}

#[derive(Debug)]
struct PlannedFault {
    operation: &'static str,
    name: String,
    fault: Fault,
    is_permanent: bool,
}

/// A bucket in memory with planned faults.
#[derive(Debug, Default)]
pub(crate) struct TestBucket {
    pub(crate) memory: MemoryBucket,
    faults: Mutex<VecDeque<PlannedFault>>,
}

impl TestBucket {
    /// Plans a fault for the next `put`, `get`, or `delete` of an object whose name contains `name`.
    pub(crate) fn fail_once(&self, operation: &'static str, name: &str, fault: Fault) {
        self.plan(operation, name, fault, false);
    }

    pub(crate) fn fail_always(&self, operation: &'static str, name: &str, fault: Fault) {
        self.plan(operation, name, fault, true);
    }

    fn plan(&self, operation: &'static str, name: &str, fault: Fault, is_permanent: bool) {
        let fault = PlannedFault { operation, name: name.to_owned(), fault, is_permanent };
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    fn fault(&self, operation: &str, name: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let index = faults.iter().position(|fault| fault.operation == operation && name.contains(&fault.name))?;
        let fault = faults[index].fault;
        if !faults[index].is_permanent {
            faults.remove(index);
        }
        Some(fault)
    }

    pub(crate) async fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.memory.get(name).await.expect("a memory").map(|object| object.content)
    }

    pub(crate) async fn lease(&self) -> LeaseDocument {
        let name = format!("{SANDBOX_FOLDER}/lease.json");
        LeaseDocument::parse(&name, &self.read(&name).await.expect("a lease")).expect("valid")
    }

    pub(crate) async fn state(&self) -> StateDocument {
        let name = format!("{SANDBOX_FOLDER}/state.json");
        StateDocument::parse(&name, &self.read(&name).await.expect("a state")).expect("valid")
    }

    pub(crate) async fn names(&self) -> Vec<String> {
        let names = self.memory.list(SANDBOX_FOLDER).await.expect("a memory");
        names.into_iter().map(|name| name[SANDBOX_FOLDER.len() + 1..].to_owned()).collect()
    }
}

fn refused(operation: &'static str, name: &str) -> BucketError {
    BucketError {
        kind: BucketErrorKind::AccessDenied,
        operation,
        url: name.to_owned(),
        message: "access denied".to_owned(),
    }
}

impl Bucket for TestBucket {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<BucketObject>, BucketError>> {
        async move {
            match self.fault("get", name) {
                Some(Fault::Hang | Fault::HangAfter) => std::future::pending().await,
                Some(Fault::Refuse) => Err(refused("read", name)),
                Some(Fault::Unavailable) => {
                    Err(BucketError { kind: BucketErrorKind::Throttled, ..refused("read", name) })
                }
                Some(Fault::Delay(time)) => {
                    tokio::time::sleep(time).await;
                    self.memory.get(name).await
                }
                None => self.memory.get(name).await,
            }
        }
        .boxed()
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        content: Vec<u8>,
        condition: PutCondition,
    ) -> BoxFuture<'a, Result<ObjectVersion, PutError>> {
        async move {
            match self.fault("put", name) {
                Some(Fault::Hang) => std::future::pending().await,
                Some(Fault::HangAfter) => {
                    self.memory.put(name, content, condition).await?;
                    std::future::pending().await
                }
                Some(Fault::Refuse | Fault::Unavailable) => Err(PutError::Rejected(refused("write", name))),
                Some(Fault::Delay(time)) => {
                    tokio::time::sleep(time).await;
                    self.memory.put(name, content, condition).await
                }
                None => self.memory.put(name, content, condition).await,
            }
        }
        .boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BucketError>> {
        self.memory.list(prefix)
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), BucketError>> {
        async move {
            if let Some(Fault::Delay(time)) = self.fault("delete", name) {
                // The machine is suspended.
                tokio::time::advance(time).await;
            }
            self.memory.delete(name).await
        }
        .boxed()
    }

    fn url(&self, name: &str) -> String {
        self.memory.url(name)
    }
}

/// The state in this bucket, as one machine sees it.
pub(crate) fn machine(bucket: &Arc<TestBucket>) -> StateBackend {
    let clock = Arc::new(PausedClock(tokio::time::Instant::now()));
    StateBackend::Shared(SharedState::new(bucket.clone()).with_lease_time(LEASE).with_clock(clock))
}

pub(crate) fn scope(sandbox: &str) -> StateScope {
    StateScope { organization: ORGANIZATION.to_owned(), sandbox: sandbox.parse().expect("a name") }
}

pub(crate) fn holder(owner: &str) -> LeaseHolder {
    LeaseHolder { owner: owner.to_owned(), process: 1, run_url: None, since: "2026-11-26T00:00:00Z".to_owned() }
}

/// Locks the sandbox `prod`.
pub(crate) async fn lock(
    bucket: &Arc<TestBucket>,
    owner: &str,
    throttling: bool,
    wait: Duration,
) -> Result<StateLock, StateError> {
    machine(bucket).lock(&scope("prod"), throttling, holder(owner), wait).await
}

/// The header of an apply that creates a capping and a throttling configuration.
pub(crate) fn header() -> JournalHeader {
    const CAPPING: &str = "{url: 'https://a.example/*', methods: [GET], services: {action: {rating: {maxCallsCount: 300, periodInMs: 1000}}}}";
    const THROTTLING: &str = "{urlPattern: 'https://b.example/*', methods: [GET], maxThroughput: 400}";
    let content = format!("version: 1\nsandbox: prod\ncapping: [{CAPPING}]\nthrottling: {THROTTLING}\n");
    let source = SourceFile { name: "prod.yaml".to_owned(), content };
    let parsed = parse_limits(&SourceSet::new(vec![source]), &|_| None);
    let desired = parsed.desired.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    let state = LimitsState::default();
    JournalHeader {
        version: JOURNAL_VERSION,
        organization: ORGANIZATION.to_owned(),
        started_at: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        api: None,
        state_digest: state.sandbox_digest("prod"),
        plan: plan(&desired, &ObservedLimits::default(), &state, PlanOptions::default()),
    }
}

/// An entry of the capping configuration, which is the first change of the plan.
pub(crate) const fn started() -> JournalEntry {
    JournalEntry::Started { change: 0, step: ajo_core::Verb::Create }
}
