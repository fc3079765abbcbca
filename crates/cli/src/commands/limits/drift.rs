//! `ajo drift`.

use std::process::ExitCode;

use ajo_limits::{CommandOutcome, CommandReport};

use super::ambiguous_configs::AmbiguousConfigs;
use super::context::LimitsContext;
use super::input::LimitsInput;
use super::state_paths::ReconciledState;
use crate::arguments::{GlobalSettings, LimitsFilesArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;

pub(crate) async fn run(settings: &GlobalSettings, files: &LimitsFilesArgs) -> Result<ExitCode, CommandError> {
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return input.report_and_exit("drift", settings);
    };
    let LimitsContext { service, observed, reconciled: ReconciledState { state, note, .. }, .. } =
        LimitsContext::load(settings, files, desired).await?;
    let mut drifts = ajo_limits::detect_drift(desired, &observed, &state);
    let ambiguous = AmbiguousConfigs::find(desired, &observed, &state);
    drifts.retain(|drift| !ambiguous.contains(&drift.key));
    let outcome = match (ambiguous.is_empty(), drifts.is_empty()) {
        (false, _) => CommandOutcome::Blocked,
        (true, false) => CommandOutcome::Changes,
        (true, true) => CommandOutcome::Clean,
    };
    let report = CommandReport {
        drifts,
        notes: note.into_iter().chain(ambiguous.notes()).collect(),
        ..service.report("drift", &input, outcome)
    };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, ExitStatus::Changes))
}
