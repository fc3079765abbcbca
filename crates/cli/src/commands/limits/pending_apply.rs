//! Executes a confirmed apply.

use std::num::NonZeroUsize;

use ajo_apply::{ApplyOutcome, LateRequest, PlanExecutor, read_back};
use ajo_core::Client;
use ajo_limits::file::SourceSet;
use ajo_limits::{
    CommandOutcome, CommandReport, ConfigKey, DeployState, DesiredLimits, JOURNAL_VERSION, Journal, JournalHeader,
    LimitsState, Plan, StepState, UnmanagedHandling, plan,
};
use ajo_state::{JournalHandling, StateLock};

use super::input::LimitsInput;
use super::missing_limits::missing_limits_note;
use super::plan as planning;
use super::plan_file::expect_plan;
use super::progress_bar::ApplyProgressBar;
use super::sandbox_service::SandboxService;
use super::state_store::{StateStore, save_state};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::progress_bar::Activity;
use crate::signals::SignalListener;

/// A checked and confirmed apply, ready to run.
pub(super) struct PendingApply {
    pub(super) service: SandboxService,
    pub(super) client: Client,
    pub(super) store: StateStore,
    pub(super) desired: DesiredLimits,
    pub(super) input: LimitsInput,
    pub(super) report: CommandReport,
    /// The state before the apply.
    pub(super) state: LimitsState,
    /// Held until the state is written.
    pub(super) lock: StateLock,
}

/// The messages about the result of an apply.
struct ResultNotes {
    /// Each is a difference from the plan.
    problems: Vec<String>,
    /// Duplicates, which do not make an apply incomplete.
    duplicates: Vec<String>,
}

impl PendingApply {
    /// Makes the calls, reads back the result, and writes the state. Returns the report, and the files for its excerpts.
    pub(super) async fn execute(
        self,
        concurrency: NonZeroUsize,
        signals: &mut SignalListener,
    ) -> Result<(CommandReport, SourceSet), CommandError> {
        let plan = expect_plan(&self.report);
        let progress = ApplyProgressBar::new(plan);
        let mut cancelled = false;
        let result = tokio::select! {
            result = self.run_plan(concurrency, &progress) => result,
            // Calls are in flight, so the lease must expire: it is not released.
            () = wait_for_second_signal(signals, &mut cancelled, &progress) => return Err(self.forced_stop_error()),
        };
        self.lock.release().await;
        let (ApplyOutcome { journal, error, late_requests }, recorded) = result?;
        let results = journal.results();
        let mut notes = vec![];
        notes.extend(error.map(|error| format!("stopped early: {error}")));
        notes.extend(late_requests.iter().map(late_request_note));
        let all_done = results.iter().all(|result| result.state == StepState::Done);
        let outcome = match (&recorded, all_done, cancelled) {
            (Ok(recorded), true, _) if recorded.problems.is_empty() => CommandOutcome::Applied,
            (_, false, true) => CommandOutcome::Cancelled,
            _ => CommandOutcome::Partial,
        };
        let resume = self.store.resume_command(&plan.sandbox);
        match recorded {
            Ok(ResultNotes { problems, duplicates }) => {
                notes.extend(problems.into_iter().chain(duplicates));
                if !all_done {
                    notes.push(format!("resume with: {resume}; or change the files, then plan and apply"));
                }
            }
            Err(failure) => {
                notes.push(format!("the state was not updated: {failure}; update it with: {resume}"));
            }
        }
        Ok((CommandReport { outcome, results, notes, ..self.report.clone() }, self.input.sources))
    }

    /// Makes the calls of the plan and records the results.
    async fn run_plan(
        &self,
        concurrency: NonZeroUsize,
        progress: &ApplyProgressBar,
    ) -> Result<(ApplyOutcome, Result<ResultNotes, CommandError>), CommandError> {
        let plan = expect_plan(&self.report);
        let journal = self.lock.start_journal(self.journal_header(plan)?).await?;
        let executor = PlanExecutor::new(&self.client, plan, &self.lock, journal, progress)
            .with_reader(self.service.reader.clone());
        let outcome = executor.run(concurrency).await;
        let recorded = tokio::select! {
            recorded = self.record_results(&outcome.journal) => recorded,
            error = self.lock.keep() => Err(error.into()),
        };
        Ok((outcome, recorded))
    }

    /// The error for a second signal, which does not wait for the calls in flight.
    fn forced_stop_error(&self) -> CommandError {
        CommandError::new("cancelled; the outcome of the calls in flight is unknown")
            .with_hint(format!("resume with: {}", self.store.resume_command(&expect_plan(&self.report).sandbox)))
            .with_exit_status(ExitStatus::Cancelled)
    }

    /// Reads back all configurations and records them in the state.
    async fn record_results(&self, journal: &Journal) -> Result<ResultNotes, CommandError> {
        let Self { service, desired, report, .. } = self;
        let _activity = Activity::start("reading back the configurations");
        let mut state = self.state.clone();
        let observed = read_back(&service.reader, desired, &mut state, journal).await?;
        let all_done = journal.results().iter().all(|result| result.state == StepState::Done);
        let handling = if all_done { JournalHandling::Close } else { JournalHandling::Keep };
        save_state(&self.lock, &state, handling).await?;
        let applied = expect_plan(report);
        let now = plan(desired, &observed, &state, applied.options);
        let drift = ajo_limits::detect_drift(desired, &observed, &state, UnmanagedHandling::default());
        let undeployed = drift.configs.iter().filter(|drift| {
            drift.exists && drift.deploy_mismatch.is_some_and(|deployed| deployed.expected && !deployed.actual)
        });
        // Nobody relies on a limit yet that was not live before.
        let is_new = |key: &ConfigKey| {
            let change = applied.changes.iter().find(|change| change.key == *key);
            change.is_some_and(|change| !change.before.as_ref().is_some_and(DeployState::is_deployed))
        };
        let (new, lost): (Vec<_>, Vec<_>) = undeployed.map(|drift| &drift.key).partition(|key| is_new(key));
        let lost = missing_limits_note("NO LIVE LIMIT FOR", lost);
        let mut problems: Vec<_> = lost.into_iter().chain(missing_limits_note("no live limit for", new)).collect();
        let pending = now.changes.iter().map(|change| &change.key);
        let pending = pending.chain(now.blockers.iter().filter_map(|blocker| blocker.key.as_ref()));
        let changed = pending.filter(|key| all_done && applied.changes.iter().any(|change| change.key == **key));
        problems.extend(changed.map(|key| format!("{key}: changed by someone else during the apply; see `ajo drift`")));
        Ok(ResultNotes { problems, duplicates: planning::duplicate_notes(&now) })
    }

    fn journal_header(&self, plan: &Plan) -> Result<JournalHeader, CommandError> {
        let files = self.input.files.iter().filter(|file| *file != "-");
        let files: Result<Vec<String>, _> = files.map(|file| self.store.journal_path(file)).collect();
        Ok(JournalHeader {
            version: JOURNAL_VERSION,
            organization: self.service.organization().to_owned(),
            started_at: ajo_state::current_time()?.to_string(),
            files: files?,
            state_digest: self.state.sandbox_digest(&plan.sandbox),
            api: None,
            plan: plan.clone(),
        })
    }
}

/// A request that may have reached the service after another command took the lease.
fn late_request_note(late: &LateRequest) -> String {
    let LateRequest { key, uid, step, state } = late;
    let uid = uid.as_ref().map_or_else(String::new, |uid| format!(" {uid}"));
    let ended = match state {
        StepState::Done => "succeeded",
        StepState::Failed => "failed",
        StepState::Unknown | StepState::NotStarted => "ended with an unknown outcome",
    };
    format!("{key}{uid}: {step} was sent before the lease was lost, and {ended} afterwards; check it with `ajo plan`")
}

/// Returns on the second signal. After the first one, no further calls are started.
async fn wait_for_second_signal(signals: &mut SignalListener, cancelled: &mut bool, progress: &ApplyProgressBar) {
    loop {
        signals.next().await;
        if std::mem::replace(cancelled, true) {
            return;
        }
        progress.cancel();
    }
}
