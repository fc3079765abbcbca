//! `ajo state pull`.

use std::path::Path;
use std::process::ExitCode;

use ajo_limits::{LimitsState, SetOrder};
use ajo_state::StateFile;

use super::locks::unfinished_error;
use super::opened_state::{OpenedState, empty_error, join};
use crate::arguments::{GlobalSettings, PullArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::pluralize;
use crate::safe_text::safe;
use crate::secret_check::check_no_secret;

pub(crate) async fn run(settings: &GlobalSettings, args: &PullArgs) -> Result<ExitCode, CommandError> {
    let opened = OpenedState::open(settings, &args.target, args.out.as_ref()).await?;
    let sets = opened.read_sets().await?;
    let mut state = join(opened.organization.as_ref(), &sets);
    if state.sets().is_empty() {
        return Err(empty_error(&opened.location()));
    }
    check_no_secret("the state", &state)?;
    let journal = sets.iter().flat_map(|status| &status.journals).find(|journal| !journal.is_reconciled());
    if let Some(journal) = journal {
        let error = unfinished_error(&opened, journal);
        output::print_note(safe!("warning: {}", error.message));
    }
    match &args.out {
        None => output::print_json(&state.to_json_string())?,
        Some(file) => {
            state.rebase_files(&opened.store.absolute_directory()?, &parent_directory(file)?);
            write(file, &state)?;
            let count = pluralize(state.configs.len(), "configuration", "configurations");
            output::print_note(safe!("wrote the state of {} to {}", count, file.display()));
        }
    }
    Ok(ExitStatus::Success.into())
}

/// Writes the file, unless that loses a newer or another state in it.
fn write(file: &Path, state: &LimitsState) -> Result<(), CommandError> {
    let refused = |problem: String| {
        CommandError::new(problem).with_hint("choose another file with --out").with_exit_status(ExitStatus::Blocked)
    };
    let existing = StateFile::new(file).load()?;
    if existing.organization.is_some() && existing.organization != state.organization {
        return Err(refused(format!("{} has the state of another organization", file.display())));
    }
    for set in existing.sets() {
        match state.compare_set(&existing, &set) {
            SetOrder::Same | SetOrder::Newer => {}
            SetOrder::Older => return Err(refused(format!("{} has a newer state of {set}", file.display()))),
            SetOrder::Diverged => {
                return Err(refused(format!("{} has another state of {set}", file.display())));
            }
        }
    }
    Ok(ajo_state::write_atomic(file, &state.to_json_string())?)
}

/// The absolute directory of a file.
pub(super) fn parent_directory(file: &Path) -> Result<std::path::PathBuf, CommandError> {
    let absolute = std::path::absolute(file)
        .map_err(|error| CommandError::new(format!("failed to find the current directory: {error}")))?;
    Ok(absolute.parent().unwrap_or(Path::new("/")).to_owned())
}
