//! `ajo apply`.

use std::path::PathBuf;
use std::process::ExitCode;

use ajo_core::SandboxName;
use ajo_limits::{
    CommandOutcome, CommandReport, DesiredLimits, ObservedLimits, Plan, PlanOptions, StepResult, StepState, plan,
};
use ajo_state::JournalFile;
use tokio::runtime::Handle;

use super::input::LimitsInput;
use super::lock::acquire_lock;
use super::pending_apply::PendingApply;
use super::plan::PlanPaths;
use super::plan_file::{self, expect_plan};
use super::sandbox_service::SandboxService;
use super::state_paths::{ReconciledState, StatePaths};
use super::traffic_effects::EffectTraffic;
use super::{confirm, plan as planning, resume};
use crate::arguments::{self, GlobalSettings};
use crate::blocking_work::run_blocking;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;
use crate::secret_check::check_no_secret;
use crate::signals::SignalListener;

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
    traffic: Option<EffectTraffic>,
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
    // A saved plan has its effects, and a half-finished apply is worse than an effect above a maximum.
    let is_new = reviewed.is_none() && !args.resume;
    let traffic = if is_new { EffectTraffic::read(&args.effect_args, &input)? } else { None };
    Ok(ApplyFiles { reviewed, paths, input, traffic })
}

/// Connects on another thread, because reading the credential file or the keychain can block.
async fn connect(settings: &GlobalSettings, sandbox: &SandboxName) -> Result<SandboxService, CommandError> {
    let (settings, sandbox, runtime) = (settings.clone(), sandbox.clone(), Handle::current());
    run_blocking(move || runtime.block_on(SandboxService::connect(&settings, &sandbox))).await
}

async fn prepare(settings: &GlobalSettings, args: &arguments::ApplyArgs) -> Result<PrepareOutcome, CommandError> {
    let (own_settings, own_args) = (settings.clone(), args.clone());
    let ApplyFiles { reviewed, paths, input, traffic } =
        run_blocking(move || read_files(&own_settings, &own_args)).await?;
    let Some(desired) = input.desired().cloned() else {
        return input.report_and_exit("apply", settings).map(PrepareOutcome::Finished);
    };
    // A freeze window does not block a resume: a half-finished apply is worse than a change at the wrong time.
    if !args.resume {
        input.check_freeze(ajo_state::current_time()?)?;
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
    let PlannedChanges { mut plan, observed, note } = build_plan(&service, &paths, &desired, options).await?;
    if let Some(reviewed) = &reviewed {
        plan.copy_effects(expect_plan(reviewed));
    }
    if let Some(traffic) = traffic {
        plan = run_blocking(move || traffic.add_effects(&mut plan, &observed).map(|()| plan)).await?;
    }
    if !args.resume {
        input.check_effects(&mut plan);
    }
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
            input.check_freeze(ajo_state::current_time()?)?;
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

/// The result of planning.
struct PlannedChanges {
    plan: Plan,
    observed: ObservedLimits,
    note: Option<String>,
}

/// Plans the changes. First records the results of an interrupted apply in the state.
async fn build_plan(
    service: &SandboxService,
    paths: &StatePaths,
    desired: &DesiredLimits,
    options: PlanOptions,
) -> Result<PlannedChanges, CommandError> {
    let (observed, ReconciledState { state, note, unsaved }) = paths.observe(service, desired).await?;
    if let Some(journal) = unsaved {
        service.check_unknown_creates(&journal, &observed).await?;
        paths.save_reconciled(&state, desired.sandbox.as_str())?;
    }
    Ok(PlannedChanges { plan: plan(desired, &observed, &state, options), observed, note })
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
