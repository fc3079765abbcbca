//! `ajo init`.

use std::process::ExitCode;

use crate::arguments::{GlobalSettings, InitArgs};
use crate::command_error::CommandError;

pub(crate) async fn run(_settings: &GlobalSettings, _args: &InitArgs) -> Result<ExitCode, CommandError> {
    Err(CommandError::new("not implemented"))
}
