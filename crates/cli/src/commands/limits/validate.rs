//! `ajo validate`.

use std::process::ExitCode;

use ajo_plan::{Outcome, Report};

use super::input::Input;
use super::show;
use crate::arguments::{Files, Settings};
use crate::exit::Exit;
use crate::failure::Failure;

pub(crate) fn run(settings: &Settings, files: &Files) -> Result<ExitCode, Failure> {
    let input = Input::read_each(&files.files, files.beside.policy.as_deref())?;
    let outcome = if input.is_valid() { Outcome::Clean } else { Outcome::Invalid };
    let report = Report { files: input.files.clone(), findings: input.findings.clone(), ..Report::new("validate", outcome) };
    show::report(settings, &report, &input.sources)?;
    Ok(show::exit(outcome, Exit::Success))
}
