//! `ajo validate`.

use std::process::ExitCode;

use super::input::LimitsInput;
use crate::arguments::{GlobalSettings, LimitsFilesArgs};
use crate::command_error::CommandError;

pub(crate) fn run(settings: &GlobalSettings, files: &LimitsFilesArgs) -> Result<ExitCode, CommandError> {
    LimitsInput::read_each(settings, &files.files, files.state_args.policy.as_deref())
        .report_and_exit("validate", settings)
}
