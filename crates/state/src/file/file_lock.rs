//! The lock that allows one apply at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ajo_core::{SymlinkPolicy, open_regular_file, read_bounded_text};

use super::atomic_file::{FileError, sibling_path};
use crate::protocol::LeaseHolder;

/// The interval between two attempts to take a held lock.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Maximum size of a lock file (our limit). It contains one holder.
const MAX_LOCK_BYTES: usize = 4096;

/// Holds the apply lock until it is dropped. The operating system releases the lock of a process that dies, so a crash leaves
/// nothing to clean up.
///
/// ```
/// use std::time::Duration;
/// use ajo_state::protocol::LeaseHolder;
/// use ajo_state::{FileLock, FileLockError};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let directory = tempfile::tempdir()?;
/// let holder = |owner: &str| LeaseHolder {
///     owner: owner.to_owned(),
///     process: std::process::id(),
///     run_url: None,
///     since: "2026-11-26T09:00:00Z".to_owned(),
/// };
/// let path = FileLock::path_for(&directory.path().join("ajo.state.json"));
/// let first = FileLock::acquire(&path, holder("a pipeline"), Duration::ZERO).await?;
/// let error = FileLock::acquire(&path, holder("a person"), Duration::ZERO).await.unwrap_err();
/// let FileLockError::Held { holder: Some(LeaseHolder { owner, .. }), .. } = error else { panic!("{error}") };
/// assert_eq!(owner, "a pipeline");
/// drop(first);
/// FileLock::acquire(&path, holder("a person"), Duration::ZERO).await?;
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(example())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// Why the lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum FileLockError {
    /// Another process holds it.
    #[error("another process holds the lock")]
    Held {
        /// `None` if the lock file cannot be read.
        holder: Option<LeaseHolder>,
    },
    /// The lock file cannot be opened, locked, or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl FileLock {
    /// The path of a state file's lock: `ajo.state.lock` for `ajo.state.json`.
    pub fn path_for(state: &Path) -> PathBuf {
        sibling_path(state, "lock")
    }

    /// Takes the lock at `path`, waiting for it up to `timeout`.
    ///
    /// # Errors
    ///
    /// Another process holds the lock, the lock file cannot be written, or it is a symlink or a file of another program.
    pub async fn acquire(path: &Path, holder: LeaseHolder, timeout: Duration) -> Result<Self, FileLockError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = open_regular_file(path, &mut options, SymlinkPolicy::Reject)
            .map_err(|error| FileError::new("open", path, &error))?;
        // `None` is a deadline beyond the clock's range: wait forever.
        let deadline = Instant::now().checked_add(timeout);
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if deadline.is_none_or(|deadline| Instant::now() < deadline) => {
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(FileLockError::Held { holder: read_holder(&mut file) });
                }
                Err(TryLockError::Error(error)) => return Err(FileError::new("lock", path, &error).into()),
            }
        }
        if !contains_lock(&mut file) {
            return Err(FileError::new("lock", path, &"it is not a lock file of ajo").into());
        }
        let written = file.set_len(0).and_then(|()| {
            file.rewind()?;
            file.write_all((serde_json::to_string(&holder)? + "\n").as_bytes())
        });
        written.map_err(|error| FileError::new("write", path, &error))?;
        Ok(Self { _file: file })
    }
}

fn read_holder(file: &mut File) -> Option<LeaseHolder> {
    file.rewind().ok()?;
    serde_json::from_str(&read_bounded_text(file, MAX_LOCK_BYTES).ok()?).ok()
}

/// Whether the file is empty or was written by an earlier apply, perhaps partially.
fn contains_lock(file: &mut File) -> bool {
    const START: &str = r#"{"owner":"#;
    let text = file.rewind().and_then(|()| read_bounded_text(file, MAX_LOCK_BYTES));
    text.is_ok_and(|text| text.starts_with(START) || START.starts_with(&text))
}
