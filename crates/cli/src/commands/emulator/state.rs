//! The file that configurations are kept in between two runs of an emulator.

use std::io::{self, Write as _};
use std::path::Path;

use ajo_emulator::Emulator;
use serde_json::Value;

use crate::arguments::Start;
use crate::failure::Failure;

/// Takes up what the file holds, if there is one.
pub(crate) fn load(start: &Start, emulator: &Emulator) -> Result<(), Failure> {
    let Some(path) = &start.state else { return Ok(()) };
    let shown = path.display();
    // Now and not when it is to be written, at the end.
    if !directory(path).is_dir() {
        return Err(Failure::new(format!("{shown} cannot be kept: there is no folder {}", directory(path).display())));
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::new(format!("failed to read {shown}: {error}"))),
    };
    let snapshot: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{shown}:{}:{}: this is not JSON", error.line(), error.column())))?;
    emulator.world().restore(&snapshot).map_err(|error| Failure::new(format!("{shown}: {error}")))
}

/// Writes what is kept to the file, in one step: whatever happens, there is the old file or the new one.
pub(crate) fn save(start: &Start, emulator: &Emulator) -> Result<(), Failure> {
    let Some(path) = &start.state else { return Ok(()) };
    let snapshot = emulator.world().snapshot();
    write(path, &format!("{snapshot:#}\n"))
        .map_err(|error| Failure::new(format!("failed to write {}: {error}", path.display())))
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
