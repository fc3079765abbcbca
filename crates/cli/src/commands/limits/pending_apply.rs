//! Executes a confirmed apply.

use std::io;
use std::num::NonZeroUsize;
use std::path::Path;

use ajo_apply::PlanExecutor;
use ajo_limits::{
    CommandOutcome, CommandReport, ConfigKey, DEFAULT_CAP_APPLIES, DesiredLimits, JOURNAL_VERSION, Journal,
    JournalHeader, Plan, StepResult, StepState, UnmanagedHandling, plan,
};
use ajo_state::{FileLock, JournalFile};

use super::input::LimitsInput;
use super::plan as planning;
use super::plan_file::expect_plan;
use super::progress_bar::ApplyProgressBar;
use super::sandbox_service::SandboxService;
use super::state_paths::StatePaths;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::signals::SignalListener;

/// A checked and confirmed apply, ready to run.
pub(super) struct PendingApply {
    pub(super) service: SandboxService,
    pub(super) paths: StatePaths,
    pub(super) desired: DesiredLimits,
    pub(super) input: LimitsInput,
    pub(super) report: CommandReport,
    /// Held until the state is written.
    pub(super) _lock: FileLock,
}

impl PendingApply {
    /// Makes the calls, reads back the result, and writes the state.
    pub(super) async fn execute(
        &self,
        concurrency: NonZeroUsize,
        signals: &mut SignalListener,
    ) -> Result<CommandReport, CommandError> {
        let plan = expect_plan(&self.report);
        let (path, sandbox) = (self.paths.journal_path(&plan.sandbox), &plan.sandbox);
        let progress = ApplyProgressBar::new(plan);
        let journal = JournalFile::create(&path, self.journal_header(plan)?)?;
        let mut cancelled = false;
        let applying = PlanExecutor::new(&self.service.session.client, plan, journal, &progress)
            .with_reader(self.service.reader.clone());
        let (journal, journal_error) = tokio::select! {
            done = applying.run(concurrency) => done,
            () = wait_for_second_signal(signals, &mut cancelled, &progress) => return Err(self.forced_stop_error(&path)),
        };
        progress.finish();

        let results = journal.journal().results();
        let mut notes = vec![];
        notes.extend(journal_error.map(|error| format!("stopped early: {error}")));
        let all_done = results.iter().all(|result| result.state == StepState::Done);
        let recorded = tokio::select! {
            recorded = self.record_results(journal.journal()) => recorded,
            () = wait_for_second_signal(signals, &mut cancelled, &progress) => Err(CommandError::new("cancelled before the result was read back")),
        };
        let outcome = match (&recorded, all_done, cancelled) {
            (Ok((problems, _)), true, _) if problems.is_empty() => CommandOutcome::Applied,
            (_, false, true) => CommandOutcome::Cancelled,
            _ => CommandOutcome::Partial,
        };
        match recorded {
            Ok((problems, duplicates)) => {
                notes.extend(problems.into_iter().chain(duplicates));
                if all_done {
                    JournalFile::remove(&path)?;
                } else {
                    let resume = self.paths.resume_command(sandbox);
                    notes.push(format!("resume with: {resume}; or change the files, then plan and apply"));
                }
            }
            Err(failure) => {
                notes.push(format!(
                    "the state file was not updated: {failure}; update it with: {}",
                    self.paths.resume_command(sandbox)
                ));
            }
        }
        Ok(CommandReport { outcome, results, notes, ..self.report.clone() })
    }

    /// The error for a second signal, which does not wait for the calls in flight.
    fn forced_stop_error(&self, journal: &Path) -> CommandError {
        let results = JournalFile::load(journal).ok().flatten().map(|journal| journal.results()).unwrap_or_default();
        let live: String = live_limits(&results).map(|(key, live)| format!("; {key}: {live}")).collect();
        CommandError::new(format!("cancelled; the outcome of the calls in flight is unknown{live}"))
            .with_hint(format!("resume with: {}", self.paths.resume_command(&expect_plan(&self.report).sandbox)))
            .with_exit_status(ExitStatus::Cancelled)
    }

    /// Reads back all configurations and records them in the state. Returns a message for each that differs from the plan, and
    /// notes about duplicates, which do not make an apply incomplete.
    async fn record_results(&self, journal: &Journal) -> Result<(Vec<String>, Vec<String>), CommandError> {
        let Self { service, paths, desired, report, .. } = self;
        let mut state = paths.load_state(service.organization())?;
        let observed = service.observe(desired, &state, Some(journal)).await?;
        journal.reconcile(&observed, &mut state, &desired.sandbox);
        paths.save_reconciled(&state, desired.sandbox.as_str())?;
        let applied = expect_plan(report);
        let now = plan(desired, &observed, &state, applied.options);
        let drift = ajo_limits::detect_drift(desired, &observed, &state, UnmanagedHandling::default());
        let undeployed = drift.configs.iter().filter(|drift| {
            drift.exists && drift.deploy_mismatch.is_some_and(|deployed| deployed.expected && !deployed.actual)
        });
        let mut problems: Vec<_> =
            undeployed.map(|drift| format!("NO LIVE LIMIT FOR {}; {DEFAULT_CAP_APPLIES}", drift.key)).collect();
        let all_done = journal.results().iter().all(|result| result.state == StepState::Done);
        let pending = now.changes.iter().map(|change| &change.key);
        let pending = pending.chain(now.blockers.iter().filter_map(|blocker| blocker.key.as_ref()));
        let changed = pending.filter(|key| all_done && applied.changes.iter().any(|change| change.key == **key));
        problems.extend(changed.map(|key| format!("{key}: changed by someone else during the apply; see `ajo drift`")));
        Ok((problems, planning::duplicate_notes(&now)))
    }

    fn journal_header(&self, plan: &Plan) -> Result<JournalHeader, CommandError> {
        let state = self.paths.load_state(self.service.organization())?;
        let files = self.input.files.iter().filter(|file| *file != "-");
        let absolute = |file: &String| std::path::absolute(file).map(|path| path.display().to_string());
        let files: io::Result<Vec<String>> = files.map(absolute).collect();
        let files =
            files.map_err(|error| CommandError::new(format!("failed to find the current directory: {error}")))?;
        Ok(JournalHeader {
            version: JOURNAL_VERSION,
            organization: self.service.organization().to_owned(),
            started_at: ajo_state::current_time()?.to_string(),
            files,
            api: None,
            state_digest: state.sandbox_digest(&plan.sandbox),
            plan: plan.clone(),
        })
    }
}

/// Which limits are live for configurations whose redeploy did not finish.
fn live_limits(results: &[StepResult]) -> impl Iterator<Item = (&ConfigKey, &'static str)> {
    results.iter().filter_map(|result| Some((&result.key, result.live?.describe())))
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
