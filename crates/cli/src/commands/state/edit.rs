//! `ajo state mv` and `ajo state rm`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use ajo_core::Uid;
use ajo_limits::{LimitsState, ManagedConfig, StateSet};
use ajo_state::JournalHandling;

use super::locks::{save, unfinished_error, with_locks};
use super::opened_state::{OpenedState, empty_error, join};
use crate::arguments::{GlobalSettings, LockedTarget, MvArgs, RmArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::pluralize;
use crate::safe_text::safe;

pub(crate) async fn mv(settings: &GlobalSettings, args: &MvArgs) -> Result<ExitCode, CommandError> {
    let opened = OpenedState::open(settings, &args.locked.target, Some(&args.file)).await?;
    let file = opened.store.recorded_path(&args.file)?;
    let source = opened.store.recorded_path(args.source.as_ref())?;
    let is_source = |managed: &ManagedConfig| {
        let recorded = managed.file.as_deref();
        managed.uid.as_str() == args.source || recorded == Some(&source) || recorded == Some(&args.source)
    };
    let moved = edit(&opened, &args.locked, is_source, |state| Ok(state.move_to_file(&file, is_source))).await?;
    if moved == 0 {
        let problem = format!("no entry of {} is recorded under {}", opened.location(), args.source);
        return Err(CommandError::new(problem).with_hint("`ajo state list` shows the uids and the recorded files"));
    }
    let count = pluralize(moved, "configuration is", "configurations are");
    output::print_note(safe!("{} recorded in {} now", count, file));
    Ok(ExitStatus::Success.into())
}

pub(crate) async fn rm(settings: &GlobalSettings, args: &RmArgs) -> Result<ExitCode, CommandError> {
    let opened = OpenedState::open(settings, &args.locked.target, None).await?;
    let is_removed = |managed: &ManagedConfig| args.uids.contains(&managed.uid);
    let location = opened.location();
    edit(&opened, &args.locked, is_removed, |state| {
        state.remove_all(&args.uids).map_err(|missing| not_managed_error(&location, &missing))
    })
    .await?;
    let count = pluralize(args.uids.iter().collect::<BTreeSet<_>>().len(), "configuration is", "configurations are");
    output::print_note(safe!("{} not managed any more; nothing changed at the service", count));
    Ok(ExitStatus::Success.into())
}

/// Changes the entries for which `is_affected` holds, under the locks of their sets.
async fn edit<T: Default>(
    opened: &OpenedState,
    target: &LockedTarget,
    is_affected: impl Fn(&ManagedConfig) -> bool,
    change: impl Fn(&mut LimitsState) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let Some(organization) = &opened.organization else { return Err(empty_error(&opened.location())) };
    let mut state = join(Some(organization), &opened.read_sets().await?);
    let is_in = |set: &StateSet| state.configs.iter().any(|managed| set.contains(managed) && is_affected(managed));
    let sets: BTreeSet<_> = state.sets().into_iter().filter(is_in).collect();
    if sets.is_empty() {
        // Reports the missing entry.
        return change(&mut state);
    }
    let locked = state.clone();
    with_locks(opened, organization, &locked, &sets, target.lock_timeout, async |locks| {
        if let Some(journal) = locks.journals().iter().find(|journal| !journal.is_reconciled()) {
            return Err(unfinished_error(opened, journal));
        }
        let mut state = locks.state().clone();
        let result = change(&mut state)?;
        let handling = if locks.journals().is_empty() { JournalHandling::Close } else { JournalHandling::Keep };
        save(locks, &state, handling).await?;
        Ok(result)
    })
    .await
}

fn not_managed_error(location: &str, missing: &[Uid]) -> CommandError {
    let missing: Vec<_> = missing.iter().map(Uid::as_str).collect();
    CommandError::new(format!("{location} does not manage {}; nothing was changed", missing.join(", ")))
        .with_hint("`ajo state list` shows the uids")
}
