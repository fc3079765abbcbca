//! A token store in files, shared by the processes of one user.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{StoreError, StoreFuture, TokenStore};
use crate::{Secret, read_bounded_text};

/// Maximum size of a file (our limit). A token has about 2 KB.
const MAX_FILE_BYTES: usize = 64 * 1024;

/// Shares tokens between the processes of one user, in a directory with one file per credential. Only the owner can
/// read the files (mode 0600) and the directory (mode 0700).
///
/// Files are replaced atomically, so a reader always sees a complete old or new file. A file that other users can
/// access is not read but replaced.
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
}

impl FileStore {
    /// Creates a store in this directory. The directory is created with the first token.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Runs file operations on another thread, because a slow disk must not block the runtime or delay the store
    /// timeout.
    fn run_blocking<'s, T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Path, &Path) -> io::Result<T> + Send + 'static,
    ) -> StoreFuture<'s, T> {
        let path = self.directory.join(format!("{key}.json"));
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
        self.run_blocking(key, |_, path| match open_regular_file(path) {
            Ok(file) => read_private_file(&file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set<'s>(&'s self, key: &'s str, value: &'s Secret, _: Duration) -> StoreFuture<'s, ()> {
        let value = value.clone();
        self.run_blocking(key, move |directory, path| {
            create_private_dir(directory)?;
            // Created with mode 0600, and deleted if a later step fails.
            let mut file = tempfile::NamedTempFile::new_in(directory)?;
            file.write_all(value.expose().as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path).map(drop).map_err(|error| error.error)
        })
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        self.run_blocking(key, |_, path| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }
}

/// Checks the file type before opening, because opening a pipe would block until it has a writer.
fn open_regular_file(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() { File::open(path) } else { Err(io::Error::other("it is not a regular file")) }
}

fn read_private_file(file: &File) -> io::Result<Secret> {
    check_private(file)?;
    read_bounded_text(file, MAX_FILE_BYTES).map(Secret::new)
}

#[cfg(unix)]
fn check_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode % 0o100 == 0 {
        return Ok(());
    }
    Err(io::Error::other(format!("other users can access it (its mode is {mode:o}, not 600)")))
}

/// On other platforms a file inherits the permissions of its directory, and directories of a user are private.
#[cfg(not(unix))]
fn check_private(_: &File) -> io::Result<()> {
    Ok(())
}

fn create_private_dir(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
