//! The limits that were live when the calls were made.

use crate::arguments::{GlobalSettings, SimulateArgs};
use crate::command_error::CommandError;
use crate::commands::limits::SandboxService;
use crate::commands::simulate::source::{self, SourceLimits};

/// The limits that are live now, which are assumed to be the ones that were live.
pub(super) enum CurrentLimits {
    Known {
        limits: SourceLimits,
        source: String,
    },
    /// Why they are not known.
    Missing(String),
}

/// Reads `--current`, or the sandbox of the files (else of the settings) at the service.
pub(super) async fn read(
    settings: &GlobalSettings,
    args: &SimulateArgs,
    files: &SourceLimits,
) -> Result<CurrentLimits, CommandError> {
    let given = &args.observed.current;
    if !given.is_empty() {
        let limits = source::read_live(settings, given).await?;
        return Ok(CurrentLimits::Known { limits, source: given.join(", ") });
    }
    match read_service(settings, files).await {
        Ok((limits, source)) => Ok(CurrentLimits::Known { limits, source }),
        Err(error) => Ok(CurrentLimits::Missing(format!("the service is not read: {}", error.message))),
    }
}

async fn read_service(settings: &GlobalSettings, files: &SourceLimits) -> Result<(SourceLimits, String), CommandError> {
    let service = match &files.sandbox {
        Some(sandbox) => SandboxService::connect(settings, sandbox).await?,
        None => SandboxService::from_settings(settings).await?,
    };
    let observed = service.reader.observe(false, &[]).await?;
    Ok((source::live_limits(&observed), format!("sandbox {}", service.sandbox)))
}
