//! Resumes an interrupted apply.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ajo_core::rules::Severity;
use ajo_limits::{CommandOutcome, DesiredConfig, Journal};
use ajo_state::JournalFile;

use super::input::{LimitsInput, read_secrets};
use super::state_paths::StatePaths;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::session::SettingsReader;

/// The desired limits of the interrupted apply. Its files must still exist and be unchanged.
pub(crate) fn load_input(settings: &GlobalSettings, paths: &StatePaths) -> Result<LimitsInput, CommandError> {
    let journal = load_journal(settings, paths)?;
    let plan = &journal.header.plan;
    let files: Vec<PathBuf> = journal.header.files.iter().map(PathBuf::from).collect();
    if files.is_empty() {
        // The limits were read from standard input.
        return LimitsInput::from_plan(plan);
    }
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        return Err(stale_error(&format!(
            "{}, a limits file of the interrupted apply, no longer exists",
            missing.display()
        )));
    }
    read_secrets(plan)?;
    let input = LimitsInput::read(settings, &files, None);
    let wants =
        |config: &[DesiredConfig]| config.iter().map(|it| (it.definition.clone(), it.deployed)).collect::<Vec<_>>();
    match input.desired() {
        Some(desired) if wants(&desired.configs) == wants(&plan.desired) => Ok(input.with_resume_options(plan.options)),
        // A later policy change does not block the resume.
        None if input.outcome() == CommandOutcome::Blocked => LimitsInput::from_plan(plan),
        None => Err(stale_error(&format!("the files of the interrupted apply contain errors: {}", errors(&input)))),
        _ => Err(stale_error("the files have changed since the apply was interrupted")),
    }
}

/// The messages of the errors in the files, such as variables that are not set.
fn errors(input: &LimitsInput) -> String {
    let errors = input.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let messages: BTreeSet<_> = errors.map(|error| error.message.as_str()).collect();
    messages.into_iter().collect::<Vec<_>>().join("; ")
}

/// Fails if the state has changed since the interrupted apply.
pub(crate) fn check_state(paths: &StatePaths, organization: &str, sandbox: &str) -> Result<(), CommandError> {
    let Some(journal) = paths.load_journal(sandbox)? else { return Ok(()) };
    let now = paths.load_state(organization)?.sandbox_digest(sandbox);
    if *journal.state_digest() == now {
        Ok(())
    } else {
        Err(stale_error("the state has changed since the apply was interrupted"))
    }
}

fn load_journal(settings: &GlobalSettings, paths: &StatePaths) -> Result<Journal, CommandError> {
    let nothing = |reason: String| {
        CommandError::new(format!("nothing to resume: {reason}"))
            .with_hint("the journal is next to the state file; set its path with --state")
    };
    let state = paths.state_file.path();
    let sandbox = match (SettingsReader::new(settings).sandbox()?, &JournalFile::list_sandboxes(state)?[..]) {
        (Some(sandbox), _) => sandbox.to_string(),
        (None, []) => return Err(nothing(format!("no interrupted apply next to {}", state.display()))),
        (None, [sandbox]) => sandbox.clone(),
        (None, several) => {
            let problem = format!("applies to several sandboxes were interrupted: {}", several.join(", "));
            return Err(CommandError::new(problem).with_hint("choose one with --sandbox").into_usage_error());
        }
    };
    let journal = paths.load_journal(&sandbox)?;
    journal.ok_or_else(|| nothing(format!("{} not found", paths.journal_path(&sandbox).display())))
}

fn stale_error(problem: &str) -> CommandError {
    CommandError::new(problem)
        .with_hint("run `ajo plan` and `ajo apply` with the files; they include the results of the interrupted apply")
        .with_exit_status(ExitStatus::Stale)
}
