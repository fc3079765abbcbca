//! Going on with an apply that was cut off.

use std::path::PathBuf;

use ajo_apply::JournalFile;
use ajo_limits::{Journal, Outcome, Wanted};

use super::input::Input;
use super::state_paths::Beside;
use crate::arguments::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// What it wanted. If its files are there, they must still want the same.
pub(crate) fn input(settings: &Settings, beside: &Beside) -> Result<Input, Failure> {
    let journal = journal(settings, beside)?;
    let plan = &journal.header.plan;
    let files: Vec<PathBuf> = journal.header.files.iter().map(PathBuf::from).collect();
    if files.is_empty() {
        // They came by standard input.
        return Input::of_plan(plan);
    }
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        return Err(stale(&format!("{}, which that apply was of, is not there", missing.display())));
    }
    let input = Input::read(&files, None)?;
    let wants = |wanted: &[Wanted]| wanted.iter().map(|it| (it.definition.clone(), it.deployed)).collect::<Vec<_>>();
    match input.wanted() {
        Some(desired) if wants(&desired.configs) == wants(&plan.wanted) => Ok(input.with_options(plan.options)),
        // A policy that came later does not leave something half done.
        None if input.outcome() == Outcome::Refused => Input::of_plan(plan),
        _ => Err(stale("the files have changed since that apply began")),
    }
}

/// The ledger must be as that apply knew it last.
pub(crate) fn check_ledger(beside: &Beside, organization: &str, sandbox: &str) -> Result<(), Failure> {
    let Some(journal) = beside.load_journal(sandbox)? else { return Ok(()) };
    let now = beside.load_ledger(organization)?.digest(sandbox);
    if *journal.ledger() == now { Ok(()) } else { Err(stale("the ledger has changed since that apply")) }
}

fn journal(settings: &Settings, beside: &Beside) -> Result<Journal, Failure> {
    let nothing = |what: String| {
        Failure::new(format!("there is nothing to go on with: {what}"))
            .hint("the journal is beside the ledger; name that with --ledger")
    };
    let ledger = beside.ledger.path();
    let sandbox = match (&settings.sandbox, &JournalFile::sandboxes(ledger)?[..]) {
        (Some(sandbox), _) => sandbox.to_string(),
        (None, []) => return Err(nothing(format!("no apply beside {} was cut off", ledger.display()))),
        (None, [sandbox]) => sandbox.clone(),
        (None, several) => {
            let problem = format!("applies to several sandboxes were cut off: {}", several.join(", "));
            return Err(Failure::new(problem).hint("say which one with --sandbox").usage());
        }
    };
    let journal = beside.load_journal(&sandbox)?;
    journal.ok_or_else(|| nothing(format!("{} is not there", beside.journal(&sandbox).display())))
}

fn stale(what: &str) -> Failure {
    Failure::new(what)
        .hint("what it did is taken into account by the next `ajo plan` and `ajo apply` of the files")
        .with_exit(Exit::Stale)
}
