//! `ajo drift`.

use std::process::ExitCode;

use ajo_limits::{Outcome, Report};

use super::ambiguous_configs::Unclear;
use super::context::Look;
use super::input::Input;
use super::state_paths::Settled;
use crate::arguments::{Files, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;

pub(crate) async fn run(settings: &Settings, files: &Files) -> Result<ExitCode, Failure> {
    let input = Input::read(&files.files, files.beside.policy.as_deref())?;
    let Some(desired) = input.wanted() else {
        return input.conclude("drift", settings);
    };
    let Look { service, observed, settled: Settled { ledger, note, .. }, .. } =
        Look::at(settings, files, desired).await?;
    let mut drifts = ajo_limits::drift(desired, &observed, &ledger);
    let unclear = Unclear::of(desired, &observed, &ledger);
    drifts.retain(|drift| !unclear.is(&drift.key));
    let outcome = match (unclear.is_empty(), drifts.is_empty()) {
        (false, _) => Outcome::Refused,
        (true, false) => Outcome::Changes,
        (true, true) => Outcome::Clean,
    };
    let report = Report {
        drifts,
        notes: note.into_iter().chain(unclear.notes()).collect(),
        ..service.report("drift", &input, outcome)
    };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, Exit::Changes))
}
