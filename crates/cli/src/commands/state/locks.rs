//! Changes a state under its locks.

use std::collections::BTreeSet;
use std::time::Duration;

use ajo_limits::{Journal, LimitsState, StateSet};
use ajo_state::{JournalHandling, StateLocks};

use super::opened_state::OpenedState;
use crate::command_error::CommandError;
use crate::commands::limits::lock_holder;
use crate::exit_status::ExitStatus;
use crate::secret_check::check_no_secret;

/// Locks these sets, does `work`, and releases the locks.
pub(super) async fn with_locks<T>(
    opened: &OpenedState,
    organization: &str,
    state: &LimitsState,
    sets: &BTreeSet<StateSet>,
    timeout_s: u64,
    work: impl AsyncFnOnce(&StateLocks) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let timeout = Duration::from_secs(timeout_s);
    let locks = opened.store.backend.lock_sets(organization, state, sets, &lock_holder()?, timeout).await?;
    let result = tokio::select! {
        result = work(&locks) => result,
        error = locks.keep() => Err(error.into()),
    };
    locks.release().await;
    result
}

/// Writes the locked sets, unless they contain a known secret.
pub(super) async fn save(
    locks: &StateLocks,
    state: &LimitsState,
    handling: JournalHandling,
) -> Result<(), CommandError> {
    check_no_secret("the state", state)?;
    Ok(locks.save(state, handling).await?)
}

/// The error for a change while the results of an apply are not in the state yet.
pub(super) fn unfinished_error(opened: &OpenedState, journal: &Journal) -> CommandError {
    let sandbox = &journal.header.plan.sandbox;
    CommandError::new(format!(
        "an apply to sandbox {sandbox} started at {} did not finish, so the state is incomplete",
        journal.header.started_at
    ))
    .with_hint(format!("finish it with: {}", opened.store.resume_command(sandbox)))
    .with_exit_status(ExitStatus::Stale)
}
