//! The file that stores configurations between two runs of an emulator.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use ajo_auth::{SymlinkPolicy, open_regular_file, read_bounded_file};
use ajo_emulator::Emulator;
use serde_json::Value;

use crate::arguments::StartArgs;
use crate::command_error::CommandError;

/// Maximum file size in bytes (our limit): twice that of the stored definitions, as for a snapshot in the
/// control API.
const MAX_DATA_BYTES: usize = 64 * 1024 * 1024;

/// Loads the file, if it exists.
pub(crate) fn load(start: &StartArgs, emulator: &Emulator) -> Result<(), CommandError> {
    let Some(path) = &start.data else { return Ok(()) };
    let name = path.display();
    // Fail now, not when the file is written at the end.
    if !directory(path).is_dir() {
        return Err(CommandError::new(format!(
            "failed to use the data file {name}: directory {} does not exist",
            directory(path).display()
        )));
    }
    let opened = open_regular_file(path, OpenOptions::new().read(true), SymlinkPolicy::Reject);
    let text = match opened.and_then(|file| read_bounded_file(&file, MAX_DATA_BYTES)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CommandError::new(format!("failed to read the data file {name}: {error}"))),
    };
    let snapshot: Value = serde_json::from_str(&text)
        .map_err(|error| CommandError::new(format!("{name}:{}:{}: invalid JSON", error.line(), error.column())))?;
    emulator.state().restore(&snapshot).map_err(|error| CommandError::new(format!("{name}: {error}")))
}

/// Saves the configurations. The write is atomic and preserves the mode.
pub(crate) fn save(start: &StartArgs, emulator: &Emulator) -> Result<(), CommandError> {
    let Some(path) = &start.data else { return Ok(()) };
    let snapshot = emulator.state().snapshot();
    Ok(ajo_state::write_atomic(path, &format!("{snapshot:#}\n"))?)
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
