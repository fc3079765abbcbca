//! Locks of a [`FileStore`](super::FileStore).

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{PrivacyProblem, SymlinkPolicy, open_regular_file};

/// The locks that this process holds. Dropping a file releases its lock.
#[derive(Debug, Default)]
pub(super) struct FileLocks {
    held: Mutex<BTreeMap<String, File>>,
}

impl FileLocks {
    /// Locks the file at `path` and returns the ticket that releases it, or `None` if it is locked already.
    ///
    /// The file is empty and stays in the directory: if it were removed, two processes could lock two files.
    pub(super) fn acquire(&self, path: &Path) -> io::Result<Option<String>> {
        let mut options = OpenOptions::new();
        // Locking some network file systems requires write access.
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = open_regular_file(path, &mut options, SymlinkPolicy::Reject)?;
        // In a directory with the sticky bit, another user could create the file and hold it.
        if let Some(problem) = PrivacyProblem::find_file_problem(&file.metadata()?) {
            return Err(io::Error::other(problem.to_string()));
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let ticket = format!("{:032x}", fastrand::u128(..));
        self.held().insert(ticket.clone(), file);
        Ok(Some(ticket))
    }

    pub(super) fn release(&self, ticket: &str) {
        self.held().remove(ticket);
    }

    /// Releases the lock after its lease, for a caller that never does.
    pub(super) fn release_after(self: &Arc<Self>, ticket: String, lease: Duration) {
        let locks = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(lease).await;
            if let Some(locks) = locks.upgrade() {
                locks.release(&ticket);
            }
        });
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, File>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
