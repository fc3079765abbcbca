//! `ajo state push`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use ajo_limits::{LimitsState, SetOrder, StateSet};
use ajo_state::{JournalHandling, StateLocks};

use super::locks::{save, unfinished_error, with_locks};
use super::opened_state::OpenedState;
use super::pull::parent_directory;
use crate::arguments::{GlobalSettings, PushArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::input_file::read_named_text;
use crate::output;
use crate::safe_text::safe;

/// Maximum size of a state in bytes (our limit). 10,000 configurations take about 6 MB.
const MAX_STATE_BYTES: usize = ajo_state::MAX_OBJECT_BYTES;

pub(crate) async fn run(settings: &GlobalSettings, args: &PushArgs) -> Result<ExitCode, CommandError> {
    let mut pushed = read(args)?;
    let Some(organization) = pushed.organization.clone() else {
        return Err(CommandError::new(format!(
            "{} has no organization, so it has no state to push",
            args.file.display()
        )));
    };
    let target = &args.locked.target;
    let opened = OpenedState::open_for(settings, target, Some(&args.file), Some(&organization)).await?;
    if opened.organization.as_ref().is_some_and(|other| *other != organization) {
        let problem = format!(
            "{} is for organization {organization}, but {} for {}",
            args.file.display(),
            opened.location(),
            opened.organization.as_deref().unwrap_or_default()
        );
        return Err(CommandError::new(problem)
            .with_hint("choose the state of the same organization with --state, or with --org-id")
            .with_exit_status(ExitStatus::Blocked));
    }
    pushed.rebase_files(&parent_directory(&args.file)?, &opened.store.absolute_directory()?);
    let sandbox = |set: &StateSet| match set {
        StateSet::Sandbox(sandbox) => opened.sandbox.as_ref().is_none_or(|wanted| wanted == sandbox),
        StateSet::Throttling => true,
    };
    let sets: BTreeSet<_> = pushed.sets().into_iter().filter(sandbox).collect();
    let changed = with_locks(&opened, &organization, &pushed, &sets, args.locked.lock_timeout, async |locks| {
        replace(&opened, args, locks, &pushed, &sets).await
    })
    .await?;
    if changed.is_empty() {
        output::print_note(safe!("{} has this state already", opened.location()));
    } else {
        let names: Vec<_> = changed.iter().map(ToString::to_string).collect();
        output::print_note(safe!("replaced the state of {} in {}", names.join(", "), opened.location()));
    }
    Ok(ExitStatus::Success.into())
}

fn read(args: &PushArgs) -> Result<LimitsState, CommandError> {
    let (name, text) = read_named_text(&args.file, MAX_STATE_BYTES)?;
    LimitsState::parse(&text).map_err(|error| {
        CommandError::new(format!("failed to read {name}: {error}"))
            .with_hint("pass a state file, such as one that `ajo state pull` wrote")
    })
}

/// Checks all sets before it writes the first one. Returns the ones that changed.
async fn replace(
    opened: &OpenedState,
    args: &PushArgs,
    locks: &StateLocks,
    pushed: &LimitsState,
    sets: &BTreeSet<StateSet>,
) -> Result<Vec<StateSet>, CommandError> {
    if let Some(journal) = locks.journals().first().filter(|_| !args.force) {
        return Err(unfinished_error(opened, journal));
    }
    let mut state = locks.state().clone();
    let mut changed = Vec::new();
    for set in sets {
        let order = pushed.compare_set(&state, set);
        let problem = match order {
            SetOrder::Same => continue,
            SetOrder::Older => "is newer than",
            SetOrder::Diverged => "was changed independently of",
            SetOrder::Newer => "",
        };
        if !problem.is_empty() && !args.force {
            let problem =
                format!("the state of {set} in {} {problem} the one in {}", opened.location(), args.file.display());
            return Err(CommandError::new(problem)
                .with_hint("keep a copy with `ajo state pull --out FILE.json`; --force replaces it with the file")
                .with_exit_status(ExitStatus::Stale));
        }
        state.replace_part(set, pushed);
        changed.push(set.clone());
    }
    for journal in locks.journals() {
        output::print_note(safe!(
            "warning: the interrupted apply to sandbox {} of {} is forgotten; import the configurations that it created",
            journal.header.plan.sandbox,
            journal.header.started_at
        ));
    }
    save(locks, &state, JournalHandling::Close).await?;
    Ok(changed)
}
