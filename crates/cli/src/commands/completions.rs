//! `ajo completions`.

use std::process::ExitCode;

use crate::arguments::CompletionsArgs;
use crate::command_error::CommandError;
use crate::completion;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::safe_text::SafeText;

/// Prints the script of a shell.
pub(crate) fn run(args: &CompletionsArgs) -> Result<ExitCode, CommandError> {
    let script = completion::script(&args.shell.to_string())
        .ok_or_else(|| CommandError::new(format!("there is no completion script for {}", args.shell)))?;
    output::print_data(SafeText::from_lines(&script))?;
    Ok(ExitStatus::Success.into())
}
