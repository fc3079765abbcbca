//! `ajo fmt`.

use std::process::ExitCode;

use crate::arguments::{FmtArgs, GlobalSettings};
use crate::command_error::CommandError;

pub(crate) async fn run(_settings: &GlobalSettings, _args: &FmtArgs) -> Result<ExitCode, CommandError> {
    Err(CommandError::new("not implemented"))
}
