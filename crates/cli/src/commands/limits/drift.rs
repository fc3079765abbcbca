//! `ajo drift`.

use std::process::ExitCode;

use ajo_plan::{Options, Outcome, Report, Why, plan};

use super::beside::Beside;
use super::input::Input;
use super::service::Service;
use super::show;
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
    let (ledger, note) = beside.settled(service.organization(), &observed, &desired.sandbox)?;
    let drifts = ajo_plan::drift(desired, &observed, &ledger);
    // Of these it cannot be said whether they differ.
    let refusals = plan(desired, &observed, &ledger, Options::default()).refusals;
    let unclear: Vec<_> = refusals.into_iter().filter(|refusal| refusal.why == Why::Ambiguous).collect();
    let outcome = match (unclear.is_empty(), drifts.is_empty()) {
        (false, _) => Outcome::Refused,
        (true, false) => Outcome::Changes,
        (true, true) => Outcome::Clean,
    };
    let unclear = unclear.into_iter().map(|refusal| {
        let candidates: Vec<_> = refusal.candidates.iter().map(|candidate| candidate.uid.as_str()).collect();
        let key = refusal.key.map_or_else(String::new, |key| key.to_string());
        format!("{key}: {}: {}", refusal.message, candidates.join(", "))
    });
    let report = Report {
        sandbox: Some(desired.sandbox.to_string()),
        organization: Some(service.organization().to_owned()),
        files: input.files.clone(),
        findings: input.findings.clone(),
        drifts,
        notes: note.into_iter().chain(unclear).collect(),
        ..Report::new("drift", outcome)
    };
    show::report(settings, &report, &input.sources)?;
    Ok(show::exit(outcome, Exit::Changes))
}
