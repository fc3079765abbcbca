//! `ajo drift`.

use std::process::ExitCode;

use ajo_plan::{Outcome, Report};

use super::beside::{Beside, Settled};
use super::input::Input;
use super::service::Service;
use super::show;
use super::unclear::Unclear;
use crate::arguments::{Files, Settings};
use crate::exit::Exit;
use crate::failure::Failure;

pub(crate) async fn run(settings: &Settings, files: &Files) -> Result<ExitCode, Failure> {
    let input = Input::read(&files.files, files.beside.policy.as_deref())?;
    let Some(desired) = input.wanted() else {
        return input.conclude("drift", settings);
    };
    let service = Service::connect(settings, &desired.sandbox).await?;
    let beside = Beside::of(settings, files.beside.ledger.as_deref(), &files.files)?;
    let observed = service.observe(desired).await?;
    let Settled { ledger, note, .. } = beside.settled(service.organization(), &observed, &desired.sandbox)?;
    let mut drifts = ajo_plan::drift(desired, &observed, &ledger);
    let unclear = Unclear::of(desired, &observed, &ledger);
    drifts.retain(|drift| !unclear.is(&drift.key));
    let outcome = match (unclear.is_empty(), drifts.is_empty()) {
        (false, _) => Outcome::Refused,
        (true, false) => Outcome::Changes,
        (true, true) => Outcome::Clean,
    };
    let report = Report {
        sandbox: Some(desired.sandbox.to_string()),
        organization: Some(service.organization().to_owned()),
        files: input.files.clone(),
        findings: input.findings.clone(),
        drifts,
        notes: note.into_iter().chain(unclear.notes()).collect(),
        ..Report::new("drift", outcome)
    };
    show::report(settings, &report, &input.sources)?;
    Ok(show::exit(outcome, Exit::Changes))
}
