//! Showing a report, and ending with the code that it stands for.

use std::process::ExitCode;

use ajo_limits::file::Sources;
use ajo_limits::{Format, Outcome, Report, Style, render};

use crate::arguments::{Output, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Prints a report in the form that is asked for.
pub(crate) fn report(settings: &Settings, report: &Report, sources: &Sources) -> Result<(), Failure> {
    let format = match settings.output {
        Output::Text => Format::Text,
        Output::Json => Format::Json,
        Output::Markdown => Format::Markdown,
        Output::Github => Format::Github,
        Output::Sarif => Format::Sarif,
        Output::Junit => Format::Junit,
    };
    let text =
        render(report, format, &|file| sources.shown(file), Style { color: output::color(), width: output::width() });
    output::data(&text)
}

/// The code for an outcome. That something has to be done is no failure, but for a command that was asked to say so.
pub(crate) fn exit(outcome: Outcome, changes: Exit) -> ExitCode {
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
