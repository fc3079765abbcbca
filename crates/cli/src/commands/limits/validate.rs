//! `ajo validate`.

use std::process::ExitCode;

use super::computed_report::ComputedReport;
use super::input::LimitsInput;
use crate::arguments::{GlobalSettings, LimitsFilesArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report;

pub(crate) fn run(settings: &GlobalSettings, files: &LimitsFilesArgs) -> Result<ExitCode, CommandError> {
    let ComputedReport { report, sources, .. } = compute(settings, files);
    report::print(&report, settings.output, &sources)?;
    Ok(report::exit_code(report.outcome, ExitStatus::Success))
}

/// Checks the files.
pub(crate) fn compute(settings: &GlobalSettings, files: &LimitsFilesArgs) -> ComputedReport {
    let input = LimitsInput::read_each(settings, &files.files, files.state_args.policy.as_deref());
    ComputedReport::from_files("validate", input)
}
