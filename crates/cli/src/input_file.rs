//! Reads files, or standard input for `-`.

use std::fs::File;
use std::io;
use std::path::Path;

use ajo_auth::{read_bounded_bytes, read_bounded_text, read_input_file};

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
        read_input_file(&file, max_bytes).map_err(explain_missing_file)
    }
}

fn explain_missing_file(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(error.kind(), "it does not exist; check the path"),
        _ => error,
    }
}

/// The name of a file for messages, and its text of at most `max_bytes`.
pub(crate) fn read_named_text(file: &Path, max_bytes: usize) -> Result<(String, String), CommandError> {
    with_name(file, read_text(file, max_bytes))
}

/// The name of a file for messages, and its content of at most `max_bytes`.
pub(crate) fn read_named_bytes(file: &Path, max_bytes: usize) -> Result<(String, Vec<u8>), CommandError> {
    let bytes = read_access::check_file(file).and_then(|file| {
        if file == Path::new("-") {
            let _pause = Pause::begin();
            read_bounded_bytes(io::stdin().lock(), max_bytes)
        } else {
            let opened = File::open(file).map_err(explain_missing_file);
            opened.and_then(|file| read_bounded_bytes(file, max_bytes))
        }
    });
    with_name(file, bytes)
}

fn with_name<T>(file: &Path, content: io::Result<T>) -> Result<(String, T), CommandError> {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    match content {
        Ok(content) => Ok((name, content)),
        Err(error) => Err(CommandError::new(format!("failed to read {name}: {error}"))),
    }
}
