//! An emulator with plans and applies against it.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ajo_apply::{ApplyObserver, PlanExecutor, ServiceReader};
use ajo_core::{Api, Client, SandboxName, Verb};
use ajo_emulator::Emulator;
use ajo_limits::{
    ConfigChange, ConfigDefinition, DesiredConfig, DesiredLimits, JOURNAL_VERSION, JournalHeader, LimitsState,
    ObservedLimits, Plan, PlanOptions, StepResult, StepState, plan,
};
use ajo_state::protocol::LeaseHolder;
use ajo_state::{FileState, StateBackend, StateFile, StateLock, StateScope};
use ajo_tests::{ORG_ID, emulator_client};
use serde_json::json;

pub(crate) fn sandbox() -> SandboxName {
    "prod".parse().expect("a name")
}

pub(crate) fn capping(name: &str, calls: i64) -> ConfigDefinition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json =
        json!({"url": format!("https://{name}.example.org/*"), "methods": ["GET"], "services": {"dataSource": limit}});
    ConfigDefinition::from_json(Api::Capping, &json).expect("a definition")
}

pub(crate) fn throttling(name: &str, calls: i64) -> ConfigDefinition {
    let json =
        json!({"urlPattern": format!("https://{name}.example.com/*"), "methods": ["POST"], "maxThroughput": calls});
    ConfigDefinition::from_json(Api::Throttling, &json).expect("a definition")
}

/// The only limits file.
const FILE: &str = "prod.yaml";

pub(crate) fn desired(configs: &[(ConfigDefinition, bool)]) -> DesiredLimits {
    let configs = configs.iter().cloned();
    let wanted = configs.map(|(definition, deployed)| DesiredConfig {
        definition,
        deployed,
        file: Some(FILE.to_owned()),
        location: None,
    });
    DesiredLimits { sandbox: sandbox(), configs: wanted.collect(), files: vec![FILE.to_owned()] }
}

/// An emulator, with the state and journal of a limits repository.
pub(crate) struct ApplyFixture {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) state: LimitsState,
    pub(crate) options: PlanOptions,
    directory: tempfile::TempDir,
}

/// Cancels the apply after a number of calls.
pub(crate) struct CallLimitWatch(pub(crate) usize, pub(crate) AtomicUsize);

impl ApplyObserver for CallLimitWatch {
    fn step_finished(&self, _: &ConfigChange, _: Verb, _: StepState) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.1.load(Ordering::Relaxed) >= self.0
    }
}

pub(crate) fn never_cancelled() -> CallLimitWatch {
    CallLimitWatch(usize::MAX, AtomicUsize::new(0))
}

pub(crate) fn holder(owner: &str) -> LeaseHolder {
    LeaseHolder { owner: owner.to_owned(), process: 1, run_url: None, since: "2026-11-26T00:00:00Z".to_owned() }
}

impl ApplyFixture {
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::start().await.expect("an emulator");
        let client = emulator_client(&emulator, "prod");
        let directory = tempfile::tempdir().expect("a directory");
        Self { emulator, client, state: LimitsState::default(), options: PlanOptions::default(), directory }
    }

    pub(crate) fn backend(&self) -> StateBackend {
        StateBackend::File(FileState::new(StateFile::new(self.directory.path().join("ajo.state.json"))))
    }

    pub(crate) async fn lock_state(&self) -> StateLock {
        let scope = StateScope { organization: ORG_ID.to_owned(), sandbox: sandbox() };
        self.backend().lock(&scope, true, holder("test"), Duration::ZERO).await.expect("no other holder")
    }

    pub(crate) fn set_quirk(&self, name: &str, variant: &str) {
        self.emulator.state().quirks_mut().set(name, variant).expect("a variant");
    }

    pub(crate) fn add_fault(&self, fault: &str) {
        self.emulator.state().add_fault(fault.parse().expect("a fault")).expect("room");
    }

    pub(crate) fn clear_faults(&self) {
        self.emulator.state().clear_faults();
    }

    pub(crate) async fn observe(&self) -> ObservedLimits {
        let managed = self.state.configs_to_read(&sandbox());
        ServiceReader::new(&self.client).observe(true, &managed).await.expect("read")
    }

    pub(crate) async fn plan(&self, desired: &DesiredLimits) -> Plan {
        plan(desired, &self.observe().await, &self.state, self.options)
    }

    /// Plans and applies; returns the result of each call.
    pub(crate) async fn apply(&mut self, desired: &DesiredLimits) -> Vec<StepResult> {
        let plan = self.plan(desired).await;
        self.apply_plan(&plan, &never_cancelled()).await
    }

    pub(crate) async fn apply_plan(&mut self, plan: &Plan, watch: &CallLimitWatch) -> Vec<StepResult> {
        assert_eq!(plan.blockers, [], "the plan is blocked");
        let header = JournalHeader {
            version: JOURNAL_VERSION,
            organization: ORG_ID.to_owned(),
            started_at: "2026-11-26T00:00:00Z".to_owned(),
            files: Vec::new(),
            api: None,
            state_digest: self.state.sandbox_digest(&plan.sandbox),
            plan: plan.clone(),
        };
        let lock = self.lock_state().await;
        let journal = lock.start_journal(header).await.expect("a journal");
        let concurrency = NonZeroUsize::new(4).expect("not zero");
        let outcome = PlanExecutor::new(&self.client, plan, &lock, journal, watch).run(concurrency).await;
        assert!(outcome.error.is_none(), "{:?}", outcome.error);
        lock.release().await;
        let on_disk = self.lock_state().await;
        assert_eq!(on_disk.stored().journals, std::slice::from_ref(&outcome.journal), "disk and memory agree");
        drop(on_disk);
        let faults: Vec<_> = self.emulator.state().default_organization().faults().cloned().collect();
        self.clear_faults();
        outcome.journal.reconcile(&self.observe().await, &mut self.state, &sandbox());
        for fault in faults {
            self.emulator.state().add_fault(fault).expect("room");
        }
        outcome.journal.results()
    }

    /// The mutating calls, oldest first, as `API.verb`.
    pub(crate) fn mutating_calls(&self) -> Vec<String> {
        let state = self.emulator.state();
        state.calls().mutating().iter().filter_map(|call| call.operation.clone()).collect()
    }

    pub(crate) fn clear_calls(&self) {
        self.emulator.state().default_organization_mut().clear_calls();
    }
}

pub(crate) fn step_states(results: &[StepResult]) -> Vec<(&'static str, StepState)> {
    results.iter().map(|result| (result.step.as_str(), result.state)).collect()
}
