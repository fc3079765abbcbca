//! `ajo plan`.

use std::path::Path;
use std::process::ExitCode;

use ajo_plan::{Format, Options, Outcome, Plan, Report, Style, plan, render};

use super::beside::Beside;
use super::input::Input;
use super::service::Service;
use super::show;
use crate::arguments::{self, Planning, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

pub(crate) async fn run(settings: &Settings, what: &arguments::Plan) -> Result<ExitCode, Failure> {
    let input = Input::read(&what.files.files, what.files.beside.policy.as_deref())?;
    let Some(desired) = input.wanted() else {
        return input.conclude("plan", settings);
    };
    let service = Service::connect(settings, &desired.sandbox).await?;
    let beside = Beside::of(settings, what.files.beside.ledger.as_deref(), &what.files.files)?;
    let observed = service.observe(desired).await?;
    let (ledger, note) = beside.settled(service.organization(), &observed, &desired.sandbox)?;
    let plan = plan(desired, &observed, &ledger, what.planning.options());
    let report = report("plan", &input, &service, plan, note);
    show::report(settings, &report, &input.sources)?;
    if let Some(file) = &what.save {
        save(file, &report)?;
    }
    Ok(show::exit(report.outcome, if what.exit_code { Exit::Changes } else { Exit::Success }))
}

/// What is said of a plan.
pub(crate) fn report(command: &str, input: &Input, service: &Service, plan: Plan, note: Option<String>) -> Report {
    let outcome = if !plan.refusals.is_empty() {
        Outcome::Refused
    } else if plan.changes.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Changes
    };
    Report {
        sandbox: Some(plan.sandbox.clone()),
        organization: Some(service.organization().to_owned()),
        files: input.files.clone(),
        findings: input.findings.clone(),
        notes: note.into_iter().chain(input.frozen().map(ToOwned::to_owned)).collect(),
        plan: Some(plan),
        ..Report::new(command, outcome)
    }
}

fn save(file: &Path, report: &Report) -> Result<(), Failure> {
    let text = render(report, Format::Json, &|_| None, Style { color: false, width: 80 });
    std::fs::write(file, text).map_err(|error| Failure::new(format!("failed to write {}: {error}", file.display())))?;
    output::note(&format!("saved the plan; apply it with: ajo apply --plan {}", file.display()));
    Ok(())
}

impl Planning {
    pub(crate) fn options(&self) -> Options {
        Options { prune: self.prune, force_delete: self.force_delete, max_deletes: self.max_deletes }
    }
}
