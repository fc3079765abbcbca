//! `ajo apply`.

use std::path::PathBuf;
use std::process::ExitCode;

use ajo_apply::{ReconciledLimits, check_unknown_creates};
use ajo_core::{Api, Client, SandboxName};
use ajo_limits::{
    CommandOutcome, CommandReport, DesiredLimits, LimitsState, NormalizedConfig, Plan, PlanOptions, StateLocation,
    StepResult, StepState, plan,
};
use ajo_state::{JournalHandling, StateLock};
use tokio::runtime::Handle;

use super::context::{reconcile_error, unfinished_note};
use super::input::LimitsInput;
use super::pending_apply::PendingApply;
use super::plan::PlanPaths;
use super::plan_file::{self, expect_plan};
use super::sandbox_service::SandboxService;
use super::state_store::{StateStore, save_state};
use super::traffic_effects::EffectTraffic;
use super::{plan as planning, resume};
use crate::arguments::{self, GlobalSettings};
use crate::blocking_work::run_blocking;
use crate::command_error::CommandError;
use crate::confirm::Confirmation;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::{self, OutputFormat, TextStyle};
use crate::run_simulation::simulate_quietly;
use crate::secret_check::check_no_secret;
use crate::signals::SignalListener;

pub(crate) async fn run(settings: &GlobalSettings, args: &arguments::ApplyArgs) -> Result<ExitCode, CommandError> {
    let mut signals = SignalListener::listen()?;
    let cancelled = || CommandError::new("cancelled; nothing was changed").with_exit_status(ExitStatus::Cancelled);
    let prepared = tokio::select! {
        prepared = ApplyInput::prepare(settings, args) => prepared?,
        _ = signals.next() => return Err(cancelled()),
    };
    let mut input = match prepared {
        Ok(input) => input,
        Err(code) => return Ok(code),
    };
    let scope = input.service.scope();
    let lock = tokio::select! {
        lock = input.store.lock(&scope, &input.desired, args.lock_timeout) => lock?,
        _ = signals.next() => return Err(cancelled()),
    };
    let planned = tokio::select! {
        planned = input.plan(args, &lock) => planned,
        error = lock.keep() => Err(error.into()),
        _ = signals.next() => Err(cancelled()),
    };
    let (report, state) = match planned {
        Ok(planned) => planned,
        Err(error) => {
            lock.release().await;
            return Err(error);
        }
    };
    if report.outcome != CommandOutcome::Changes {
        lock.release().await;
        report::print(&report, settings.output, &input.input.sources)?;
        return Ok(report::exit_code(report.outcome, ExitStatus::Success));
    }
    let ApplyInput { service, client, store, desired, input, .. } = input;
    let pending = PendingApply { service, client, store, desired, input, report, state, lock };
    let (report, sources) = pending.execute(args.concurrency, &mut signals).await?;
    report::print(&report, settings.output, &sources)?;
    Ok(if is_access_denied(&report) {
        ExitStatus::Authentication.into()
    } else {
        report::exit_code(report.outcome, ExitStatus::Success)
    })
}

/// The files of an apply.
struct ApplyFiles {
    reviewed: Option<CommandReport>,
    store: StateStore,
    input: Option<LimitsInput>,
    policy: Option<PathBuf>,
}

/// Reads the files. Can block, because a file can be a pipe.
fn read_files(settings: &GlobalSettings, args: &arguments::ApplyArgs) -> Result<ApplyFiles, CommandError> {
    let reviewed = args.plan.as_deref().map(|file| plan_file::read(file, args.digest.as_ref())).transpose()?;
    let reviewed_location = reviewed.as_ref().and_then(|report| report.state_location.as_ref());
    let location: Option<StateLocation> = match (&args.state_args.state, reviewed_location) {
        (Some(location), _) => Some(location.clone()),
        (None, Some(location)) => Some(plan_file::parse_location(location)?),
        (None, None) => None,
    };
    let reviewed_policy = reviewed.as_ref().and_then(|report| report.policy.as_ref());
    let policy = args.state_args.policy.clone().or_else(|| reviewed_policy.map(PathBuf::from));
    let files = match &reviewed {
        Some(report) if args.files.is_empty() => report.files.iter().map(PathBuf::from).collect(),
        _ => args.files.clone(),
    };
    // A resume without files reads the ones that the journal names.
    let input = if args.resume && files.is_empty() {
        None
    } else {
        Some(LimitsInput::read(settings, &files, policy.as_deref()))
    };
    let in_files = input.as_ref().and_then(|input| input.state.as_ref());
    let store = StateStore::locate(settings, location.as_ref(), &files, in_files)?;
    Ok(ApplyFiles { reviewed, store, input, policy })
}

/// Connects on another thread, because reading the credential file or the keychain can block.
async fn connect(settings: &GlobalSettings, sandbox: &SandboxName) -> Result<(SandboxService, Client), CommandError> {
    let (settings, sandbox, runtime) = (settings.clone(), sandbox.clone(), Handle::current());
    run_blocking(move || runtime.block_on(SandboxService::connect_with_client(&settings, &sandbox))).await
}

/// Everything that an apply needs before it takes the lock.
struct ApplyInput {
    reviewed: Option<CommandReport>,
    store: StateStore,
    input: LimitsInput,
    traffic: Option<EffectTraffic>,
    options: PlanOptions,
    desired: DesiredLimits,
    service: SandboxService,
    client: Client,
    output: OutputFormat,
}

impl ApplyInput {
    /// Reads the files and connects. Returns the exit code if the files contain errors.
    async fn prepare(
        settings: &GlobalSettings,
        args: &arguments::ApplyArgs,
    ) -> Result<Result<Self, ExitCode>, CommandError> {
        let (own_settings, own_args) = (settings.clone(), args.clone());
        let ApplyFiles { reviewed, store, input, policy } =
            run_blocking(move || read_files(&own_settings, &own_args)).await?;
        let input = match input {
            Some(input) if !args.resume => input,
            input => resume::load_input(settings, &store, input, policy.as_deref()).await?,
        };
        let Some(desired) = input.desired().cloned() else {
            return input.report_and_exit("apply", settings).map(Err);
        };
        // A saved plan has its effects, and a half-finished apply is worse than an effect above a maximum.
        let is_new = reviewed.is_none() && !args.resume;
        let traffic = if is_new { EffectTraffic::read(&args.effect_args, &input)? } else { None };
        // A freeze window does not block a resume: a half-finished apply is worse than a change at the wrong time.
        if !args.resume {
            input.check_freeze(ajo_state::current_time()?)?;
        }
        let options = match (&reviewed, input.resume_options) {
            (Some(report), _) => expect_plan(report).options,
            (None, Some(interrupted)) => interrupted,
            (None, None) => args.prune_args.to_options(),
        };
        let desired = store.localize(&input, &desired)?;
        let (service, client) = connect(settings, &desired.sandbox).await?;
        Ok(Ok(Self { reviewed, store, input, traffic, options, desired, service, client, output: settings.output }))
    }

    /// Plans under the lock, and asks for a confirmation. Returns the report and the state before the apply.
    async fn plan(
        &mut self,
        args: &arguments::ApplyArgs,
        lock: &StateLock,
    ) -> Result<(CommandReport, LimitsState), CommandError> {
        let stored = lock.stored();
        if args.resume {
            resume::check_state(stored, &self.desired.sandbox)?;
        }
        let reviewed_plan = self.reviewed.as_ref().map(expect_plan);
        self.service.protect_secrets(&stored.state, &self.input, &mut self.desired, reviewed_plan)?;
        let ReconciledLimits { observed, state, unsaved } =
            self.service.reconcile(&self.store, &self.desired, stored).await?;
        for journal in &unsaved {
            check_unknown_creates(&self.service.reader, journal, &observed).await.map_err(reconcile_error)?;
        }
        if !unsaved.is_empty() {
            save_state(lock, &state, JournalHandling::Keep).await?;
        }
        let mut plan = plan(&self.desired, &observed, &state, self.options);
        if let Some(reviewed) = &self.reviewed {
            plan.copy_effects(expect_plan(reviewed));
        }
        if let Some(traffic) = self.traffic.take() {
            plan = run_blocking(move || traffic.add_effects(&mut plan, &observed, &simulate_quietly).map(|()| plan))
                .await?;
        }
        if !args.resume {
            self.input.check_effects(&mut plan);
        }
        // The plan includes the interrupted apply, so its note matters only if the plan is blocked.
        let note = unfinished_note(&self.store, stored).filter(|_| !plan.blockers.is_empty());
        let plan_paths = match &self.reviewed {
            // The digest covers the paths as they were written.
            Some(report) => PlanPaths { state_location: report.state_location.clone(), policy: report.policy.clone() },
            None => {
                PlanPaths { state_location: self.store.display_location(), policy: args.state_args.display_policy() }
            }
        };
        let mut report = planning::build_report("apply", &self.input, &self.service, plan_paths, plan, note)?;
        if let Some(reviewed) = &self.reviewed {
            plan_file::check_not_stale(reviewed, &report)?;
        }
        match report.outcome {
            CommandOutcome::Changes => {
                // The journal contains the plan.
                check_no_secret("the plan", expect_plan(&report))?;
                if self.confirm(args.yes_arg.yes, &report).await? && self.output == OutputFormat::Text {
                    report.diagnostics.retain(|found| found.code != NormalizedConfig::CODE);
                }
                // A freeze may have started while this process waited for the lock or the confirmation.
                if !args.resume {
                    self.input.check_freeze(ajo_state::current_time()?)?;
                }
            }
            CommandOutcome::Clean => sync_state(&self.service, lock, &state, expect_plan(&report)).await?,
            _ => {}
        }
        Ok((report, state))
    }

    /// Shows the plan and asks for a confirmation, if it needs one. Returns whether it did.
    async fn confirm(&self, yes: bool, report: &CommandReport) -> Result<bool, CommandError> {
        let types = &self.service.type_reader;
        let changes = &expect_plan(report).changes;
        let confirmation = if changes.iter().any(|change| change.key.api == Api::Throttling) {
            Confirmation::for_all_sandboxes(types, yes)
        } else {
            Confirmation::for_files(types, yes, self.input.production).await
        };
        let Some(confirmation) = confirmation else { return Ok(false) };
        let style = TextStyle { color: output::has_color(), width: output::terminal_width() };
        let content = |file: &str| self.input.sources.displayable_content(file);
        confirmation.ask(OutputFormat::Text.render(report, &content, style)).await?;
        Ok(true)
    }
}

/// Updates the state when the service already matches the files.
async fn sync_state(
    service: &SandboxService,
    lock: &StateLock,
    state: &LimitsState,
    plan: &Plan,
) -> Result<(), CommandError> {
    let mut state = state.clone();
    plan.stale.iter().for_each(|managed| state.record(managed.clone()));
    state.mark_orphaned(plan);
    plan.missing.iter().for_each(|uid| state.remove(uid));
    state.drop_unused_late_creates(plan);
    if !state.configs.is_empty() {
        state.organization.get_or_insert_with(|| service.organization().to_owned());
    }
    if state != lock.stored().state || !lock.stored().journals.is_empty() {
        save_state(lock, &state, JournalHandling::Close).await?;
    }
    Ok(())
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
