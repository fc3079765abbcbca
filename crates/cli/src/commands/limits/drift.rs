//! `ajo drift`.

use std::process::ExitCode;

use ajo_core::rules::Severity;
use ajo_limits::{
    BlockReason, CommandOutcome, CommandReport, DesiredLimits, DriftReport, FileDiagnostic, LimitsState,
    NormalizedConfig, PlanOptions, detect_drift, plan,
};

use super::computed_report::ComputedReport;
use super::context::LimitsContext;
use super::input::LimitsInput;
use super::state_store::StateStore;
use crate::arguments::{DriftArgs, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::{self, OutputFormat};
use crate::safe_text::{SafeText, safe};
use crate::shell_quote::shell_quote;

pub(crate) async fn run(settings: &GlobalSettings, args: &DriftArgs) -> Result<ExitCode, CommandError> {
    let ComputedReport { report, sources, .. } = compute(settings, args).await?;
    report::print(&report, settings.output, &sources)?;
    let has_changed = report.drift.as_ref().is_some_and(|drift| !drift.configs.is_empty());
    if has_changed && report.outcome == CommandOutcome::Changes && settings.output == OutputFormat::Text {
        let files = SafeText::join(args.files.files.iter().map(|file| safe!("{}", shell_quote(file))), " ");
        output::print_note(safe!(
            "hint: keep these changes with `ajo accept {}`, or undo them with `ajo apply {}`",
            files,
            files
        ));
    }
    Ok(report::exit_code(report.outcome, ExitStatus::Changes))
}

/// Compares the files with the service.
pub(crate) async fn compute(settings: &GlobalSettings, args: &DriftArgs) -> Result<ComputedReport, CommandError> {
    let files = &args.files;
    let input = LimitsInput::read(settings, &files.files, files.state_args.policy.as_deref());
    let Some(desired) = input.desired() else {
        return Ok(ComputedReport::from_files("drift", input));
    };
    let mut context = LimitsContext::load(settings, files, &input, desired).await?;
    add_deleted_files(&mut context.desired, &context.reconciled.state, &context.store);
    let LimitsContext { desired, reconciled, .. } = &context;
    let drift = detect_drift(desired, &reconciled.observed, &reconciled.state, args.unmanaged_handling());
    let report = drift_report("drift", &input, &context, drift);
    Ok(ComputedReport::from_service(report, input, &context.service))
}

/// Limits of a file that was deleted are in no file, although the state file names it.
pub(super) fn add_deleted_files(desired: &mut DesiredLimits, state: &LimitsState, store: &StateStore) {
    let directory = store.directory();
    let files = state.configs.iter().filter_map(|managed| managed.file.as_ref());
    desired.files.extend(files.filter(|file| !directory.join(file).exists()).cloned());
}

/// The report of `drift` or `verify`. If the service's list is wrong, drift is unknown.
pub(super) fn drift_report(
    command: &str,
    input: &LimitsInput,
    context: &LimitsContext,
    drift: DriftReport,
) -> CommandReport {
    let LimitsContext { desired, service, store, reconciled, note } = context;
    let plan = plan(desired, &reconciled.observed, &reconciled.state, PlanOptions::default());
    let wrong_list = plan.blockers.iter().find(|blocker| blocker.reason == BlockReason::IncompleteList);
    let wrong_list = wrong_list.map(|blocker| FileDiagnostic {
        code: blocker.reason.code().to_owned(),
        severity: Severity::Error,
        message: blocker.message.clone(),
        hint: Some("there may be more drift than this report shows; try again later".to_owned()),
        location: None,
        key: None,
        allowed: None,
    });
    let outcome = match (wrong_list.is_some(), drift.has_errors(), command) {
        (true, ..) => CommandOutcome::Blocked,
        (_, false, _) => CommandOutcome::Clean,
        (_, true, "verify") => CommandOutcome::Invalid,
        (_, true, _) => CommandOutcome::Changes,
    };
    let mut report = CommandReport {
        drift: Some(drift),
        notes: note.iter().cloned().collect(),
        state_location: store.display_location(),
        ..service.report(command, input, outcome)
    };
    report.diagnostics.extend(plan.normalized.iter().map(NormalizedConfig::to_diagnostic).chain(wrong_list));
    report
}
