//! A token store in files, shared by the processes of one user.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::file_locks::FileLocks;
use super::file_store_problem::FileStoreProblem;
use super::{StoreError, StoreFuture, TokenStore};
use crate::private_file::{PrivacyProblem, create_private_directory};
use crate::{Secret, StoreLocks, SymlinkPolicy, open_regular_file, read_bounded_file};

/// Maximum size of a file (our limit). A token has about 2 KB.
const MAX_FILE_BYTES: usize = 64 * 1024;

/// Shares tokens between the processes of one user, in a directory with one file per credential. Only the owner can
/// read the files (mode 0600) and the directory (mode 0700).
///
/// Files are replaced atomically, so a reader always sees a complete old or new file. A file that other users can
/// access or that belongs to another user is not read but replaced. The operating system locks a file next to the
/// token, so that one process requests the token; it releases the lock of a process that dies.
///
/// ```
/// use std::sync::Arc;
/// use ajo_auth::{FileStore, TokenStore};
///
/// let store = FileStore::new("/var/lib/limits/tokens");
/// assert!(store.directory().ends_with("tokens"));
/// let store: Arc<dyn TokenStore> = Arc::new(store);
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    directory: PathBuf,
    locks: Arc<FileLocks>,
}

impl FileStore {
    /// Creates a store in this directory. The directory is created with the first token.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), locks: Arc::default() }
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Checks that tokens can be stored, by creating the directory and a temporary file. Without a usable directory,
    /// each process requests its own token.
    pub fn check(&self) -> Result<(), FileStoreProblem> {
        prepare_directory(&self.directory)?;
        tempfile::NamedTempFile::new_in(&self.directory).map(drop).map_err(FileStoreProblem::NotWritable)
    }

    /// Runs file operations on another thread, because a slow disk must not block the runtime or delay the store
    /// timeout.
    fn run_blocking<'s, T: Send + 'static>(
        &self,
        name: String,
        work: impl FnOnce(&Path, &Path) -> io::Result<T> + Send + 'static,
    ) -> StoreFuture<'s, T> {
        let path = self.directory.join(name);
        let directory = self.directory.clone();
        Box::pin(async move {
            let shown = path.display().to_string();
            let done = tokio::task::spawn_blocking(move || work(&directory, &path)).await;
            done.map_err(io::Error::other).flatten().map_err(|error| StoreError::new(shown, error))
        })
    }
}

impl TokenStore for FileStore {
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
        self.run_blocking(entry_name(key), |directory, path| {
            match open_regular_file(path, OpenOptions::new().read(true), SymlinkPolicy::Reject) {
                Ok(file) => {
                    check_directory(directory)?;
                    read_private_file(&file).map(Some)
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn set<'s>(&'s self, key: &'s str, value: &'s Secret, _: Duration) -> StoreFuture<'s, ()> {
        let value = value.clone();
        self.run_blocking(entry_name(key), move |directory, path| {
            prepare_directory(directory)?;
            // Created with mode 0600, and deleted if a later step fails. It is not synced: after a power failure, a
            // damaged file is replaced.
            let mut file = tempfile::NamedTempFile::new_in(directory)?;
            file.write_all(value.expose().as_bytes())?;
            file.persist(path).map(drop).map_err(|error| error.error)
        })
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        self.run_blocking(entry_name(key), |_, path| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }

    fn locks(&self) -> StoreLocks {
        StoreLocks::ProcessBound
    }

    fn lock<'s>(&'s self, key: &'s str, lease: Duration) -> StoreFuture<'s, Option<String>> {
        let locks = self.locks.clone();
        self.run_blocking(format!("{key}.lock"), move |directory, path| {
            prepare_directory(directory)?;
            let ticket = locks.acquire(path)?;
            // Here, because the caller may have given up on a slow disk: then nobody else releases the lock.
            if let Some(ticket) = &ticket {
                locks.release_after(ticket.clone(), lease);
            }
            Ok(ticket)
        })
    }

    fn unlock<'s>(&'s self, _: &'s str, ticket: &'s str) -> StoreFuture<'s, ()> {
        self.locks.release(ticket);
        Box::pin(std::future::ready(Ok(())))
    }
}

fn entry_name(key: &str) -> String {
    format!("{key}.json")
}

fn read_private_file(file: &File) -> io::Result<Secret> {
    match PrivacyProblem::find_file_problem(&file.metadata()?) {
        Some(problem) => Err(io::Error::other(problem.to_string())),
        None => read_bounded_file(file, MAX_FILE_BYTES).map(Secret::new),
    }
}

/// Creates the directory if it is missing. An existing one must be private.
fn prepare_directory(directory: &Path) -> Result<(), FileStoreProblem> {
    create_private_directory(directory).map_err(FileStoreProblem::NotWritable)?;
    check_directory(directory)
}

fn check_directory(directory: &Path) -> Result<(), FileStoreProblem> {
    let metadata = fs::metadata(directory).map_err(FileStoreProblem::NotWritable)?;
    PrivacyProblem::find_directory_problem(&metadata)
        .map_or(Ok(()), |problem| Err(FileStoreProblem::NotPrivate(problem)))
}
