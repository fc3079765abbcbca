//! Creates several files: all of them, or none.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command_error::CommandError;

/// A file that does not exist yet.
pub(super) struct NewFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Creates the files and their directories. Overwrites nothing: if one of the files exists, or one cannot be written, none is created.
pub(super) fn create(files: &[NewFile]) -> Result<(), CommandError> {
    let existing: Vec<_> = files
        .iter()
        .filter(|file| fs::symlink_metadata(&file.path).is_ok())
        .map(|it| it.path.display().to_string())
        .collect();
    if !existing.is_empty() {
        return Err(CommandError::new(format!("already there: {}; nothing was created", existing.join(", ")))
            .with_hint(
                "choose another directory, or move these files away; for a folder without a workflow, pass --ci none",
            ));
    }
    let mut created = Vec::new();
    let result = files.iter().try_for_each(|file| create_file(file, &mut created));
    if result.is_err() {
        // The newest first: a directory can be removed only if it is empty.
        for path in created.iter().rev() {
            let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
    }
    result
}

/// Creates a file, and records the new files and directories.
fn create_file(file: &NewFile, created: &mut Vec<PathBuf>) -> Result<(), CommandError> {
    let directory = file.path.parent().unwrap_or(Path::new(""));
    let missing: Vec<_> = directory
        .ancestors()
        .take_while(|it| !it.as_os_str().is_empty() && fs::symlink_metadata(it).is_err())
        .collect();
    for directory in missing.into_iter().rev() {
        fs::create_dir(directory).map_err(|error| {
            CommandError::new(format!("failed to create the directory {}: {error}", directory.display()))
        })?;
        created.push(directory.to_owned());
    }
    ajo_state::create_new(&file.path, &file.text)?;
    created.push(file.path.clone());
    Ok(())
}
