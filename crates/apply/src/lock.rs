//! One apply at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ajo_core::read_bounded_text;
use ajo_engine::untrusted_text::excerpt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::atomic_file::{DiskError, path_with_suffix};

/// How long between two looks at a lock that somebody else holds. Chosen here.
const LOOK: Duration = Duration::from_millis(100);

/// That this process applies. Others wait or are refused until it is dropped; the operating system takes it from a process that
/// dies, so a crash leaves nothing to clean up.
///
/// ```
/// use std::time::Duration;
/// use ajo_apply::{Holder, Running, RunningError};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = Running::path_for(&folder.path().join("ajo.lock"));
/// let first = Running::take(&path, "a pipeline".to_owned(), Duration::ZERO).await?;
/// let refused = Running::take(&path, "a person".to_owned(), Duration::ZERO).await.unwrap_err();
/// let RunningError::Held { holder: Some(Holder { owner, .. }), .. } = refused else { panic!("{refused}") };
/// assert_eq!(owner, "a pipeline");
/// drop(first);
/// Running::take(&path, "a person".to_owned(), Duration::ZERO).await?;
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(example())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Running {
    _file: File,
}

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user, and the machine.
    pub owner: String,
    /// The process.
    pub process: u32,
    /// Since when, RFC 3339.
    pub since: Timestamp,
}

/// Why this process may not apply.
#[derive(Debug, thiserror::Error)]
pub enum RunningError {
    /// Somebody else applies.
    #[error("another apply is running{}", described(holder.as_ref(), *age))]
    Held {
        /// Who, if that can be read.
        holder: Option<Holder>,
        /// Since how long.
        age: Option<Duration>,
    },
    /// The lock cannot be taken.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl Running {
    /// Where the lock is that belongs to a ledger: `ajo.lock.running` beside `ajo.lock`.
    pub fn path_for(ledger: &Path) -> PathBuf {
        path_with_suffix(ledger, "running")
    }

    /// Takes the lock at this path, and waits for it at most so long.
    ///
    /// # Errors
    ///
    /// Somebody else holds it, or it cannot be made.
    pub async fn take(path: &Path, owner: String, timeout: Duration) -> Result<Self, RunningError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(|error| DiskError::new("open", path, &error))?;
        // A time that cannot be reckoned is never reached.
        let until = Instant::now().checked_add(timeout);
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if until.is_none_or(|until| Instant::now() < until) => {
                    tokio::time::sleep(LOOK).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let holder = holder(&mut file);
                    let age = holder
                        .as_ref()
                        .and_then(|holder| Duration::try_from(Timestamp::now().duration_since(holder.since)).ok());
                    return Err(RunningError::Held { holder, age });
                }
                Err(TryLockError::Error(error)) => return Err(DiskError::new("lock", path, &error).into()),
            }
        }
        let holder = Holder { owner, process: std::process::id(), since: Timestamp::now() };
        let written = file.set_len(0).and_then(|()| {
            file.rewind()?;
            file.write_all((serde_json::to_string(&holder)? + "\n").as_bytes())
        });
        written.map_err(|error| DiskError::new("write", path, &error))?;
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> Option<Holder> {
    file.rewind().ok()?;
    serde_json::from_str(&read_bounded_text(file, 4096).ok()?).ok()
}

fn described(holder: Option<&Holder>, age: Option<Duration>) -> String {
    let Some(Holder { owner, process, since }) = holder else { return String::new() };
    let owner = excerpt(owner, 80);
    let age = age.map_or_else(String::new, |age| format!(", {} s ago", age.as_secs()));
    format!(": {owner}, process {process}, since {since}{age}")
}
