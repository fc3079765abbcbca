//! `ajo api`.

use std::process::ExitCode;

use crate::arguments::{ApiArgs, GlobalSettings};
use crate::command_error::CommandError;

pub(crate) async fn run(_settings: &GlobalSettings, _args: &ApiArgs) -> Result<ExitCode, CommandError> {
    Err(CommandError::new("not implemented"))
}
