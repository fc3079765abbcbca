//! The exit code of expectations.

use std::process::ExitCode;

use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;

/// Fails with the expectations that are not met.
pub(super) fn check(unmet: &[String], all: usize) -> Result<ExitCode, CommandError> {
    if unmet.is_empty() {
        return Ok(ExitStatus::Success.into());
    }
    let problem = format!("{} of {all} expectations failed: {}", unmet.len(), unmet.join("; "));
    Err(CommandError::new(problem).with_exit_status(ExitStatus::Unexpected))
}
