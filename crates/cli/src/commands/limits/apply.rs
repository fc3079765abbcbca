//! `ajo apply`.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ajo_apply::{ApplyLock, JournalFile, PlanExecutor};
use ajo_core::SandboxName;
use ajo_limits::{
    CommandOutcome, CommandReport, ConfigKey, DEFAULT_CAP_APPLIES, DesiredLimits, JOURNAL_VERSION, Journal,
    JournalHeader, Plan, PlanOptions, StepResult, StepState, UnmanagedHandling, plan,
};
use tokio::runtime::Handle;

use super::input::LimitsInput;
use super::lock::acquire_lock;
use super::plan::PlanPaths;
use super::plan_file::{self, expect_plan};
use super::progress_bar::ApplyProgressBar;
use super::sandbox_service::SandboxService;
use super::state_paths::{ReconciledState, StatePaths};
use super::{confirm, plan as planning, resume};
use crate::arguments::{self, GlobalSettings};
use crate::blocking_work::run_blocking;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;
use crate::secret_check::check_no_secret;
use crate::signals::SignalListener;

/// A checked and confirmed apply, ready to run.
struct PendingApply {
    service: SandboxService,
    paths: StatePaths,
    desired: DesiredLimits,
    input: LimitsInput,
    report: CommandReport,
    /// Held until the state is written.
    _lock: ApplyLock,
}

/// The result of planning and checking.
enum PrepareOutcome {
    Ready(Box<PendingApply>),
    /// There is nothing to do, or something blocks the apply. The report was printed.
    Finished(ExitCode),
}

pub(crate) async fn run(settings: &GlobalSettings, args: &arguments::ApplyArgs) -> Result<ExitCode, CommandError> {
    let mut signals = SignalListener::listen()?;
    let prepared = tokio::select! {
        prepared = prepare(settings, args) => prepared?,
        _ = signals.next() => return Err(CommandError::new("cancelled; nothing was changed").with_exit_status(ExitStatus::Cancelled)),
    };
    let ready = match prepared {
        PrepareOutcome::Ready(ready) => ready,
        PrepareOutcome::Finished(code) => return Ok(code),
    };
    let report = ready.execute(args.concurrency, &mut signals).await?;
    report::print(&report, settings.output, &ready.input.sources)?;
    Ok(if is_access_denied(&report) {
        ExitStatus::Authentication.into()
    } else {
        report::exit_code(report.outcome, ExitStatus::Success)
    })
}

/// The files of an apply.
struct ApplyFiles {
    reviewed: Option<CommandReport>,
    paths: StatePaths,
    input: LimitsInput,
}

/// Reads the files. Can block, because a file can be a pipe.
fn read_files(settings: &GlobalSettings, args: &arguments::ApplyArgs) -> Result<ApplyFiles, CommandError> {
    let reviewed = args.plan.as_deref().map(|file| plan_file::read(file, args.digest.as_ref())).transpose()?;
    let or_reviewed = |argument: &Option<PathBuf>, saved: fn(&CommandReport) -> Option<&String>| {
        argument.clone().or_else(|| reviewed.as_ref().and_then(saved).map(PathBuf::from))
    };
    let state = or_reviewed(&args.state_args.state, |report| report.state_file.as_ref());
    let policy = or_reviewed(&args.state_args.policy, |report| report.policy.as_ref());
    let files = match &reviewed {
        Some(report) if args.files.is_empty() => report.files.iter().map(PathBuf::from).collect(),
        _ => args.files.clone(),
    };
    let paths = StatePaths::locate(settings, state.as_deref(), &files)?;
    let input = if args.resume {
        resume::load_input(settings, &paths)?
    } else {
        LimitsInput::read(settings, &files, policy.as_deref())
    };
    Ok(ApplyFiles { reviewed, paths, input })
}

/// Connects on another thread, because reading the credential file or the keychain can block.
async fn connect(settings: &GlobalSettings, sandbox: &SandboxName) -> Result<SandboxService, CommandError> {
    let (settings, sandbox, runtime) = (settings.clone(), sandbox.clone(), Handle::current());
    run_blocking(move || runtime.block_on(SandboxService::connect(&settings, &sandbox))).await
}

async fn prepare(settings: &GlobalSettings, args: &arguments::ApplyArgs) -> Result<PrepareOutcome, CommandError> {
    let (own_settings, own_args) = (settings.clone(), args.clone());
    let ApplyFiles { reviewed, paths, input } = run_blocking(move || read_files(&own_settings, &own_args)).await?;
    let Some(desired) = input.desired().cloned() else {
        return input.report_and_exit("apply", settings).map(PrepareOutcome::Finished);
    };
    // A freeze window does not block a resume: a half-finished apply is worse than a change at the wrong time.
    if !args.resume {
        input.check_freeze(ajo_apply::current_time()?)?;
    }
    let options = match (&reviewed, input.resume_options) {
        (Some(report), _) => expect_plan(report).options,
        (None, Some(interrupted)) => interrupted,
        (None, None) => args.prune_args.to_options(),
    };
    let mut desired = paths.localize(&input, &desired)?;
    let mut service = connect(settings, &desired.sandbox).await?;
    let lock = acquire_lock(&paths, args.lock_timeout).await?;
    if args.resume {
        resume::check_state(&paths, service.organization(), desired.sandbox.as_str())?;
    }
    service.protect_secrets(&paths, &input, &mut desired, reviewed.as_ref().map(expect_plan))?;
    let (plan, note) = build_plan(&service, &paths, &desired, options).await?;
    // The plan includes the interrupted apply, so its note matters only if the plan is blocked.
    let note = note.filter(|_| !plan.blockers.is_empty());
    let plan_paths = match &reviewed {
        // The digest covers the paths as they were written.
        Some(report) => PlanPaths { state_file: report.state_file.clone(), policy: report.policy.clone() },
        None => PlanPaths { state_file: paths.display_path(), policy: args.state_args.display_policy() },
    };
    let report = planning::build_report("apply", &input, &service, plan_paths, plan, note)?;
    if let Some(reviewed) = &reviewed {
        plan_file::check_not_stale(reviewed, &report)?;
    }
    if report.outcome == CommandOutcome::Changes {
        // The journal contains the plan.
        check_no_secret("the plan", expect_plan(&report))?;
        confirm::confirm_production(settings, args, &input, &report).await?;
        // A freeze may have started while this process waited for the lock or the confirmation.
        if !args.resume {
            input.check_freeze(ajo_apply::current_time()?)?;
        }
        let ready = PendingApply { service, paths, desired, input, report, _lock: lock };
        return Ok(PrepareOutcome::Ready(Box::new(ready)));
    }
    if report.outcome == CommandOutcome::Clean {
        sync_state(&service, &paths, &desired, expect_plan(&report))?;
    }
    report::print(&report, settings.output, &input.sources)?;
    Ok(PrepareOutcome::Finished(report::exit_code(report.outcome, ExitStatus::Success)))
}

/// Plans the changes. First records the results of an interrupted apply in the state.
async fn build_plan(
    service: &SandboxService,
    paths: &StatePaths,
    desired: &DesiredLimits,
    options: PlanOptions,
) -> Result<(Plan, Option<String>), CommandError> {
    let (observed, ReconciledState { state, note, unsaved }) = paths.observe(service, desired).await?;
    if let Some(journal) = unsaved {
        service.check_unknown_creates(&journal, &observed).await?;
        paths.save_reconciled(&state, desired.sandbox.as_str())?;
    }
    Ok((plan(desired, &observed, &state, options), note))
}

/// Updates the state when the service already matches the files.
fn sync_state(
    service: &SandboxService,
    paths: &StatePaths,
    desired: &DesiredLimits,
    plan: &Plan,
) -> Result<(), CommandError> {
    let mut state = paths.load_state(service.organization())?;
    plan.stale.iter().for_each(|managed| state.record(managed.clone()));
    state.mark_orphaned(plan);
    plan.missing.iter().for_each(|uid| state.remove(uid));
    if !state.configs.is_empty() {
        state.organization.get_or_insert_with(|| service.organization().to_owned());
        paths.save_state(&state)?;
    }
    Ok(JournalFile::remove(&paths.journal_path(desired.sandbox.as_str()))?)
}

/// Whether all calls failed because the service did not accept the caller.
fn is_access_denied(report: &CommandReport) -> bool {
    let attempted = |result: &&StepResult| result.state != StepState::NotStarted;
    let denied = |result: &StepResult| {
        let status = result.error.as_ref().and_then(|error| error.status);
        result.state == StepState::Failed && matches!(status, Some(401 | 403))
    };
    let mut attempted = report.results.iter().filter(attempted).peekable();
    attempted.peek().is_some() && attempted.all(denied)
}

impl PendingApply {
    /// Makes the calls, reads back the result, and writes the state.
    async fn execute(
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
            started_at: ajo_apply::current_time()?.to_string(),
            files,
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
