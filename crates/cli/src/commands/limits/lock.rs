//! The lock that prevents concurrent applies.

use std::time::Duration;

use ajo_state::{FileLock, FileLockError};

use super::state_paths::StatePaths;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;

/// Acquires the lock. Waits for at most `timeout_s` seconds.
pub(crate) async fn acquire_lock(paths: &StatePaths, timeout_s: u64) -> Result<FileLock, CommandError> {
    let lock = FileLock::acquire(&paths.lock_path(), lock_owner(), Duration::from_secs(timeout_s)).await;
    lock.map_err(|error| match error {
        FileLockError::Held { .. } => CommandError::new(error.to_string())
            .with_hint("wait for it with --lock-timeout SECONDS; the lock is released when that process exits")
            .with_exit_status(ExitStatus::Stale),
        FileLockError::File(error) => error.into(),
        FileLockError::Clock(error) => error.into(),
    })
}

fn lock_owner() -> String {
    let first_set =
        |names: [&str; 2]| names.into_iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let user = first_set(["USER", "USERNAME"]).unwrap_or_else(|| "unknown user".to_owned());
    #[cfg(unix)]
    let host = Some(rustix::system::uname().nodename().to_string_lossy().into_owned());
    #[cfg(not(unix))]
    let host = first_set(["COMPUTERNAME", "HOSTNAME"]);
    host.map_or_else(|| user.clone(), |host| format!("{user}@{host}"))
}
