//! `ajo plan`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use ajo_limits::{Options, Outcome, Plan, Report, Standing, Wanted, plan};

use super::context::Look;
use super::input::Input;
use super::service::Service;
use super::state_paths::quoted;
use crate::arguments::{self, Planning, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::report::{self, Format, TextStyle};

pub(crate) async fn run(settings: &Settings, what: &arguments::Plan) -> Result<ExitCode, Failure> {
    let input = Input::read(&what.files.files, what.files.beside.policy.as_deref())?;
    let Some(desired) = input.wanted() else {
        return input.conclude("plan", settings);
    };
    let Look { service, beside, observed, settled } = Look::at(settings, &what.files, desired).await?;
    let plan = plan(desired, &observed, &settled.ledger, what.planning.options());
    let mut report = report("plan", &input, &service, plan, settled.note);
    report.ledger = beside.name();
    report.policy = what.files.beside.policy.as_ref().map(|policy| policy.display().to_string());
    if let Some(file) = &what.save {
        save(file, &report)?;
    }
    report::print(&report, settings.output, &input.sources)?;
    Ok(report::exit_code(report.outcome, if what.exit_code { Exit::Changes } else { Exit::Success }))
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
        notes: [note, input.frozen().map(ToOwned::to_owned)]
            .into_iter()
            .flatten()
            .chain(unlimited(&plan))
            .chain(twins(&plan))
            .collect(),
        plan: Some(plan),
        ..service.report(command, input, outcome)
    }
}

/// Those that are there, shall limit, and do not.
fn unlimited(plan: &Plan) -> Vec<String> {
    let deploys = plan.changes.iter().filter(|change| {
        let is = |standing: &Option<Standing>| standing.as_ref().map(Standing::is_deployed);
        (is(&change.before), is(&change.after)) == (Some(false), Some(true))
    });
    let wanted: BTreeSet<_> = plan.wanted.iter().filter(|wanted| wanted.deployed).map(Wanted::key).collect();
    let refused = plan.refusals.iter().filter(|refusal| {
        let key = refusal.key.as_ref();
        key.is_some_and(|key| wanted.contains(key)) && refusal.candidates.len() == 1 && !refusal.candidates[0].deployed
    });
    let keys = deploys.map(|change| &change.key).chain(refused.filter_map(|refusal| refusal.key.as_ref()));
    keys.map(|key| format!("nothing limits {key} now")).collect()
}

/// Those at the service that limit the same as one of the files, and are not ours.
pub(crate) fn twins(plan: &Plan) -> Vec<String> {
    let keys: BTreeSet<_> = plan.wanted.iter().map(Wanted::key).collect();
    let twins = plan.unmanaged.iter().filter(|candidate| keys.contains(&candidate.key));
    twins.map(|twin| format!("{}: {} limits the same, and is not ours", twin.key, twin.uid)).collect()
}

/// Writes a plan, and replaces nothing but another one.
fn save(file: &Path, report: &Report) -> Result<(), Failure> {
    let is_plan = |text: &[u8]| serde_json::from_slice::<Report>(text).is_ok_and(|report| report.plan.is_some());
    let free = match std::fs::metadata(file) {
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        // A pipe would be waited for.
        Ok(there) => there.is_file() && std::fs::read(file).is_ok_and(|text| text.is_empty() || is_plan(&text)),
    };
    if !free {
        let problem = format!("{} is there already, and is no saved plan", file.display());
        return Err(Failure::new(problem).hint("name another file with --save").usage());
    }
    let text = Format::Json.render(report, &|_| None, TextStyle::default());
    ajo_apply::replace(file, &text)?;
    output::note(&format!("saved the plan; apply it with: ajo apply --plan {}", quoted(file)));
    Ok(())
}

impl Planning {
    pub(crate) fn options(&self) -> Options {
        Options { prune: self.prune, force_delete: self.force_delete, max_deletes: self.max_deletes }
    }
}
