//! The lock that keeps two applies apart.

use std::time::Duration;

use ajo_apply::{Running, RunningError};

use super::state_paths::Beside;
use crate::exit::Exit;
use crate::failure::Failure;

/// Takes it, and waits for it at most so long.
pub(crate) async fn lock(beside: &Beside, timeout_s: u64) -> Result<Running, Failure> {
    let taken = Running::take(&beside.running(), owner(), Duration::from_secs(timeout_s)).await;
    taken.map_err(|error| match error {
        RunningError::Held { .. } => Failure::new(error.to_string())
            .hint("wait for it with --lock-timeout SECONDS; the lock goes with its process")
            .with_exit(Exit::Stale),
        RunningError::Disk(error) => error.into(),
    })
}

fn owner() -> String {
    let named =
        |names: [&str; 2]| names.into_iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let user = named(["USER", "USERNAME"]).unwrap_or_else(|| "somebody".to_owned());
    #[cfg(unix)]
    let host = Some(rustix::system::uname().nodename().to_string_lossy().into_owned());
    #[cfg(not(unix))]
    let host = named(["COMPUTERNAME", "HOSTNAME"]);
    host.map_or_else(|| user.clone(), |host| format!("{user}@{host}"))
}
