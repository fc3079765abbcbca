//! `ajo adopt`.

use std::process::ExitCode;

use ajo_apply::Running;
use ajo_core::Uid;
use ajo_limits::{Desired, Found, Ledger, Observed, Outcome, Report, meant};

use super::ambiguous_configs::Unclear;
use super::input::Input;
use super::lock::lock;
use super::service::Service;
use super::state_paths::{Beside, Settled};
use crate::arguments::{Adopt, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;

pub(crate) async fn run(settings: &Settings, what: &Adopt) -> Result<ExitCode, Failure> {
    let files = &what.files;
    let input = Input::read(&files.files, files.beside.policy.as_deref())?;
    let Some(desired) = input.wanted() else {
        return input.conclude("adopt", settings);
    };
    let service = Service::connect(settings, &desired.sandbox).await?;
    let beside = Beside::of(settings, files.beside.ledger.as_deref(), &files.files)?;
    let _running: Running = lock(&beside, 0).await?;
    let observed = service.observe(desired).await?;
    let Settled { mut ledger, note, .. } = beside.settled(service.organization(), &observed, &desired.sandbox)?;
    ledger.organization.get_or_insert_with(|| service.organization().to_owned());

    let mut notes: Vec<String> = note.into_iter().collect();
    let outcome = if what.uid.is_empty() {
        named_by_files(desired, &observed, &mut ledger, &mut notes)
    } else {
        for uid in &what.uid {
            one(desired, uid, &observed, &mut ledger, &mut notes)?;
        }
        Outcome::Applied
    };
    if notes.is_empty() {
        notes.push("nothing of the files is there yet, so there is nothing to adopt".to_owned());
    }
    beside.keep(&ledger, desired.sandbox.as_str())?;
    let report = Report { notes, ..service.report("adopt", &input, outcome) };
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(outcome, Exit::Success))
}

/// Those that the files name and that are there once; and that those are gone which are gone.
fn named_by_files(desired: &Desired, observed: &Observed, ledger: &mut Ledger, notes: &mut Vec<String>) -> Outcome {
    let before = ledger.clone();
    let found: Vec<Option<Found>> =
        meant(desired, observed, ledger).into_iter().map(Option::<&Found>::cloned).collect();
    for (wanted, found) in desired.configs.iter().zip(found) {
        let key = wanted.key();
        if let Some(found) = found {
            ledger.note(&desired.sandbox, key.clone(), &found);
            let since = if before.knows(&found) { "was ours already" } else { "is ours now" };
            notes.push(format!("{key}: {} {since}", found.uid));
        } else {
            let gone: Vec<Uid> = before
                .of(&desired.sandbox)
                .filter(|owned| owned.key == key && observed.get(&owned.uid).is_none())
                .map(|owned| owned.uid.clone())
                .collect();
            for uid in gone {
                ledger.forget(&uid);
                notes.push(format!("{key}: {uid} is no longer there, and no longer ours"));
            }
        }
    }
    let unclear = Unclear::of(desired, observed, ledger);
    notes.extend(unclear.notes().iter().map(|note| format!("not adopted: {note}")));
    if unclear.is_empty() { Outcome::Applied } else { Outcome::Refused }
}

/// One that is named by its uid; others that the ledger has for the same key are no longer ours.
fn one(
    desired: &Desired,
    uid: &Uid,
    observed: &Observed,
    ledger: &mut Ledger,
    notes: &mut Vec<String>,
) -> Result<(), Failure> {
    let found = observed.get(uid).ok_or_else(|| {
        Failure::new(format!("sandbox {} has no configuration {uid}", desired.sandbox))
            .hint("`ajo capping list` shows what there is")
    })?;
    let key = found.key();
    let others: Vec<Uid> = ledger
        .of(&desired.sandbox)
        .filter(|owned| owned.key == key && owned.uid != *uid)
        .map(|owned| owned.uid.clone())
        .collect();
    for other in others {
        ledger.forget(&other);
        notes.push(format!("{key}: {other} is no longer ours"));
    }
    ledger.note(&desired.sandbox, key.clone(), found);
    notes.push(format!("{key}: {uid} is ours now"));
    Ok(())
}
