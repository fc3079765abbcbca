//! Atomic file writes.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ajo_core::{SymlinkPolicy, open_regular_file, read_bounded_file};
use tempfile::NamedTempFile;

/// A state, lock, journal, or limits file that could not be read or written.
///
/// ```
/// use ajo_state::{FileError, create_new, resolve_links, write_atomic};
///
/// let directory = tempfile::tempdir()?;
/// let path = directory.path().join("limits.yaml");
/// create_new(&path, "version: 1\n")?;
/// let error: FileError = create_new(&path, "version: 2\n").unwrap_err();
/// assert!(error.to_string().starts_with("failed to write "));
/// write_atomic(&path, "version: 2\n")?;
/// assert_eq!(std::fs::read_to_string(&path)?, "version: 2\n");
///
/// # #[cfg(unix)] {
/// // Writing to a symlink replaces its target, not the link.
/// let link = directory.path().join("link.yaml");
/// std::os::unix::fs::symlink("limits.yaml", &link)?;
/// assert_eq!(resolve_links(&link), path);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("failed to {operation} {}: {message}", path.display())]
pub struct FileError {
    operation: &'static str,
    path: PathBuf,
    message: String,
    kind: FileErrorKind,
}

/// The kinds of failure that have their own hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileErrorKind {
    /// The file cannot be read or written.
    Access,
    /// It should be a state file, and is not.
    NotState,
    /// It should be a journal, and is not.
    NotJournal,
    /// A newer `ajo` wrote it.
    NewerVersion,
}

impl FileError {
    pub(crate) fn new(operation: &'static str, path: &Path, error: &dyn fmt::Display) -> Self {
        Self { operation, path: path.to_owned(), message: error.to_string(), kind: FileErrorKind::Access }
    }

    pub(crate) fn with_kind(self, kind: FileErrorKind) -> Self {
        Self { kind, ..self }
    }

    pub const fn kind(&self) -> FileErrorKind {
        self.kind
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Maximum size of a state file or journal in bytes. A state with 10,000 configurations has about 6 MB, and a journal
/// contains the plan, with each configuration before and after.
pub(crate) const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// The content of a regular file; `None` if it does not exist.
pub(crate) fn read_if_exists(path: &Path, links: SymlinkPolicy) -> Result<Option<String>, FileError> {
    let opened = open_regular_file(path, OpenOptions::new().read(true), links);
    match opened.and_then(|file| read_bounded_file(&file, MAX_FILE_BYTES)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::new("read", path, &error)),
    }
}

/// A file next to the state file: `ajo.state.lock` for `ajo.state.json`.
pub(crate) fn sibling_path(path: &Path, extension: &str) -> PathBuf {
    let mut name = base_name(path);
    name.push(".");
    name.push(extension);
    path.with_file_name(name)
}

/// The file name without `.json`.
pub(crate) fn base_name(path: &Path) -> OsString {
    let name = path.file_name().unwrap_or_default();
    let is_json = Path::new(name).extension().is_some_and(|extension| extension == "json");
    if is_json { Path::new(name).file_stem().unwrap_or(name).to_owned() } else { name.to_owned() }
}

/// Resolves up to 16 symlinks, including a dangling one.
pub fn resolve_links(path: &Path) -> PathBuf {
    const MAX_LINKS: usize = 16;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = parent_directory(&path).join(target);
    }
    path
}

/// Atomically replaces a regular file or the target of a symlink, and preserves its mode. A reader sees the old or the
/// new content, even after a crash.
///
/// # Errors
///
/// It cannot be written; the old content is unchanged.
pub fn write_atomic(path: &Path, text: &str) -> Result<(), FileError> {
    replace_file(&resolve_links(path), text)
}

/// Like [`write_atomic`], but a symlink is an error.
pub(crate) fn replace_file(path: &Path, text: &str) -> Result<(), FileError> {
    let permissions = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
        Ok(metadata) if metadata.is_symlink() => return Err(FileError::new("write", path, &"it is a symbolic link")),
        Ok(_) => return Err(FileError::new("write", path, &"it is not a regular file")),
        // Creating the file reports other errors.
        Err(_) => None,
    };
    write_via_temp_file(path, text, |new| {
        if let Some(permissions) = permissions {
            new.as_file().set_permissions(permissions)?;
        }
        new.persist(path).map(drop).map_err(|error| error.error)
    })
}

/// Atomically creates a file that must not exist yet.
///
/// # Errors
///
/// The file exists, or it cannot be written.
pub fn create_new(path: &Path, text: &str) -> Result<(), FileError> {
    write_via_temp_file(path, text, |new| new.persist_noclobber(path).map(drop).map_err(|error| error.error))
}

fn write_via_temp_file(
    path: &Path,
    text: &str,
    persist: impl FnOnce(NamedTempFile) -> io::Result<()>,
) -> Result<(), FileError> {
    let directory = parent_directory(path);
    if !directory.is_dir() {
        return Err(FileError::new("write", path, &"its directory does not exist"));
    }
    let mut builder = tempfile::Builder::new();
    set_default_permissions(builder.prefix(".ajo-"));
    let written = builder.tempfile_in(directory).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        persist(new)?;
        sync_directory(directory)
    });
    written.map_err(|error| FileError::new("write", path, &error))
}

/// Removes a file if it exists.
pub(crate) fn remove_if_exists(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::new("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Makes the changes to a directory's entries durable.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

pub(crate) fn parent_directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A committed file is world-readable like its neighbors; temporary files default to owner-only.
fn set_default_permissions(builder: &mut tempfile::Builder<'_, '_>) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = builder;
}
