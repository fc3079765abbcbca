//! Files that are there whole or not at all.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file of ours that could not be read or written.
///
/// ```
/// use ajo_apply::{DiskError, create, followed, replace};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("limits.yaml");
/// create(&path, "version: 1\n")?;
/// let error: DiskError = create(&path, "version: 2\n").unwrap_err();
/// assert!(error.to_string().starts_with("failed to write "));
/// replace(&path, "version: 2\n")?;
/// assert_eq!(std::fs::read_to_string(&path)?, "version: 2\n");
///
/// # #[cfg(unix)] {
/// // What a link leads to is replaced, and not the link.
/// let link = folder.path().join("link.yaml");
/// std::os::unix::fs::symlink("limits.yaml", &link)?;
/// assert_eq!(followed(&link), path);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("failed to {what} {}: {problem}", path.display())]
pub struct DiskError {
    what: &'static str,
    path: PathBuf,
    problem: String,
}

impl DiskError {
    pub(crate) fn new(what: &'static str, path: &Path, problem: &dyn fmt::Display) -> Self {
        Self { what, path: path.to_owned(), problem: problem.to_string() }
    }
}

/// The text of a file, `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<String>, DiskError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DiskError::new("read", path, &error)),
    }
}

/// The file of this kind that belongs to another one: its name with a word behind it.
pub(crate) fn path_with_suffix(path: &Path, kind: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(kind);
    name.into()
}

/// Where a path leads to that may be a link, also one to what is not there yet. After so many links it is where that many lead.
pub fn followed(path: &Path) -> PathBuf {
    const MOST_LINKS: usize = 16;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = directory(&path).join(target);
    }
    path
}

/// Replaces a file, or what a link of this name leads to: whoever reads it, also after a crash, sees the old text or the new one.
///
/// # Errors
///
/// It cannot be written; the old text is there then.
pub fn replace(path: &Path, text: &str) -> Result<(), DiskError> {
    let target = followed(path);
    write(&target, text, |new| new.persist(&target).map(drop).map_err(|error| error.error))
}

/// Writes a file that must not be there yet: it is there whole, or not at all.
///
/// # Errors
///
/// It is there, or cannot be written.
pub fn create(path: &Path, text: &str) -> Result<(), DiskError> {
    write(path, text, |new| new.persist_noclobber(path).map(drop).map_err(|error| error.error))
}

fn write(path: &Path, text: &str, put: impl FnOnce(NamedTempFile) -> io::Result<()>) -> Result<(), DiskError> {
    let directory = directory(path);
    if !directory.is_dir() {
        return Err(DiskError::new("write", path, &"its directory is not there"));
    }
    let mut builder = tempfile::Builder::new();
    readable(builder.prefix(".ajo-"));
    let written = builder.tempfile_in(directory).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        new.as_file().sync_all()?;
        put(new)?;
        sync(directory)
    });
    written.map_err(|error| DiskError::new("write", path, &error))
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), DiskError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DiskError::new("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Makes what was done in a directory last.
pub(crate) fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

pub(crate) fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A committed file is as readable as its neighbors; a temporary file would be its owner's alone.
fn readable(builder: &mut tempfile::Builder<'_, '_>) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = builder;
}
