//! Reads files, or standard input for `-`.

use std::io;
use std::path::Path;

use ajo_auth::{read_bounded_text, read_input_file};

use crate::command_error::CommandError;
use crate::progress_bar::Pause;
use crate::read_access;

/// The text of a file of at most `max_bytes`.
pub(crate) fn read_text(file: &Path, max_bytes: usize) -> io::Result<String> {
    let file = read_access::check_file(file)?;
    if file == Path::new("-") {
        let _pause = Pause::begin();
        read_bounded_text(io::stdin().lock(), max_bytes)
    } else {
        read_input_file(&file, max_bytes).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => io::Error::new(error.kind(), "it does not exist; check the path"),
            _ => error,
        })
    }
}

/// The name of a file for messages, and its text of at most `max_bytes`.
pub(crate) fn read_named_text(file: &Path, max_bytes: usize) -> Result<(String, String), CommandError> {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    match read_text(file, max_bytes) {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(CommandError::new(format!("failed to read {name}: {error}"))),
    }
}
