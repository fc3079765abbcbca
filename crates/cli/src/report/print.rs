//! Prints a report, and maps its outcome to the exit code.

use std::process::ExitCode;

use ajo_limits::file::Sources;
use ajo_limits::{Outcome, Report};

use super::format::Format;
use super::text::TextStyle;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Prints a report in this format.
pub(crate) fn print(report: &Report, format: Format, sources: &Sources) -> Result<(), Failure> {
    let style = TextStyle { color: output::color(), width: output::width() };
    output::data(&format.render(report, &|file| sources.shown(file), style))
}

/// The exit code for an outcome. `changes` is the one for pending changes, which are a failure only to some commands.
pub(crate) fn exit_code(outcome: Outcome, changes: Exit) -> ExitCode {
    match outcome {
        Outcome::Clean | Outcome::Applied => Exit::Success,
        Outcome::Changes => changes,
        Outcome::Invalid => Exit::Failure,
        Outcome::Refused => Exit::Refused,
        Outcome::Partial => Exit::Partial,
        Outcome::Cancelled => Exit::Cancelled,
    }
    .into()
}
