//! An emulator, a plan for it, and an apply that is watched.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use ajo_apply::{Apply, JournalFile, Reader, Watch};
use ajo_core::{Api, Client, Sandbox, Verb};
use ajo_emulator::Emulator;
use ajo_limits::{
    Change, Definition, Desired, Header, JOURNAL_VERSION, Ledger, Observed, Options, Plan, StepResult, StepState,
    Wanted, plan,
};
use ajo_tests::{ORG_ID, emulated};
use serde_json::json;

pub(crate) fn sandbox() -> Sandbox {
    "prod".parse().expect("a name")
}

pub(crate) fn capping(name: &str, calls: i64) -> Definition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json =
        json!({"url": format!("https://{name}.example.org/*"), "methods": ["GET"], "services": {"dataSource": limit}});
    Definition::from_json(Api::Capping, &json).expect("a definition")
}

pub(crate) fn throttling(name: &str, calls: i64) -> Definition {
    let json =
        json!({"urlPattern": format!("https://{name}.example.com/*"), "methods": ["POST"], "maxThroughput": calls});
    Definition::from_json(Api::Throttling, &json).expect("a definition")
}

pub(crate) fn desired(configs: &[(Definition, bool)]) -> Desired {
    let configs = configs.iter().cloned();
    let wanted = configs.map(|(definition, deployed)| Wanted { definition, deployed, place: None });
    Desired { sandbox: sandbox(), configs: wanted.collect() }
}

/// An emulator with what limits as code keeps beside its files.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) ledger: Ledger,
    pub(crate) options: Options,
    directory: tempfile::TempDir,
}

/// Counts, and asks to stop after so many calls.
pub(crate) struct StopAfter(pub(crate) usize, pub(crate) AtomicUsize);

impl Watch for StopAfter {
    fn done(&self, _: &Change, _: Verb, _: StepState) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.1.load(Ordering::Relaxed) >= self.0
    }
}

pub(crate) fn never() -> StopAfter {
    StopAfter(usize::MAX, AtomicUsize::new(0))
}

impl World {
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::start().await.expect("an emulator");
        let client = emulated(&emulator, "prod");
        let directory = tempfile::tempdir().expect("a directory");
        Self { emulator, client, ledger: Ledger::default(), options: Options::default(), directory }
    }

    pub(crate) fn journal_path(&self) -> PathBuf {
        self.directory.path().join("ajo.journal")
    }

    pub(crate) fn fault(&self, fault: &str) {
        self.emulator.world().add_fault(fault.parse().expect("a fault")).expect("room");
    }

    pub(crate) fn clear_faults(&self) {
        self.emulator.world().clear_faults();
    }

    pub(crate) async fn observe(&self) -> Observed {
        Reader::new(&self.client).observe(true).await.expect("read")
    }

    pub(crate) async fn plan(&self, desired: &Desired) -> Plan {
        plan(desired, &self.observe().await, &self.ledger, self.options)
    }

    /// Plans and applies; what became of each call.
    pub(crate) async fn apply(&mut self, desired: &Desired) -> Vec<StepResult> {
        let plan = self.plan(desired).await;
        self.apply_plan(&plan, &never()).await
    }

    pub(crate) async fn apply_plan(&mut self, plan: &Plan, watch: &StopAfter) -> Vec<StepResult> {
        assert_eq!(plan.refusals, [], "the plan is refused");
        let header = Header {
            version: JOURNAL_VERSION,
            organization: ORG_ID.to_owned(),
            began: "2026-11-26T00:00:00Z".to_owned(),
            files: Vec::new(),
            ledger: self.ledger.digest(&plan.sandbox),
            plan: plan.clone(),
        };
        let journal = JournalFile::begin(&self.journal_path(), header).expect("a journal");
        let concurrency = NonZeroUsize::new(4).expect("not zero");
        let (journal, broken) = Apply::new(&self.client, plan, journal, watch).run(concurrency).await;
        assert!(broken.is_none(), "{broken:?}");
        let on_disk = JournalFile::load(&self.journal_path()).expect("it is read").expect("it is there");
        assert_eq!(&on_disk, journal.journal(), "what is on the disk is what was done");
        let faults: Vec<_> = self.emulator.world().first().faults().cloned().collect();
        self.clear_faults();
        journal.journal().settle(&self.observe().await, &mut self.ledger, &sandbox());
        for fault in faults {
            self.emulator.world().add_fault(fault).expect("room");
        }
        journal.journal().results()
    }

    /// The mutating calls, oldest first, as `API.verb`.
    pub(crate) fn mutating(&self) -> Vec<String> {
        let world = self.emulator.world();
        world.calls().mutating().iter().filter_map(|call| call.operation.clone()).collect()
    }

    pub(crate) fn forget_calls(&self) {
        self.emulator.world().first_mut().clear_calls();
    }
}

pub(crate) fn states(results: &[StepResult]) -> Vec<(&'static str, StepState)> {
    results.iter().map(|result| (result.step.as_str(), result.state)).collect()
}
