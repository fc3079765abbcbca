//! Everything that a comparison of limits files with the service needs.

use ajo_limits::{CommandOutcome, CommandReport, DesiredLimits, ObservedLimits};

use super::input::LimitsInput;
use super::sandbox_service::SandboxService;
use super::state_paths::{ReconciledState, StatePaths};
use crate::arguments::{GlobalSettings, LimitsFilesArgs};
use crate::command_error::CommandError;

/// The service, its configurations, and the state.
pub(crate) struct LimitsContext {
    /// The desired limits, with files relative to the directory of the state file.
    pub(crate) desired: DesiredLimits,
    pub(crate) service: SandboxService,
    pub(crate) paths: StatePaths,
    pub(crate) observed: ObservedLimits,
    pub(crate) reconciled: ReconciledState,
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
        let paths = StatePaths::locate(settings, files.state_args.state.as_deref(), &files.files)?;
        let mut desired = paths.localize(input, desired)?;
        service.protect_secrets(&paths, input, &mut desired, None)?;
        let (observed, reconciled) = paths.observe(&service, &desired).await?;
        Ok(Self { desired, service, paths, observed, reconciled })
    }
}

impl SandboxService {
    /// A report for these files and this sandbox.
    pub(crate) fn report(&self, command: &str, input: &LimitsInput, outcome: CommandOutcome) -> CommandReport {
        CommandReport {
            sandbox: Some(self.sandbox.to_string()),
            organization: Some(self.organization().to_owned()),
            ..input.report(command, outcome)
        }
    }
}
