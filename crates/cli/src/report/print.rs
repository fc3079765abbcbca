//! Prints a report, and maps its outcome to the exit code.

use std::process::ExitCode;

use ajo_limits::file::SourceSet;
use ajo_limits::{CommandOutcome, CommandReport};

use super::format::OutputFormat;
use super::text::TextStyle;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;

/// Prints a report to standard output.
pub(crate) fn print(report: &CommandReport, format: OutputFormat, sources: &SourceSet) -> Result<(), CommandError> {
    let style = TextStyle { color: output::has_color(), width: output::terminal_width() };
    let text = format.render(report, &|file| sources.displayable_content(file), style);
    match format {
        OutputFormat::Json => output::print_json(text.as_str()),
        _ => output::print_data(text),
    }
}

/// The exit code for an outcome. `changes` is the code for pending changes, which depends on the command.
pub(crate) fn exit_code(outcome: CommandOutcome, changes: ExitStatus) -> ExitCode {
    match outcome {
        CommandOutcome::Clean | CommandOutcome::Applied => ExitStatus::Success,
        CommandOutcome::Changes => changes,
        CommandOutcome::Invalid => ExitStatus::Failure,
        CommandOutcome::Blocked => ExitStatus::Blocked,
        CommandOutcome::Partial => ExitStatus::Partial,
        CommandOutcome::Cancelled => ExitStatus::Cancelled,
    }
    .into()
}
