//! `ajo mcp`.

use std::process::ExitCode;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;

pub(crate) async fn run(_settings: &GlobalSettings) -> Result<ExitCode, CommandError> {
    Err(CommandError::new("not implemented"))
}
