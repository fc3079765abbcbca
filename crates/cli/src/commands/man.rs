//! `ajo man`.

use std::process::ExitCode;

use crate::arguments::{GlobalSettings, ManArgs};
use crate::command_error::CommandError;

pub(crate) async fn run(_settings: &GlobalSettings, _args: &ManArgs) -> Result<ExitCode, CommandError> {
    Err(CommandError::new("not implemented"))
}
