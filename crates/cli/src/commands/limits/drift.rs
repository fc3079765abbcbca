//! `ajo drift`.

use std::process::ExitCode;

use ajo_limits::{CommandOutcome, CommandReport, detect_drift};

use super::context::LimitsContext;
use super::input::LimitsInput;
use super::state_paths::ReconciledState;
use crate::arguments::{DriftArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;

pub(crate) async fn run(settings: &GlobalSettings, args: &DriftArgs) -> Result<ExitCode, CommandError> {
    let files = &args.files;
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref())?;
    let Some(desired) = input.desired() else {
        return input.report_and_exit("drift", settings);
    };
    let LimitsContext { desired, service, paths, observed, reconciled: ReconciledState { state, note, .. } } =
        LimitsContext::load(settings, files, &input, desired).await?;
    let desired = &desired;
    let drift = detect_drift(desired, &observed, &state, args.unmanaged_handling());
    let outcome = if drift.has_errors() { CommandOutcome::Changes } else { CommandOutcome::Clean };
    let report = CommandReport {
        drift: Some(drift),
        notes: note.into_iter().collect(),
        state_file: paths.display_path(),
        ..service.report("drift", &input, outcome)
    };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, ExitStatus::Changes))
}
