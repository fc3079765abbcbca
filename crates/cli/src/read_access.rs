//! The files and variables that limits files may read: all of them, except in `ajo mcp`, which restricts both.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{OnceLock, PoisonError, RwLock};

use ajo_mcp::Roots;

/// The only folders whose files may be read.
static ROOTS: RwLock<Option<Roots>> = RwLock::new(None);

/// The only variables that may be read.
static VARIABLES: OnceLock<Vec<String>> = OnceLock::new();

/// From now on, files are read only inside of these roots. Arguments name some, and files name others, so this holds for the
/// whole process.
pub(crate) fn restrict_files(roots: &Roots) {
    *ROOTS.write().unwrap_or_else(PoisonError::into_inner) = Some(roots.clone());
}

/// From now on, limits files may use only these environment variables.
pub(crate) fn restrict_variables(names: Vec<String>) {
    // A process serves one client, so this is the only call.
    let _ = VARIABLES.set(names);
}

/// The path of a file that may be read.
pub(crate) fn check_file(file: &Path) -> io::Result<PathBuf> {
    match &*ROOTS.read().unwrap_or_else(PoisonError::into_inner) {
        None => Ok(file.to_owned()),
        Some(roots) => {
            roots.check(file).map_err(|error| io::Error::new(io::ErrorKind::PermissionDenied, error.message))
        }
    }
}

/// Whether only some files may be read.
pub(crate) fn is_restricted() -> bool {
    ROOTS.read().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// Whether a limits file may use this environment variable.
pub(crate) fn is_variable_readable(name: &str) -> bool {
    VARIABLES.get().is_none_or(|names| names.iter().any(|allowed| allowed == name))
}
