//! `ajo completions`.

use std::process::ExitCode;

use crate::arguments::{CompletionsArgs, GlobalSettings};
use crate::command_error::CommandError;

pub(crate) async fn run(_settings: &GlobalSettings, _args: &CompletionsArgs) -> Result<ExitCode, CommandError> {
    Err(CommandError::new("not implemented"))
}
