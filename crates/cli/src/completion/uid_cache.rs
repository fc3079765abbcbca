//! The uids in the last output of `list`, so that completion needs no connection.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ajo_auth::{SymlinkPolicy, create_private_directory, open_regular_file, read_bounded_file};
use ajo_core::{Api, Uid};
use ajo_limits::ObservedConfig;

use crate::session::dirs;

/// Completion offers at most this many uids.
const MAX_CONFIGS: usize = 1_000;

/// Maximum size of a file in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// Maximum length of a description in characters.
const MAX_DESCRIPTION_CHARS: usize = 200;

/// Remembers a list: one line per configuration, with its uid, a tab, and a description. Failures only cost completions.
pub(crate) fn remember(api: Api, configs: impl Iterator<Item = ObservedConfig>) {
    if let Some(path) = cache_path(api) {
        let _ = write(&path, &format_lines(configs));
    }
}

/// The uids and descriptions of the last list. Empty without a readable list.
pub(super) fn read(api: Api) -> Vec<(Uid, String)> {
    let Some(path) = cache_path(api) else { return Vec::new() };
    let file = open_regular_file(&path, OpenOptions::new().read(true), SymlinkPolicy::Reject);
    let text = file.and_then(|file| read_bounded_file(&file, MAX_BYTES)).unwrap_or_default();
    let configs = text.lines().filter_map(|line| {
        let (uid, description) = line.split_once('\t')?;
        Some((uid.parse().ok()?, description.to_owned()))
    });
    configs.take(MAX_CONFIGS).collect()
}

fn cache_path(api: Api) -> Option<PathBuf> {
    Some(dirs::completion_directory()?.join(format!("{api}.tsv")))
}

fn format_lines(configs: impl Iterator<Item = ObservedConfig>) -> String {
    let line = |config: ObservedConfig| {
        let description: String = config.key().to_string().chars().take(MAX_DESCRIPTION_CHARS).collect();
        format!("{}\t{}\n", config.uid, description.replace(char::is_control, " "))
    };
    configs.take(MAX_CONFIGS).map(line).collect()
}

fn write(path: &Path, lines: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    create_private_directory(directory)?;
    // Created with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(lines.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
