//! `ajo apply` as a task of this process: the same steps with the same functions.

use std::fmt;
use std::num::NonZeroUsize;

use ajo_apply::{
    ApplyObserver, ApplyOutcome, PlanExecutor, ReconciledLimits, ServiceReader, check_unknown_creates, read_back,
    reconcile,
};
use ajo_core::{Client, Verb};
use ajo_limits::file::{SourceFile, SourceSet, parse_limits};
use ajo_limits::{
    ConfigChange, DesiredLimits, JOURNAL_VERSION, JournalHeader, LimitsState, Plan, PlanOptions, StepState, plan,
};
use ajo_shared_state_tests::{RandomRun, RunnerPlan, RunnerResult};
use ajo_state::protocol::LeaseHolder;
use ajo_state::{JournalHandling, StateBackend, StateError, StateLock, StateScope};

/// Prunes everything, so that the service equals the file afterwards.
pub(crate) const OPTIONS: PlanOptions = PlanOptions { prune: true, force_delete: false, max_deletes: Some(100) };

/// A runner with its own connection to the service and the bucket.
#[derive(Clone)]
pub(crate) struct InProcessRunner {
    pub(crate) backend: StateBackend,
    pub(crate) client: Client,
    pub(crate) organization: String,
}

/// Why an apply ended early: the exit code and the message of `ajo`.
#[derive(Debug)]
struct Failure(i32, String);

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        let code = if matches!(error, StateError::Held { .. } | StateError::LeaseLost { .. }) { 6 } else { 1 };
        Self(code, error.to_string())
    }
}

fn failed(error: impl fmt::Display) -> Failure {
    Failure(1, error.to_string())
}

struct Unobserved;

impl ApplyObserver for Unobserved {
    fn step_finished(&self, _: &ConfigChange, _: Verb, _: StepState) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

pub(crate) fn parse(runner: &RunnerPlan) -> DesiredLimits {
    let source = SourceFile { name: format!("{}.yaml", runner.file.sandbox), content: runner.file.to_yaml() };
    let parsed = parse_limits(&SourceSet::new(vec![source]), &|_| None);
    parsed.desired.unwrap_or_else(|| panic!("the file has errors: {:?}", parsed.diagnostics))
}

impl InProcessRunner {
    /// Applies the file.
    pub(crate) async fn apply(&self, runner: &RunnerPlan) -> RunnerResult {
        let (exit_code, message) = match self.run(runner).await {
            Ok(()) => (0, String::new()),
            Err(Failure(code, message)) => (code, message),
        };
        RunnerResult { number: runner.number, exit_code, message }
    }

    fn scope(&self, desired: &DesiredLimits) -> StateScope {
        StateScope { organization: self.organization.clone(), sandbox: desired.sandbox.clone() }
    }

    async fn run(&self, runner: &RunnerPlan) -> Result<(), Failure> {
        let desired = parse(runner);
        let scope = self.scope(&desired);
        let throttling = desired.has_throttling();
        let lock = self.backend.lock(&scope, throttling, holder(runner.number), runner.lock_timeout).await?;
        let planned = tokio::select! {
            planned = self.plan_under(&lock, &desired) => planned,
            error = lock.keep() => Err(error.into()),
        };
        let result = match planned {
            Ok((plan, state)) if !plan.changes.is_empty() => {
                self.execute(&lock, &desired, (&plan, state), runner.concurrency).await
            }
            Ok(_) => Ok(()),
            Err(failure) => Err(failure),
        };
        lock.release().await;
        result
    }

    async fn plan_under(&self, lock: &StateLock, desired: &DesiredLimits) -> Result<(Plan, LimitsState), Failure> {
        let reader = ServiceReader::new(&self.client);
        let stored = lock.stored();
        let reconciled = reconcile(&reader, &self.organization, desired, stored).await.map_err(failed)?;
        let ReconciledLimits { observed, state, unsaved } = reconciled;
        for journal in &unsaved {
            check_unknown_creates(&reader, journal, &observed).await.map_err(failed)?;
        }
        if !unsaved.is_empty() {
            lock.save(&state, JournalHandling::Keep).await?;
        }
        let plan = plan(desired, &observed, &state, OPTIONS);
        if !plan.blockers.is_empty() {
            return Err(Failure(7, format!("{:?}", plan.blockers)));
        }
        if plan.changes.is_empty() {
            let mut synced = state.clone();
            plan.stale.iter().for_each(|managed| synced.record(managed.clone()));
            synced.mark_orphaned(&plan);
            plan.missing.iter().for_each(|uid| synced.remove(uid));
            if synced != stored.state || !stored.journals.is_empty() {
                lock.save(&synced, JournalHandling::Close).await?;
            }
        }
        Ok((plan, state))
    }

    async fn execute(
        &self,
        lock: &StateLock,
        desired: &DesiredLimits,
        (plan, mut state): (&Plan, LimitsState),
        concurrency: usize,
    ) -> Result<(), Failure> {
        let header = JournalHeader {
            version: JOURNAL_VERSION,
            organization: self.organization.clone(),
            started_at: "2026-11-26T09:00:00Z".to_owned(),
            files: desired.files.clone(),
            state_digest: state.sandbox_digest(desired.sandbox.as_str()),
            api: None,
            plan: plan.clone(),
        };
        let journal = lock.start_journal(header).await?;
        let executor = PlanExecutor::new(&self.client, plan, lock, journal, &Unobserved);
        let concurrency = NonZeroUsize::new(concurrency).expect("not zero");
        let ApplyOutcome { journal, error, .. } = executor.run(concurrency).await;
        let reader = ServiceReader::new(&self.client);
        let recording = async {
            read_back(&reader, desired, &mut state, &journal).await.map_err(failed)?;
            let all_done = journal.results().iter().all(|result| result.state == StepState::Done);
            let handling = if all_done { JournalHandling::Close } else { JournalHandling::Keep };
            lock.save(&state, handling).await?;
            Ok::<_, Failure>(all_done)
        };
        let recorded = tokio::select! {
            recorded = recording => recorded,
            error = lock.keep() => Err(error.into()),
        };
        match (error, recorded) {
            (None, Ok(true)) => Ok(()),
            (error, recorded) => {
                let failures: Vec<_> = journal.results().into_iter().filter(|it| it.state != StepState::Done).collect();
                Err(Failure(4, format!("{error:?} {:?} {failures:?}", recorded.err())))
            }
        }
    }

    /// What `ajo plan` and `ajo drift` report, if the service does not equal the file.
    pub(crate) async fn find_difference(&self, runner: &RunnerPlan) -> Result<(), String> {
        let desired = parse(runner);
        let stored = self.backend.read(&self.scope(&desired)).await.map_err(|error| error.to_string())?;
        if !stored.journals.is_empty() {
            return Err(format!("a journal is open: {:?}", stored.journals));
        }
        let reader = ServiceReader::new(&self.client);
        let reconciled = reconcile(&reader, &self.organization, &desired, &stored).await;
        let ReconciledLimits { observed, state, .. } = reconciled.map_err(|error| error.to_string())?;
        let planned = plan(&desired, &observed, &state, OPTIONS);
        if !planned.changes.is_empty() || !planned.blockers.is_empty() {
            return Err(format!("the plan is not clean: {:?} {:?}", planned.changes, planned.blockers));
        }
        let drift = ajo_limits::detect_drift(&desired, &observed, &state, ajo_limits::UnmanagedHandling::Error);
        if drift.has_errors() { Err(format!("there is drift: {drift:?}")) } else { Ok(()) }
    }
}

fn holder(number: usize) -> LeaseHolder {
    LeaseHolder {
        owner: "runner@ci".to_owned(),
        process: u32::try_from(number).expect("a small number"),
        run_url: Some(RandomRun::run_url(number)),
        since: "2026-11-26T09:00:00Z".to_owned(),
    }
}
