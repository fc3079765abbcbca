//! Checks whether runs can share tokens through a directory.

use std::fs;
use std::io;
use std::path::Path;

/// Creates the directory like a run that stores a token, and writes a file that is deleted again. Returns the problem, if any.
pub(crate) fn find_problem(directory: &Path) -> Result<(), String> {
    create_private_dir(directory).and_then(|()| tempfile::NamedTempFile::new_in(directory).map(drop)).map_err(
        |error| {
            // The error may repeat the path.
            let reason = if error.raw_os_error().is_some() { error.to_string() } else { error.kind().to_string() };
            format!("it is not writable: {reason}")
        },
    )?;
    check_access(directory)
}

#[cfg(unix)]
fn check_access(directory: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = fs::metadata(directory).map_err(|error| format!("it cannot be read: {error}"))?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err("it belongs to another user".to_owned());
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!("other users can access it (its mode is {mode:o}, not 700)"));
    }
    Ok(())
}

/// On other platforms the directories of a user are private.
#[cfg(not(unix))]
fn check_access(_: &Path) -> Result<(), String> {
    Ok(())
}

fn create_private_dir(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
