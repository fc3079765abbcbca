//! Everything that a comparison of limits files with the service needs.

use ajo_apply::{ReconcileError, ReconciledLimits, reconcile};
use ajo_limits::{CommandOutcome, CommandReport, DesiredLimits};
use ajo_state::StoredState;

use super::input::LimitsInput;
use super::sandbox_service::SandboxService;
use super::state_store::StateStore;
use crate::arguments::{GlobalSettings, LimitsFilesArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::progress_bar::Activity;
use crate::safe_text::safe;

/// The service, its configurations, and the state.
pub(crate) struct LimitsContext {
    /// The desired limits, with files relative to the directory of the state file.
    pub(crate) desired: DesiredLimits,
    pub(crate) service: SandboxService,
    pub(crate) store: StateStore,
    pub(crate) reconciled: ReconciledLimits,
    /// A note about unfinished applies.
    pub(crate) note: Option<String>,
}

impl LimitsContext {
    /// Reads the service and the state. Changes neither.
    pub(crate) async fn load(
        settings: &GlobalSettings,
        files: &LimitsFilesArgs,
        input: &LimitsInput,
        desired: &DesiredLimits,
    ) -> Result<Self, CommandError> {
        let mut service = SandboxService::connect(settings, &desired.sandbox).await?;
        let store = StateStore::locate(settings, files.state_args.state.as_ref(), &files.files, input.state.as_ref())?;
        let mut desired = store.localize(input, desired)?;
        let stored = store.read(&service.scope()).await?;
        service.protect_secrets(&stored.state, input, &mut desired, None)?;
        let reconciled = service.reconcile(&store, &desired, &stored).await?;
        let note = unfinished_note(&store, &stored);
        Ok(Self { desired, service, store, reconciled, note })
    }
}

/// A note about the last apply that did not finish, or about the command that changes the limits now.
pub(crate) fn unfinished_note(store: &StateStore, stored: &StoredState) -> Option<String> {
    if let Some(holder) = &stored.holder {
        return Some(format!("another command changes these limits now, or was interrupted just before: {holder}"));
    }
    let header = &stored.journals.last()?.header;
    Some(format!(
        "an apply started at {} did not complete; its results are included; resume it with `{}`",
        header.started_at,
        store.resume_command(&header.plan.sandbox)
    ))
}

impl SandboxService {
    /// Reads the service, and adds the results of unfinished applies to the state, in memory only.
    pub(crate) async fn reconcile(
        &self,
        store: &StateStore,
        desired: &DesiredLimits,
        stored: &StoredState,
    ) -> Result<ReconciledLimits, CommandError> {
        let _activity = Activity::start(safe!("reading the configurations of sandbox {}", self.sandbox));
        let reconciled = reconcile(&self.reader, self.organization(), desired, stored).await;
        reconciled.map_err(|error| match error {
            ReconcileError::OtherOrganization(_) => {
                let command = store.resume_command(self.sandbox.as_str());
                CommandError::new(error.to_string())
                    .with_hint(format!("resume it with a credential of that organization: {command}"))
                    .with_exit_status(ExitStatus::Blocked)
            }
            error => reconcile_error(error),
        })
    }

    /// A report for these files and this sandbox.
    pub(crate) fn report(&self, command: &str, input: &LimitsInput, outcome: CommandOutcome) -> CommandReport {
        CommandReport {
            sandbox: Some(self.sandbox.to_string()),
            organization: Some(self.organization().to_owned()),
            ..input.report(command, outcome)
        }
    }
}

/// The error of a command whose state could not be brought up to date.
pub(crate) fn reconcile_error(error: ReconcileError) -> CommandError {
    match error {
        ReconcileError::Call(error) => (*error).into(),
        ReconcileError::UnknownCreate(_) => CommandError::new(error.to_string())
            .with_hint(
                "wait a minute and run the command again; if `ajo capping list` shows it, run `ajo import --uid UID`",
            )
            .with_exit_status(ExitStatus::Partial),
        ReconcileError::OtherOrganization(_) => {
            CommandError::new(error.to_string()).with_exit_status(ExitStatus::Blocked)
        }
    }
}
