//! `ajo verify`.

use std::process::ExitCode;

use ajo_apply::objections;
use ajo_limits::{Drift, Found, Outcome, Report, Wanted, meant};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::ambiguous_configs::Unclear;
use super::context::Look;
use super::input::Input;
use super::service::Service;
use super::state_paths::Settled;
use crate::arguments::{Files, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;

/// How many configurations are read at a time. Chosen here.
const CONCURRENCY: usize = 8;

pub(crate) async fn run(settings: &Settings, files: &Files) -> Result<ExitCode, Failure> {
    let input = Input::read(&files.files, files.beside.policy.as_deref())?;
    let Some(desired) = input.wanted() else {
        return input.conclude("verify", settings);
    };
    let Look { service, observed, settled: Settled { ledger, note, .. }, .. } =
        Look::at(settings, files, desired).await?;
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
        drifts,
        notes: note.into_iter().chain(unclear.notes()).chain([count]).collect(),
        ..service.report("verify", &input, outcome)
    };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, Exit::Success))
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
