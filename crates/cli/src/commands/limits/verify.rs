//! `ajo verify`.

use std::process::ExitCode;

use ajo_core::{CanDeploy, ValidationStatus};
use ajo_plan::{Drift, Found, Outcome, Report, Wanted, meant};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::beside::{Beside, Settled};
use super::input::Input;
use super::service::Service;
use super::show;
use super::unclear::Unclear;
use crate::arguments::{Files, Settings};
use crate::exit::Exit;
use crate::failure::Failure;

/// How many configurations are read at a time. Chosen here.
const CONCURRENCY: usize = 8;

pub(crate) async fn run(settings: &Settings, files: &Files) -> Result<ExitCode, Failure> {
    let input = Input::read(&files.files, files.beside.policy.as_deref())?;
    let Some(desired) = input.wanted() else {
        return input.conclude("verify", settings);
    };
    let service = Service::connect(settings, &desired.sandbox).await?;
    let beside = Beside::of(settings, files.beside.ledger.as_deref(), &files.files)?;
    let observed = service.observe(desired).await?;
    let Settled { ledger, note, .. } = beside.settled(service.organization(), &observed, &desired.sandbox)?;
    let pairs = desired.configs.iter().zip(meant(desired, &observed, &ledger));
    let checked = pairs.map(|(wanted, found)| check(&service, wanted, found));
    let drifts: Vec<Option<Drift>> = stream::iter(checked).buffered(CONCURRENCY).try_collect().await?;
    let unclear = Unclear::of(desired, &observed, &ledger);
    let drifts: Vec<Drift> = drifts.into_iter().flatten().filter(|drift| !unclear.is(&drift.key)).collect();
    let outcome = match (unclear.is_empty(), drifts.is_empty()) {
        (false, _) => Outcome::Refused,
        (true, false) => Outcome::Invalid,
        (true, true) => Outcome::Clean,
    };
    let count = format!(
        "{} of {} are in force as the files say",
        desired.configs.len() - drifts.len() - unclear.len(),
        desired.configs.len()
    );
    let report = Report {
        sandbox: Some(desired.sandbox.to_string()),
        organization: Some(service.organization().to_owned()),
        files: input.files.clone(),
        findings: input.findings.clone(),
        drifts,
        notes: note.into_iter().chain(unclear.notes()).chain([count]).collect(),
        ..Report::new("verify", outcome)
    };
    show::report(settings, &report, &input.sources)?;
    Ok(show::exit(outcome, Exit::Success))
}

/// Reads a configuration by itself, as the list may lag behind, and asks what the service says about deploying it.
async fn check(service: &Service, wanted: &Wanted, found: Option<&Found>) -> Result<Option<Drift>, Failure> {
    let Some(found) = found else { return Ok(Drift::of(wanted, None)) };
    let api = wanted.definition.api();
    let now = service.reader.get(api, &found.uid).await?;
    let mut drift = Drift::of(wanted, now.as_ref());
    if wanted.deployed && now.is_some() {
        let verdict = service.reader.can_deploy(api, &found.uid).await?;
        let objections = objections(&verdict);
        if !objections.is_empty() {
            drift.get_or_insert_with(|| Drift::none(wanted, found)).verdict.extend(objections);
        }
    }
    Ok(drift)
}

fn objections(verdict: &CanDeploy) -> Vec<String> {
    if verdict.validation_status != Some(ValidationStatus::Error) {
        return Vec::new();
    }
    let told = verdict.errors.iter().map(|error| {
        let code = error.error_code.as_ref().map_or_else(String::new, |code| format!("{code}: "));
        format!("{code}{}", error.error.as_deref().unwrap_or("it does not say why"))
    });
    let told: Vec<_> = told.collect();
    if told.is_empty() {
        vec![verdict.reason.clone().unwrap_or_else(|| "it does not say why".to_owned())]
    } else {
        told
    }
}
