//! The file that stores configurations between two runs of an emulator.

use std::io::{self, Write as _};
use std::path::Path;

use ajo_emulator::Emulator;
use serde_json::Value;

use crate::arguments::StartArgs;
use crate::command_error::CommandError;

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
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CommandError::new(format!("failed to read {name}: {error}"))),
    };
    let snapshot: Value = serde_json::from_str(&text)
        .map_err(|error| CommandError::new(format!("{name}:{}:{}: invalid JSON", error.line(), error.column())))?;
    emulator.state().restore(&snapshot).map_err(|error| CommandError::new(format!("{name}: {error}")))
}

/// Saves the configurations. The write is atomic.
pub(crate) fn save(start: &StartArgs, emulator: &Emulator) -> Result<(), CommandError> {
    let Some(path) = &start.data else { return Ok(()) };
    let snapshot = emulator.state().snapshot();
    write(path, &format!("{snapshot:#}\n"))
        .map_err(|error| CommandError::new(format!("failed to write {}: {error}", path.display())))
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(directory(path))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
