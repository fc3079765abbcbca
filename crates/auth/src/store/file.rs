//! Tokens shared by the processes of one user.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{StoreError, StoreFuture, TokenStore};
use crate::{Secret, read_bounded_text};

/// Longest file that is read, in bytes. Chosen here; a token is about 2 KB.
const MAX_LENGTH: usize = 64 * 1024;

/// Shares tokens between the processes of one user: a directory with one file for each credential, which only its owner can
/// read (mode 0600, the directory 0700).
///
/// A file is replaced in one step, so a reader sees the old or the new one whole, whatever happens to the writer. A file that
/// others could read is not used: it is replaced.
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
    /// A store in this directory, which is made when a token is kept.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Disks can be slow, and a call must not wait for one longer than the cache lets it.
    fn run<'s, T: Send + 'static>(
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
        self.run(key, |_, path| match open(path) {
            Ok(file) => read(&file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set<'s>(&'s self, key: &'s str, text: &'s Secret, _: Duration) -> StoreFuture<'s, ()> {
        let text = text.clone();
        self.run(key, move |directory, path| {
            make(directory)?;
            // Made with mode 0600, and taken away again if anything below fails.
            let mut file = tempfile::NamedTempFile::new_in(directory)?;
            file.write_all(text.expose().as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path).map(drop).map_err(|error| error.error)
        })
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        self.run(key, |_, path| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }
}

/// Looked at before it is opened: opening a pipe would wait for its writer.
fn open(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() { File::open(path) } else { Err(io::Error::other("it is not a file")) }
}

fn read(file: &File) -> io::Result<Secret> {
    private(file)?;
    read_bounded_text(file, MAX_LENGTH).map(Secret::new)
}

#[cfg(unix)]
fn private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode % 0o100 == 0 {
        return Ok(());
    }
    Err(io::Error::other(format!("others may use it (mode {mode:o}, not 600)")))
}

/// Elsewhere a file has the permissions of its directory, which for a user's own is private.
#[cfg(not(unix))]
fn private(_: &File) -> io::Result<()> {
    Ok(())
}

fn make(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
